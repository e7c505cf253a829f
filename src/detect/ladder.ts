/** Exact filling of one side of a book. */

import type { Level } from '../domain/book.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  divideUp,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../domain/money.ts';

/** Decimal places of an average price beyond those of the prices themselves. */
const AVERAGE_SCALE = 18;
/** Decimal places of a size that follows from an amount: under a ten-thousandth of a satoshi. */
export const SIZE_SCALE = 12;

export interface Fill {
  readonly sizeInBase: Decimal;
  /** Sum of price × size over the levels touched, before fees. */
  readonly amountInQuote: Decimal;
  /** Volume-weighted price, rounded towards zero at 18 places. */
  readonly averagePrice: Decimal;
  /** Price of the last level touched. */
  readonly limitPrice: Decimal;
  readonly levelsCount: number;
}

/** Sum of the sizes of the first `levelsCount` levels, exact. */
export function depthOf(levels: readonly Level[], levelsCount: number): Decimal {
  return levels.slice(0, levelsCount).reduce((sum, level) => add(sum, toDecimal(level[1])), ZERO);
}

/**
 * Takes `sizeInBase` from the best level on; null when the levels hold less.
 *
 * @param levels - best first.
 * @param sizeInBase - above zero.
 */
export function fillLadder(levels: readonly Level[], sizeInBase: Decimal): Fill | null {
  let left = sizeInBase;
  let amountInQuote = ZERO;
  for (const [index, [price, size]] of levels.entries()) {
    const limitPrice = toDecimal(price);
    const taken = minimum(left, toDecimal(size));
    amountInQuote = add(amountInQuote, multiply(limitPrice, taken));
    left = subtract(left, taken);
    if (compare(left, ZERO) > 0) continue;
    const averagePrice = divide(amountInQuote, sizeInBase, AVERAGE_SCALE);
    return { sizeInBase, amountInQuote, averagePrice, limitPrice, levelsCount: index + 1 };
  }
  return null;
}

/**
 * The size whose amount, before fees, is `amountInQuote`: rounded down at 12 places, or up; null when the levels are
 * worth less.
 */
export function sizeForAmount(
  levels: readonly Level[],
  amountInQuote: Decimal,
  rounding: 'down' | 'up',
): Decimal | null {
  const divideLast = rounding === 'down' ? divide : divideUp;
  let left = amountInQuote;
  let filled = ZERO;
  for (const [priceNumber, sizeNumber] of levels) {
    const [price, size] = [toDecimal(priceNumber), toDecimal(sizeNumber)];
    const amount = multiply(price, size);
    if (compare(amount, left) >= 0) return add(filled, divideLast(left, price, SIZE_SCALE));
    left = subtract(left, amount);
    filled = add(filled, size);
  }
  return null;
}
