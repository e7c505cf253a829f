import { describe, expect, test } from 'bun:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { BatchProcessor } from '../../src/telemetry/batch-processor.ts';
import { createAccountBook } from '../../src/telemetry/export/accounts.ts';
import { createLossLog, type LossReport } from '../../src/telemetry/export/loss-log.ts';
import { createTracerProvider } from '../../src/telemetry/lean/tracer-provider.ts';
import type { SpanSink } from '../../src/telemetry/span-sink.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const BATCH = { maxQueueCount: 5, maxBatchCount: 2, scheduleDelayMs: 1_000, exportTimeoutMs: 100 };

function setUp() {
  const clock = createFakeClock();
  const book = createAccountBook();
  const sent: number[] = [];
  const reports: LossReport[] = [];
  const timers = new Set<() => void>();
  const sink: SpanSink = {
    send: (spans: readonly ReadableSpan[]) => {
      book.enqueue(spans.length);
      book.settle(spans.length, 0);
      sent.push(spans.length);
    },
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    accounts: () => book.read(),
    health: () => ({ state: 'reachable', lastError: null }),
  };
  const losses = createLossLog('traces', (report) => reports.push(report));
  const processor = new BatchProcessor(sink, BATCH, losses, clock, (_delayMs, callback) => {
    timers.add(callback);
    return () => timers.delete(callback);
  });
  const tracer = createTracerProvider({ spanProcessors: [processor], clock }).getTracer('test');
  const end = (count: number) => {
    for (let index = 0; index < count; index += 1) tracer.startSpan('work').end();
  };
  return { clock, end, processor, reports, sent, timers };
}

describe('batch processor', () => {
  test('sends a full batch at once, and sets a timer for a partial one', () => {
    const { end, sent, timers } = setUp();
    end(1);
    expect([sent, timers.size]).toEqual([[], 1]);
    end(1);
    expect([sent, timers.size]).toEqual([[2], 0]);
  });

  test('sends nothing by itself once it is held, and a flush sends all in batches', async () => {
    const { end, processor, sent, timers } = setUp();
    end(1);
    processor.hold();
    expect(timers.size).toBe(0);
    end(4);
    expect([sent, timers.size]).toEqual([[], 0]);
    await processor.forceFlush();
    expect(sent).toEqual([2, 2, 1]);
  });

  test('drops the newest over a full queue while it is held, counts them, and says when that ends', async () => {
    const { clock, end, processor, reports, sent } = setUp();
    processor.hold();
    end(5);
    expect(processor.accounts()).toMatchObject({ startedCount: 5, queuedCount: 5 });
    expect(reports).toEqual([]);
    end(2);
    expect(processor.accounts()).toMatchObject({
      startedCount: 7,
      queuedCount: 5,
      droppedCounts: { queue_full: 2 },
    });
    await processor.forceFlush();
    expect(sent).toEqual([2, 2, 1]);
    expect(processor.accounts()).toMatchObject({
      startedCount: 7,
      exportedCount: 5,
      queuedCount: 0,
      droppedCounts: { queue_full: 2 },
    });
    end(1);
    await clock.advance(1);
    await processor.forceFlush();
    expect(reports.map(({ kind }) => kind)).toEqual(['loss_began', 'loss_ended']);
  });
});
