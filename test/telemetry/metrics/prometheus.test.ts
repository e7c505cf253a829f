import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { createMeterProvider } from '../../../src/telemetry/metrics/meter-provider.ts';
import { toPrometheusFormat, toPrometheusText } from '../../../src/telemetry/metrics/prometheus.ts';

const provider = createMeterProvider({ exemplarFilter: 'trace_based', nowMs: () => 1_500 });
const meter = provider.getMeter('test');
const active = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
});
meter.createCounter('http.requests', { unit: '{request}', description: 'All\nof "them".' }).add(3, {
  'http.route': '/a"b\\c\nd',
  http_route: 'twice',
  list: ['x', 'y'],
});
meter
  .createHistogram('call.duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } })
  .record(0.5, { exchange: 'kraken' }, active);
meter.createGauge('fill', { unit: '1' }).record(0.25);
meter.createGauge('size', { unit: 'By' }).record(1e21);
meter.createUpDownCounter('2.queue').add(-2);

describe('prometheus text', () => {
  test('writes the text format', () => {
    expect(toPrometheusText({ 'service.name': 'spread' }, provider.collect(), 'text')).toBe(
      `# HELP target_info Resource of this process.
# TYPE target_info gauge
target_info{service_name="spread"} 1
# HELP http_requests_total All\\nof "them".
# TYPE http_requests_total counter
http_requests_total{http_route="/a\\"b\\\\c\\nd;twice",list="[\\"x\\",\\"y\\"]"} 3
# TYPE call_duration_seconds histogram
call_duration_seconds_bucket{exchange="kraken",le="0.1"} 0
call_duration_seconds_bucket{exchange="kraken",le="1"} 1
call_duration_seconds_bucket{exchange="kraken",le="+Inf"} 1
call_duration_seconds_sum{exchange="kraken"} 0.5
call_duration_seconds_count{exchange="kraken"} 1
# TYPE fill_ratio gauge
fill_ratio 0.25
# TYPE size_bytes gauge
size_bytes 1e+21
# TYPE _2_queue gauge
_2_queue -2
`,
    );
  });

  test('adds exemplars and an end in OpenMetrics', () => {
    const page = toPrometheusText({}, provider.collect(), 'openmetrics');
    expect(page).toContain('# TYPE http_requests counter\nhttp_requests_total{');
    expect(page).toContain(
      `le="1"} 1 # {trace_id="${'a'.repeat(32)}",span_id="${'b'.repeat(16)}"} 0.5 1.5\n`,
    );
    expect(page).toEndWith('# EOF\n');
  });

  test('gives what the scraper accepts', () => {
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    expect(toPrometheusFormat(accept)).toBe('openmetrics');
    expect(toPrometheusFormat('text/plain')).toBe('text');
    expect(toPrometheusFormat(null)).toBe('text');
  });
});
