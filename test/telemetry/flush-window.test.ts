import { describe, expect, test } from 'bun:test';
import { createFlushWindow, findWaitUntil } from '../../src/telemetry/flush-window.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTestTelemetry } from './support.ts';

function setUp() {
  const clock = createFakeClock();
  let flushesCount = 0;
  const telemetry = {
    ...createTestTelemetry(null),
    flush: async () => {
      flushesCount += 1;
    },
  };
  const kept: Promise<unknown>[] = [];
  const window = createFlushWindow(telemetry, clock);
  return {
    clock,
    kept,
    flushes: () => flushesCount,
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
