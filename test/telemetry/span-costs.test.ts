/** What the whole layer takes its spans to cost: as they come in the program, not as the calibration finds them. */

import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';

const WORK_MS = 20;
/** Spans so dear that the calibrated cost, a microsecond, is no matter. */
const START_MS = 0.004;
const END_MS = 0.006;

/** Two hundred spans in four seconds of the program's work; they begin and end slowly. */
async function runProgram(env: Readonly<Record<string, string>>) {
  let nowMs = 1_000;
  const spend = (ms: number) => {
    nowMs += ms;
  };
  const processor: SpanProcessor = {
    onStart: () => spend(START_MS),
    onEnd: () => spend(END_MS),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const telemetry = createTelemetry({
    serviceName: 'span-costs',
    otlpModule: await loadOtlpModule(),
    processors: [processor],
    clock: {
      nowMs: () => nowMs,
      // Each reading a nanosecond on: a clock that stands still is taken for that of a Worker.
      monotonicMs: () => {
        spend(1e-6);
        return nowMs;
      },
      sleep: () => new Promise(() => {}),
    },
    env: { TELEMETRY_BUDGET_RATIO: '0.99', ...env },
  });
  for (let count = 0; count < 200; count += 1) {
    const span = telemetry.tracer.startSpan('work', {}, ROOT_CONTEXT);
    spend(WORK_MS);
    span.end();
  }
  const governor = telemetry.health().sampling?.governor;
  await telemetry.shutdown();
  return governor;
}

describe('the cost of a span', () => {
  test('is what it takes where it happens, and nothing is exported that is only read here', async () => {
    const governor = await runProgram({ OTEL_TRACES_EXPORTER: 'none' });
    expect(governor?.counts).toMatchObject({ recorded: 200, exported: 0 });
    // Ten times the estimate of a microsecond, which is left step by step.
    expect(governor?.costsNs.recorded).toBeWithin(5_000, 10_100);
    expect(governor?.costsNs.exported).toBe(500);
  });

  test('includes encoding where spans are encoded as they end', async () => {
    using sink = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const governor = await runProgram({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}v1/traces`,
    });
    expect(governor?.counts).toMatchObject({ recorded: 200, exported: 200 });
    const { recorded = 0, exported = 0 } = governor?.costsNs ?? {};
    expect(recorded + exported).toBeWithin(5_000, 10_100);
    expect(recorded / exported).toBeCloseTo(2, 5);
  });
});
