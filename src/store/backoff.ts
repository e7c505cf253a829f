/** How long to wait before trying again. */

export interface Backoff {
  /** Upper bound of the first wait. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly maxMs: number;
}

/**
 * Capped exponential backoff with equal jitter: half of min(maxMs, baseMs × 2^failures) for certain, the other half by
 * chance, so that many writers do not come back at once (Brooker, "Exponential Backoff and Jitter", AWS, 2015).
 *
 * @param failuresCount - failures in a row, from 1.
 * @param random - uniform in [0, 1).
 */
export function toBackoffMs(backoff: Backoff, failuresCount: number, random: () => number): number {
  const boundMs = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (failuresCount - 1));
  return boundMs / 2 + (boundMs / 2) * random();
}
