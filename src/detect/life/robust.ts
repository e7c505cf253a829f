/** Middle and deviation that a few wild values do not move. */

import { medianOf } from './statistics.ts';

/**
 * Makes the median absolute deviation of normally distributed values their standard deviation: 1 / Φ⁻¹(3/4)
 * (Rousseeuw and Croux, Journal of the American Statistical Association 88, 1993).
 */
export const MAD_SCALE = 1.4826;

export interface Robust {
  readonly median: number;
  /** `MAD_SCALE` × the median distance from the median. */
  readonly deviation: number;
}

/** Null without values. */
export function robustOf(values: readonly number[]): Robust | null {
  const median = medianOf(values);
  if (median === null) return null;
  const distance = medianOf(values.map((value) => Math.abs(value - median))) ?? 0;
  return { median, deviation: MAD_SCALE * distance };
}

/** Distance of `value` from the median in deviations; null when nothing deviates. */
export function zScoreOf(value: number, { median, deviation }: Robust): number | null {
  return deviation > 0 ? (value - median) / deviation : null;
}
