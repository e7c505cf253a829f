/**
 * Which durations are among the slowest of their class: the few largest of each window give the cutoff of the next.
 * What counts as slow depends on durations alone, never on randomness, so that the rest can be weighted honestly.
 */

import type { MonotonicClock } from './token-bucket.ts';

/** Remembers the largest durations of each key. */
export interface SlowestTracker {
  /** Notes a duration and says whether it is among the slowest seen. */
  isSlow(key: string, durationMs: number): boolean;
}

/** How many, of how long, for how many keys. */
export interface SlowestOptions {
  readonly clock: MonotonicClock;
  /** How many of each key and window; 0 finds none. Default 5. */
  readonly count?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** Keys beyond this many are never slow. Default 100. */
  readonly maxKeys?: number;
}

interface Window {
  /** Ascending; at most `count`. */
  largest: number[];
  /** The smallest of the window before; 0 at first. */
  cutoffMs: number;
}

/** Starts without a cutoff: the first `count` durations of a key are its slowest so far. */
export function createSlowestTracker(options: SlowestOptions): SlowestTracker {
  const { clock, count = 5, windowMs = 60_000, maxKeys = 100 } = options;
  const windows = new Map<string, Window>();
  let windowBeganAtMs = clock.monotonicMs();

  const rotate = (): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowBeganAtMs < windowMs) return;
    windowBeganAtMs = nowMs;
    for (const [key, window] of windows) {
      if (window.largest.length === 0) windows.delete(key);
      const [smallest = 0] = window.largest;
      window.cutoffMs = window.largest.length < count ? 0 : smallest;
      window.largest = [];
    }
  };

  const windowFor = (key: string): Window | null => {
    const known = windows.get(key);
    if (known !== undefined || windows.size >= maxKeys) return known ?? null;
    const made = { largest: [], cutoffMs: 0 };
    windows.set(key, made);
    return made;
  };

  return {
    isSlow: (key, durationMs) => {
      rotate();
      const window = count > 0 ? windowFor(key) : null;
      if (window === null || !note(window.largest, durationMs, count)) return false;
      return durationMs > window.cutoffMs;
    },
  };
}

/** Puts the duration in its place; false when it is not among the `count` largest. */
function note(largest: number[], durationMs: number, count: number): boolean {
  const isFull = largest.length >= count;
  if (isFull && durationMs <= (largest[0] ?? 0)) return false;
  if (isFull) largest.shift();
  const place = largest.findIndex((other) => other > durationMs);
  largest.splice(place < 0 ? largest.length : place, 0, durationMs);
  return true;
}
