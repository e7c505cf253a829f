import { expect, setDefaultTimeout, test } from 'bun:test';
import { ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { createOtlpTransport } from '../../../src/telemetry/export/otlp-transport.ts';
import { createEncodingProcessor } from '../../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../../src/telemetry/lean/load-file.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const SPANS_COUNT = 1_000_000;
/** As many as the queue holds, so that nothing is lost between two flushes. */
const ROUND_COUNT = 2_000;
const WARM_UP_COUNT = 200_000;
/** Less than a fiftieth of what the spans would take if they were kept. */
const GROWTH_LIMIT_BYTES = 8 * 1024 * 1024;

function emitTrace(tracer: Tracer, number: number): void {
  const attributes = { route: '/api/opportunities', number, [`key.${number % 50}`]: `v${number}` };
  const root = tracer.startSpan(`name ${number % 700}`, { attributes }, ROOT_CONTEXT);
  const inRoot = trace.setSpan(ROOT_CONTEXT, root);
  tracer.startSpan('child', { attributes: { symbol: `S${number}` } }, inRoot).end();
  root.end();
}

function heapBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}

/** The least of some readings: a collection that reads the stack may keep what an earlier call left on it. */
async function settledHeapBytes(): Promise<number> {
  const readings: number[] = [];
  for (let reading = 0; reading < 5; reading += 1) {
    await Bun.sleep(50);
    readings.push(heapBytes());
  }
  return Math.min(...readings);
}

test('a million spans leave nothing behind, and the accounts add up', async () => {
  let receivedBytes = 0;
  const transport = createOtlpTransport({
    signal: 'traces',
    url: 'http://collector.test/v1/traces',
    fetch: async (_url, init) => {
      receivedBytes += (init.body as Uint8Array).length;
      return new Response();
    },
  });
  const module = await loadOtlpModule();
  const processor = createEncodingProcessor({ module, transport, scheduleDelayMs: null });
  const provider = createTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('million');
  let baseBytes = 0;
  for (let count = 0; count < SPANS_COUNT; count += ROUND_COUNT) {
    if (count === WARM_UP_COUNT) baseBytes = heapBytes();
    for (let number = 0; number < ROUND_COUNT / 2; number += 1) emitTrace(tracer, count + number);
    await processor.flush();
  }
  expect((await settledHeapBytes()) - baseBytes).toBeLessThan(GROWTH_LIMIT_BYTES);
  expect(processor.queue().memoryBytes).toBeLessThan(2 * 1024 * 1024);
  expect(provider.counts()).toEqual({ startedCount: SPANS_COUNT, endedCount: SPANS_COUNT });
  expect(processor.accounts()).toEqual({
    startedCount: SPANS_COUNT,
    exportedCount: SPANS_COUNT,
    rejectedCount: 0,
    droppedCounts: {},
    queuedCount: 0,
  });
  expect(receivedBytes).toBeGreaterThan(SPANS_COUNT * 100);
});
