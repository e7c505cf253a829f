import { describe, expect, test } from 'bun:test';
import { createFlushWindow, findWaitUntil } from '../../src/telemetry/flush-window.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestTelemetry } from './support.ts';

function setUp() {
  const clock = createFakeClock();
  let flushesCount = 0;
  let holdsCount = 0;
  let queuedCount = 0;
  let isStalled = false;
  const inner = createTestTelemetry(null);
  const telemetry = {
    ...inner,
    exportOnFlushOnly: () => {
      holdsCount += 1;
    },
    health: () => ({ ...inner.health(), queuedCount }),
    flush: async () => {
      flushesCount += 1;
      if (isStalled) await new Promise(() => undefined);
    },
  };
  const kept: Promise<unknown>[] = [];
  const window = createFlushWindow(telemetry, clock);
  return {
    clock,
    kept,
    flushes: () => flushesCount,
    holds: () => holdsCount,
    setQueued: (count: number) => {
      queuedCount = count;
    },
    stall: () => {
      isStalled = true;
    },
    end: () => window.requestEnded((work) => void kept.push(work)),
    endAlone: () => window.requestEnded(null),
  };
}

describe('flush window', () => {
  test('arranges one flush for the requests of a second, and another for the next', async () => {
    const { clock, kept, flushes, end } = setUp();
    end();
    await clock.advance(999);
    end();
    expect([kept.length, flushes()]).toEqual([1, 0]);
    await clock.advance(1);
    expect(flushes()).toBe(1);
    end();
    expect(kept.length).toBe(2);
    await clock.advance(1_000);
    expect(flushes()).toBe(2);
  });

  test('holds exports back once it has met a waitUntil, and not before', () => {
    const { end, endAlone, holds } = setUp();
    endAlone();
    expect(holds()).toBe(0);
    end();
    end();
    expect(holds()).toBe(1);
  });

  test('flushes a queue that is a quarter full at once, at every 64th request', async () => {
    const { kept, flushes, end, setQueued } = setUp();
    setQueued(511);
    for (let count = 0; count < 64; count += 1) end();
    expect([kept.length, flushes()]).toEqual([1, 0]);
    setQueued(512);
    for (let count = 0; count < 63; count += 1) end();
    expect(flushes()).toBe(0);
    end();
    await Promise.resolve();
    expect([kept.length, flushes()]).toEqual([2, 1]);
  });

  test('begins no flush while another runs, unless that is as old as a request can get', async () => {
    const { clock, flushes, end, stall } = setUp();
    stall();
    end();
    await clock.advance(1_000);
    expect(flushes()).toBe(1);
    end();
    await clock.advance(1_000);
    expect(flushes()).toBe(1);
    await clock.advance(29_000);
    end();
    await clock.advance(1_000);
    expect(flushes()).toBe(2);
  });

  test('leaves flushing to the batches where nothing has to be kept alive', async () => {
    const { clock, flushes, endAlone } = setUp();
    endAlone();
    await clock.advance(5_000);
    expect(flushes()).toBe(0);
  });

  test('finds the waitUntil of a Worker and of nothing else', () => {
    const kept: unknown[] = [];
    const context = {
      kept,
      waitUntil(work: unknown) {
        this.kept.push(work);
      },
    };
    const work = Promise.resolve();
    findWaitUntil([{}, context])?.(work);
    expect(kept).toEqual([work]);
    expect(findWaitUntil([])).toBeNull();
    expect(findWaitUntil([{ waitUntil: () => {} }])).toBeNull();
    expect(findWaitUntil([{}, { waitUntil: true }])).toBeNull();
  });
});
