/** Waiting that ends early: by a signal, or by a bound on another wait. */

import type { Clock } from '../domain/clock.ts';
import { SpreadscopeError } from '../domain/errors.ts';

/** Sleeps; an abort is the wish to go on at once, not a fault. */
export async function sleepOrWake(
  clock: Clock,
  durationMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(durationMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Waits without a timer. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * What `work` gives, if it comes within `timeoutMs`; the work itself goes on.
 *
 * @throws {SpreadscopeError} `store_unavailable` when it does not.
 */
export async function withinMs<Result>(
  clock: Clock,
  timeoutMs: number,
  work: Promise<Result>,
): Promise<Result> {
  const timer = new AbortController();
  const late = sleepOrWake(clock, timeoutMs, timer.signal).then((): Result => {
    throw new SpreadscopeError('store_unavailable', `store: no answer within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    // Ended early the timer rejects too, and nobody waits for it any more.
    late.catch(() => undefined);
    timer.abort();
  }
}

/** A promise and what settles it; only the first call counts. */
export function toSettleable<Result>(): {
  readonly promise: Promise<Result>;
  readonly done: (result: Result) => void;
} {
  let done: (result: Result) => void = () => {};
  const promise = new Promise<Result>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}
