/** Funding rates of differing intervals, made comparable: per hour. */

import type { Funding } from '../../domain/funding.ts';
import { type Decimal, divide, multiply, toDecimal, toNumber } from '../../domain/money.ts';
import { HOUR_MS, HOURS_PER_YEAR } from './settings.ts';

/** Decimal places of a rate per hour: 0.01 % over eight hours has eight of them. */
const RATE_SCALE = 18;

const HOUR = toDecimal(HOUR_MS);
const YEAR = toDecimal(HOURS_PER_YEAR);

/**
 * What longs pay to shorts in one hour, as a ratio of the position's value: the rate over its interval in hours, rounded
 * towards zero at 18 places; null when the interval is not known. Payments are made once an interval; between them the
 * rate is taken to accrue evenly.
 */
export function ratePerHour({
  rateRatio,
  intervalMs,
}: Pick<Funding, 'rateRatio' | 'intervalMs'>): Decimal | null {
  if (intervalMs === null || !(intervalMs > 0)) return null;
  return divide(multiply(toDecimal(rateRatio), HOUR), toDecimal(intervalMs), RATE_SCALE);
}

/** A rate per hour over a year of 365 days, without compounding. */
export function annualised(perHour: Decimal): number {
  return toNumber(multiply(perHour, YEAR));
}
