/**
 * Spot volatility from a row of middle prices: the median of each three neighbouring returns, squared, averaged and
 * scaled to the variance of a normal return (MedRV of Andersen, Dobrev and Schaumburg, Journal of Econometrics 169,
 * 2012). One jump, or one wrong price, changes no median of three. Returns are taken per square root of time, so that
 * samples need not be evenly spaced.
 */

/** π / (6 − 4√3 + π): makes the squared median of three absolute normal deviates one on average. */
const MEDIAN_OF_THREE_FACTOR = Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI);
const MS_PER_MINUTE = 60_000;

/** A price and when it was, milliseconds since the epoch. */
export interface PriceSample {
  readonly atMs: number;
  /** Above 0, quote units. */
  readonly price: number;
}

/**
 * The return from `a` to the later `b`, basis points per square root of a minute: the change over the mean of both prices,
 * which is the logarithmic return but for its third order, and needs no logarithm: those differ between runtimes.
 */
export function scaledReturnBps(a: PriceSample, b: PriceSample): number {
  const change = (b.price - a.price) / ((a.price + b.price) / 2);
  return (change * 10_000) / Math.sqrt((b.atMs - a.atMs) / MS_PER_MINUTE);
}

/** @param returns - at least three, oldest first, from `scaledReturnBps`. Basis points per square root of a minute. */
export function volatilityBpsOf(returns: readonly number[]): number {
  let sum = 0;
  for (let index = 2; index < returns.length; index += 1) {
    const middle = medianOfThree(returns[index - 2], returns[index - 1], returns[index]);
    sum += middle * middle;
  }
  return Math.sqrt((MEDIAN_OF_THREE_FACTOR * sum) / (returns.length - 2));
}

function medianOfThree(...values: readonly (number | undefined)[]): number {
  const [a = 0, b = 0, c = 0] = values.map((value) => Math.abs(value ?? Number.NaN));
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
