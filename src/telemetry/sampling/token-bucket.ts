/** A token bucket on a clock that may stand still or step back. */

import type { Clock } from '../../domain/clock.ts';
import { expectNumber } from './bounds.ts';

/** All that sampling needs of time. */
export type MonotonicClock = Pick<Clock, 'monotonicMs'>;

/** Tokens that time brings back. */
export interface TokenBucket {
  /** Takes one token; false when there is none. */
  take(): boolean;
}

/**
 * Fills at `perSecond` up to one second's worth, at least one token; starts full. While the clock stands still, as on
 * Workers inside one request, what is in the bucket is all there is.
 *
 * @throws {RangeError} when `perSecond` is not above 0 and finite.
 */
export function createTokenBucket(perSecond: number, clock: MonotonicClock): TokenBucket {
  const isRate = Number.isFinite(perSecond) && perSecond > 0;
  expectNumber('perSecond', perSecond, isRate, 'a number above 0');
  const capacity = Math.max(1, perSecond);
  let tokens = capacity;
  let filledAtMs = clock.monotonicMs();

  const fill = (): void => {
    const nowMs = clock.monotonicMs();
    const elapsedMs = Math.max(0, nowMs - filledAtMs);
    tokens = Math.min(capacity, tokens + (elapsedMs * perSecond) / 1000);
    filledAtMs = nowMs;
  };

  return {
    take: () => {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
