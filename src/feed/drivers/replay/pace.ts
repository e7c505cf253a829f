/** How fast a recording plays. */

import type { Clock } from '../../../domain/clock.ts';

/** Times the recorded speed, above 0; or `max`: as fast as the consumer takes it. */
export type ReplaySpeed = number | 'max';

/**
 * Returns a function that waits until a batch is due. The first batch is due at once.
 *
 * @throws {RangeError} when `speed` is not above 0 and finite.
 */
export function createPace(
  speed: ReplaySpeed,
  clock: Clock,
): (atMs: number, signal: AbortSignal) => Promise<void> {
  if (speed === 'max') return () => Promise.resolve();
  if (!(speed > 0 && Number.isFinite(speed))) {
    throw new RangeError(`speed: expected a number above 0 or max, got ${speed}`);
  }
  let start: { readonly recordedMs: number; readonly monotonicMs: number } | null = null;
  return async (atMs, signal) => {
    start ??= { recordedMs: atMs, monotonicMs: clock.monotonicMs() };
    const dueMs = start.monotonicMs + (atMs - start.recordedMs) / speed;
    const waitMs = dueMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  };
}
