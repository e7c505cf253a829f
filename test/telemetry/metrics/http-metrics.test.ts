import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { HttpServerMetrics } from '../../../src/telemetry/metrics/http-metrics.ts';
import { createMeterProvider } from '../../../src/telemetry/metrics/meter-provider.ts';

/** A span whose id ends in `digit`. */
function inSpan(digit: number, traceFlags: TraceFlags) {
  const ids = { traceId: 'a'.repeat(32), spanId: `${'b'.repeat(15)}${digit}` };
  return trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags });
}

test('each bucket takes a new exemplar a second after its last, of sampled requests only', () => {
  let nowMs = 50_000;
  const provider = createMeterProvider({ exemplarFilter: 'trace_based', nowMs: () => nowMs });
  const ofGet = new HttpServerMetrics(provider.getMeter('m')).of('GET', 'http');
  const at = (monotonicMs: number, seconds: number, digit: number, flags: TraceFlags) => {
    nowMs = 50_000 + monotonicMs;
    ofGet.begin();
    ofGet.end('/x', 200, null).record(seconds, inSpan(digit, flags), monotonicMs);
  };
  const exemplars = () => {
    const point = provider.collect().find(({ type }) => type === 'histogram')?.points[0];
    return point?.exemplars.map(({ spanId }) => spanId.at(-1));
  };
  at(0, 0.001, 1, TraceFlags.SAMPLED);
  at(10, 0.2, 2, TraceFlags.NONE);
  at(20, 0.2, 3, TraceFlags.SAMPLED);
  at(999, 0.001, 4, TraceFlags.SAMPLED);
  expect(exemplars()).toEqual(['1', '3']);
  at(1_000, 0.001, 5, TraceFlags.NONE);
  at(1_001, 0.001, 6, TraceFlags.SAMPLED);
  at(1_019, 0.2, 7, TraceFlags.SAMPLED);
  expect(exemplars()).toEqual(['6', '3']);
});
