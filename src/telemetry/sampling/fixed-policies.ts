/** Policies without a memory: always, never, with a fixed probability; and with a bounded rate. */

import { expectNumber } from './bounds.ts';
import type { SamplingPolicy } from './policy.ts';
import { ALWAYS_THRESHOLD, type Threshold, toThreshold } from './threshold.ts';
import { createTokenBucket, type MonotonicClock } from './token-bucket.ts';

/** Keeps every trace. */
export function createAlwaysPolicy(): SamplingPolicy {
  return { ...createFixedPolicy('always_on', ALWAYS_THRESHOLD), isAlways: true };
}

/** Keeps none. */
export function createNeverPolicy(): SamplingPolicy {
  return createFixedPolicy('always_off', null);
}

/**
 * Keeps a consistent share: a service with a lower probability keeps a subset of these traces.
 *
 * @throws {RangeError} when `probability` is not from 0 to 1.
 */
export function createProbabilityPolicy(probability: number): SamplingPolicy {
  const isShare = probability >= 0 && probability <= 1;
  expectNumber('probability', probability, isShare, 'a number from 0 to 1');
  return createFixedPolicy(`consistent_probability{${probability}}`, toThreshold(probability));
}

/** The same threshold for every trace. */
function createFixedPolicy(description: string, threshold: Threshold | null): SamplingPolicy {
  const thresholdForAny = () => threshold;
  return { description, isProbability: true, thresholdFor: thresholdForAny, thresholdForAny };
}

/**
 * Keeps at most `tracesPerSecond` on average and one second's worth at once, on `clock`, which may stand still. What
 * share that is nobody knows, so kept spans carry no weight.
 *
 * @throws {RangeError} when `tracesPerSecond` is not above 0.
 */
export function createRateLimitedPolicy(
  tracesPerSecond: number,
  clock: MonotonicClock,
): SamplingPolicy {
  const bucket = createTokenBucket(tracesPerSecond, clock);
  return {
    description: `ratelimited{${tracesPerSecond}}`,
    isProbability: false,
    thresholdFor: () => (bucket.take() ? ALWAYS_THRESHOLD : null),
  };
}
