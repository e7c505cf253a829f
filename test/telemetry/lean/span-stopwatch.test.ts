import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { SpanStopwatch } from '../../../src/telemetry/lean/span-stopwatch.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';

/** A tracer whose processors take time, and whose spans are measured. */
function setUp(costsMs: { start: number; end: number }) {
  let nowMs = 1_000;
  const spend = (ms: number) => {
    nowMs += ms;
  };
  const stopwatch = new SpanStopwatch(() => nowMs);
  const processor: SpanProcessor = {
    onStart: () => spend(costsMs.start),
    onEnd: () => spend(costsMs.end),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  };
  const options = { clock, stopwatch, spanProcessors: [processor] };
  const tracer = createTracerProvider(options).getTracer('stopwatch');
  const run = (count: number, workMs = 0) => {
    for (let index = 0; index < count; index += 1) {
      const span = tracer.startSpan('work', {}, ROOT_CONTEXT);
      spend(workMs);
      span.end();
    }
  };
  return { costsMs, run, stopwatch };
}

describe('the stopwatch of recorded spans', () => {
  test('knows nothing until enough were measured', () => {
    const { run, stopwatch } = setUp({ start: 1, end: 2 });
    expect(stopwatch.spanNs()).toBeNull();
    run(5 * 14);
    expect(stopwatch.spanNs()).toBeNull();
    run(5 * 2);
    expect(stopwatch.spanNs()).not.toBeNull();
  });

  test('counts what starting and ending take, and not the work in between', () => {
    const { run, stopwatch } = setUp({ start: 0.002, end: 0.003 });
    run(200, 40);
    expect(stopwatch.spanNs()).toBeCloseTo(5_000, 3);
  });

  test('follows what changes, and is not moved by single spans that were interrupted', () => {
    const { costsMs, run, stopwatch } = setUp({ start: 0.001, end: 0.001 });
    run(200);
    costsMs.start = 50;
    run(20);
    expect(stopwatch.spanNs()).toBeCloseTo(2_000, 3);
    costsMs.start = 0.004;
    run(100);
    expect(stopwatch.spanNs()).toBeCloseTo(5_000, 3);
  });
});
