/** A clock that moves only when told to; sleepers wake in the order of their time. */

import type { Clock } from '../../src/domain/clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

export interface FakeClock extends Clock {
  /** Moves time on by `durationMs`, waking sleepers in order and letting their continuations run in between. */
  advance(durationMs: number): Promise<void>;
  /** Durations of all sleeps asked for so far, milliseconds. */
  readonly sleepsMs: readonly number[];
}

export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let elapsedMs = 0;
  let sleepers: Sleeper[] = [];
  const sleepsMs: number[] = [];

  const sleep = (durationMs: number, signal?: AbortSignal): Promise<void> => {
    sleepsMs.push(durationMs);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = { wakeAtMs: elapsedMs + durationMs, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  };

  const advance = async (durationMs: number): Promise<void> => {
    const targetMs = elapsedMs + durationMs;
    await settle();
    for (;;) {
      const next = sleepers
        .filter((sleeper) => sleeper.wakeAtMs <= targetMs)
        .sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0];
      if (next === undefined) break;
      elapsedMs = next.wakeAtMs;
      sleepers = sleepers.filter((other) => other !== next);
      next.wake();
      await settle();
    }
    elapsedMs = targetMs;
    await settle();
  };

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep,
    advance,
    sleepsMs,
  };
}

/** Lets pending promise continuations and immediate tasks run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
