/** Waiting with an end. */

import type { Clock } from '../domain/clock.ts';

/** Settles when `work` does or `limitMs` are over, whichever is first; never rejects. */
export async function bounded(
  work: Promise<unknown>,
  limitMs: number,
  clock: Clock,
): Promise<void> {
  const timer = new AbortController();
  const timeOut = clock.sleep(limitMs, timer.signal).catch(() => {});
  await Promise.race([work.catch(() => {}), timeOut]);
  timer.abort();
}
