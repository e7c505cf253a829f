/** Exact filling of one side of a book. */

import type { Level } from '../domain/book.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  minimum,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../domain/money.ts';

/** Decimal places of an average price beyond those of the prices themselves. */
const AVERAGE_SCALE = 18;

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
 * Takes `sizeInBase` from the best level on.
 *
 * @param levels - best first; sizes above zero.
 * @throws {RangeError} when the size is not above zero or the levels hold less.
 */
export function fillLadder(levels: readonly Level[], sizeInBase: Decimal): Fill {
  let left = sizeInBase;
  let amountInQuote = ZERO;
  for (const [index, [price, size]] of levels.entries()) {
    if (compare(left, ZERO) <= 0) break;
    const limitPrice = toDecimal(price);
    const taken = minimum(left, toDecimal(size));
    amountInQuote = add(amountInQuote, multiply(limitPrice, taken));
    left = subtract(left, taken);
    if (compare(left, ZERO) > 0) continue;
    const averagePrice = divide(amountInQuote, sizeInBase, AVERAGE_SCALE);
    return { sizeInBase, amountInQuote, averagePrice, limitPrice, levelsCount: index + 1 };
  }
  throw new RangeError('size: expected more than zero and at most the depth of the levels');
}
