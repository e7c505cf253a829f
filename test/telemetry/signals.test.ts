import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { Hono } from 'hono';
import { traceFetch, withSpan } from '../../src/telemetry/index.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { ALL_SIGNALS, createTestTelemetry } from './support.ts';

let collector: OtlpCollector;
beforeAll(async () => {
  collector = await createOtlpCollector();
});
afterEach(() => collector.clear());
afterAll(() => collector.close());

const ENCODINGS = [
  ['protobuf', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }],
  ['JSON', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }],
] as const;

describe.each(ENCODINGS)('metrics and logs as %s', (_title, env) => {
  test('exports every kind of metric, with exemplars that point at traces', async () => {
    const telemetry = createTestTelemetry(collector.url, { ...ALL_SIGNALS, ...env });
    const { meter, tracer } = telemetry;
    const traceId = withSpan(tracer, 'work', {}, (span) => {
      meter
        .createHistogram('h', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } })
        .record(1.5, { exchange: 'kraken' });
      return span.spanContext().traceId;
    });
    meter.createCounter('c', { description: 'Counted.' }).add(2 ** 53 + 2);
    meter.createGauge('g').record(-0.5);
    await telemetry.flush();
    const byName = new Map(collector.metrics().map((metric) => [metric.name, metric]));
    const histogram = byName.get('h');
    expect(histogram).toMatchObject({ type: 'histogram', unit: 's' });
    expect(histogram?.data).toMatchObject({ aggregationTemporality: 2 });
    expect(histogram?.resource['service.name']).toBe('test-service');
    expect(histogram?.points[0]).toMatchObject({
      attributes: { exchange: 'kraken' },
      exemplars: [{ traceId }],
      raw: {
        count: '1',
        sum: 1.5,
        min: 1.5,
        max: 1.5,
        bucketCounts: ['0', '1', '0'],
        explicitBounds: [1, 2],
      },
    });
    expect(byName.get('c')).toMatchObject({
      type: 'sum',
      description: 'Counted.',
      data: { isMonotonic: true, aggregationTemporality: 2 },
      points: [{ raw: { asDouble: 2 ** 53 + 2 } }],
    });
    expect(byName.get('g')).toMatchObject({ type: 'gauge', points: [{ raw: { asDouble: -0.5 } }] });
    await telemetry.shutdown();
  });

  test('exports differences where deltas are preferred', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      ...ALL_SIGNALS,
      ...env,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    });
    const counter = telemetry.meter.createCounter('delta_counter');
    const histogram = telemetry.meter.createHistogram('delta_histogram');
    for (const value of [3, 4]) {
      counter.add(value);
      histogram.record(value);
      await telemetry.flush();
    }
    const named = (name: string) => collector.metrics().filter((metric) => metric.name === name);
    expect(named('delta_counter').map(({ data }) => data.aggregationTemporality)).toEqual([1, 1]);
    expect(named('delta_counter').map(({ points }) => points[0]?.raw['asDouble'])).toEqual([3, 4]);
    const [first, second] = named('delta_histogram').map(({ points }) => points[0]?.raw);
    expect(first).toMatchObject({ count: '1', sum: 3, min: 3, max: 3 });
    expect(second).toMatchObject({ count: '1', sum: 4 });
    expect(second).not.toHaveProperty('min');
    expect(telemetry.prometheus(null).body).toContain('delta_counter_total 7');
    await telemetry.shutdown();
  });

  test('exports log records with the ids of their span, redacted', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      ...ALL_SIGNALS,
      ...env,
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '5',
    });
    const ids = withSpan(telemetry.tracer, 'work', {}, (span) => {
      telemetry.logger.warn('slow token=abc12345', { exchange: 'coinbase', count: 2, more: 3 });
      return span.spanContext();
    });
    telemetry.logger.debug('outside');
    await telemetry.flush();
    const [warned, debugged] = collector.logs();
    expect(warned).toMatchObject({
      severityNumber: 13,
      severityText: 'WARN',
      body: 'slow token=REDACTED',
      attributes: { exchange: 'coinb', count: 2 },
      traceId: ids.traceId,
      spanId: ids.spanId,
    });
    expect(warned?.attributes.more).toBeUndefined();
    expect(debugged).toMatchObject({ severityNumber: 5, traceId: '', spanId: '', attributes: {} });
    expect(telemetry.health()).toMatchObject({ logs: { exportedCount: 2 }, metrics: {} });
    await telemetry.shutdown();
  });
});

describe('logs', () => {
  test('written after the end are counted and cause no alarm', async () => {
    const telemetry = createTestTelemetry(collector.url, ALL_SIGNALS);
    await telemetry.shutdown();
    telemetry.logger.info('stopped');
    await Promise.resolve();
    expect(telemetry.lines.map(({ message }) => message)).toEqual(['stopped']);
    expect(telemetry.health().logs).toMatchObject({ droppedCounts: { shutdown: 1 } });
  });
});

describe('metrics of the layer itself', () => {
  test('count what was exported, refused and lost', async () => {
    const telemetry = createTestTelemetry(collector.url, ALL_SIGNALS);
    collector.script({ signal: 'traces', status: 400 });
    telemetry.tracer.startSpan('refused').end();
    await telemetry.flush();
    telemetry.tracer.startSpan('taken').end();
    await telemetry.flush();
    await telemetry.shutdown();
    const page = telemetry.prometheus(null);
    expect(page.contentType).toStartWith('text/plain; version=0.0.4');
    expect(page.body).toContain('\notel_sdk_exporter_span_exported_total 1\n');
    expect(page.body).toContain(
      '\notel_sdk_exporter_span_exported_total{error_type="rejected"} 1\n',
    );
    expect(page.body).toContain('\notel_sdk_processor_span_queue_capacity 2048\n');
  });

  test('describe served requests, by route, with an exemplar', async () => {
    const telemetry = createTestTelemetry(collector.url, ALL_SIGNALS);
    const app = new Hono().get('/health', (c) => c.text('ok'));
    const handler = traceFetch(telemetry, app.fetch);
    await handler(new Request('http://localhost/nowhere'));
    await handler(new Request('http://localhost/health'));
    const [metric] = await exportedMetric(telemetry, 'http.server.request.duration');
    expect(metric).toMatchObject({ type: 'histogram', unit: 's' });
    expect(metric?.points.length).toBe(1);
    expect(metric?.points[0]?.attributes).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'http.response.status_code': 404,
    });
    expect(metric?.points[0]?.exemplars[0]?.traceId).toBe(collector.spans()[0]?.traceId as string);
    const active = collector.metrics().find(({ name }) => name === 'http.server.active_requests');
    expect(active?.points[0]?.raw).toMatchObject({ asDouble: 0 });
  });

  test('are sent at the interval without a flush', async () => {
    const telemetry = createTestTelemetry(collector.url, {
      ...ALL_SIGNALS,
      OTEL_METRIC_EXPORT_INTERVAL: '20',
    });
    telemetry.meter.createCounter('c').add(1);
    await collector.waitForRequests((requests) => requests.length >= 2);
    await telemetry.shutdown();
    expect(collector.metrics().filter(({ name }) => name === 'c').length).toBeGreaterThanOrEqual(2);
  });

  test('go to the console as JSON lines', async () => {
    const telemetry = createTestTelemetry(null, { OTEL_METRICS_EXPORTER: 'console' });
    telemetry.meter.createCounter('c').add(1);
    await telemetry.shutdown();
    const line = telemetry.lines.find(({ name }) => name === 'c');
    expect(line).toMatchObject({ type: 'sum', points: [{ value: 1 }] });
  });

  test('are still readable as a page when nothing is exported', async () => {
    const telemetry = createTestTelemetry(null, { OTEL_SDK_DISABLED: 'true' });
    telemetry.meter.createCounter('c').add(1);
    expect(telemetry.prometheus(null).body).toContain('\nc_total 1\n');
    expect(telemetry.health()).toMatchObject({ metrics: null, logs: null });
    await telemetry.shutdown();
    expect(collector.requests).toEqual([]);
  });
});

async function exportedMetric(telemetry: ReturnType<typeof createTestTelemetry>, name: string) {
  await telemetry.shutdown();
  return collector.metrics().filter((metric) => metric.name === name);
}
