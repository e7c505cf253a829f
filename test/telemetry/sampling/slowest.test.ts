import { expect, test } from 'bun:test';
import { createSlowestTracker } from '../../../src/telemetry/sampling/slowest.ts';
import { createManualClock } from './support.ts';

test('a count of none finds none', () => {
  const tracker = createSlowestTracker({ clock: createManualClock(), count: 0 });
  expect(tracker.isSlow('a', 1e9)).toBe(false);
});

test('each key has its own slowest', () => {
  const tracker = createSlowestTracker({ clock: createManualClock(), count: 1 });
  expect(tracker.isSlow('a', 100)).toBe(true);
  expect(tracker.isSlow('a', 99)).toBe(false);
  expect(tracker.isSlow('b', 1)).toBe(true);
});

test('keys beyond the bound are never slow, until others fall silent', () => {
  const clock = createManualClock();
  const tracker = createSlowestTracker({ clock, count: 1, maxKeys: 1, windowMs: 1000 });
  expect(tracker.isSlow('a', 1)).toBe(true);
  expect(tracker.isSlow('b', 1000)).toBe(false);
  clock.nowMs += 1000;
  expect(tracker.isSlow('b', 1000)).toBe(false);
  clock.nowMs += 1000;
  expect(tracker.isSlow('b', 1000)).toBe(true);
});

test('the cutoff is that of the window before, and falls when a window was not full', () => {
  const clock = createManualClock();
  const tracker = createSlowestTracker({ clock, count: 2, windowMs: 1000 });
  for (const durationMs of [10, 30, 20]) tracker.isSlow('a', durationMs);
  clock.nowMs += 999;
  expect(tracker.isSlow('a', 20)).toBe(false);
  clock.nowMs += 1;
  expect(tracker.isSlow('a', 20)).toBe(false);
  expect(tracker.isSlow('a', 21)).toBe(true);
  clock.nowMs += 1000;
  expect(tracker.isSlow('a', 20)).toBe(false);
  clock.nowMs += 1000;
  expect(tracker.isSlow('a', 1)).toBe(true);
});

test('of steadily longer durations, each is a record; of shorter ones, none is', () => {
  const tracker = createSlowestTracker({ clock: createManualClock(), count: 5 });
  const slowCount = (durations: readonly number[]) =>
    durations.filter((durationMs) => tracker.isSlow('a', durationMs)).length;
  expect(slowCount(Array.from({ length: 100 }, (_, index) => 1000 - index))).toBe(5);
  expect(slowCount(Array.from({ length: 100 }, (_, index) => 2000 + index))).toBe(100);
});
