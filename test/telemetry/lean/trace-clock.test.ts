import { describe, expect, test } from 'bun:test';
import { TraceClock, toHrTime } from '../../../src/telemetry/lean/trace-clock.ts';

function createHands(epochMs: number, monotonicMs = 0) {
  const hands = { epochMs, monotonicMs };
  const clock = new TraceClock({
    nowMs: () => hands.epochMs,
    monotonicMs: () => hands.monotonicMs,
    sleep: () => Promise.resolve(),
  });
  const read = () => clock.toHrTimeNow(clock.nowMs());
  return { hands, clock, read };
}

describe('times of spans', () => {
  test('are the wall clock at first, and move with the monotonic one', () => {
    const { hands, read } = createHands(1_700_000_000_123, 77.5);
    expect(read()).toEqual([1_700_000_000, 123_000_000]);
    hands.monotonicMs += 1_000.25;
    expect(read()).toEqual([1_700_000_001, 123_250_000]);
  });

  test('do not tremble with a wall clock that trembles', () => {
    const { hands, read } = createHands(1_700_000_000_000);
    read();
    for (let count = 0; count < 1_000; count += 1) {
      hands.epochMs = 1_700_000_000_000 + (count % 2 === 0 ? 40 : -40);
      expect(read()).toEqual([1_700_000_000, 0]);
    }
  });

  test('follow a wall clock that was set, after a while, and leave running spans alone', () => {
    const { hands, clock, read } = createHands(1_700_000_000_000);
    const anchor = clock.anchorAt(0);
    hands.epochMs += 3_600_000;
    let turns = 0;
    while (read()[0] === 1_700_000_000) turns += 1;
    expect(turns).toBeLessThan(300);
    expect(read()).toEqual([1_700_003_600, 0]);
    expect(toHrTime(anchor, 5)).toEqual([1_700_000_000, 5_000_000]);
  });

  test('are right as soon as a clock that stood at 0 moves', () => {
    const { hands, read } = createHands(0);
    expect(read()).toEqual([0, 0]);
    hands.epochMs = 1_700_000_000_000;
    expect(read()).toEqual([1_700_000_000, 0]);
  });
});

describe('times that are given', () => {
  const { clock } = createHands(1_700_000_000_000, 500);
  const cases = [
    ['a pair', [12, 34], [12, 34]],
    ['a date', new Date(1_700_000_000_456), [1_700_000_000, 456_000_000]],
    ['milliseconds since the epoch', 1_700_000_000_456.5, [1_700_000_000, 456_500_000]],
    ['the monotonic clock itself', 500, [1_700_000_000, 0]],
    ['a reading of it before', 250, [1_699_999_999, 750_000_000]],
  ] as const;
  for (const [what, given, expected] of cases) {
    test(`${what} is understood`, () => {
      const time = Array.isArray(given) ? ([...given] as [number, number]) : given;
      expect(clock.toHrTime(time as Date)).toEqual([...expected]);
    });
  }
});
