/** One side of a book after fees, level by level, exactly. */

import type { Level } from '../../domain/book.ts';
import { add, compare, type Decimal, multiply, subtract, toDecimal } from '../../domain/money.ts';
import type { LegFee, LegSide } from './leg-fee.ts';

/** A level after fees. Its price is `amountInQuote / sizeInBase`, which need not be a decimal. */
export interface NetLevel {
  readonly exchange: string;
  /** Base units that change exchanges: received from an ask, given to a bid. */
  readonly sizeInBase: Decimal;
  /** Paid for all of an ask, received for all of a bid. */
  readonly amountInQuote: Decimal;
  /** Before fees. */
  readonly priceInQuote: Decimal;
}

const ONE = toDecimal(1);

/** @param levels - best first; levels without a size are left out. */
export function toNetLadder(
  exchange: string,
  levels: readonly Level[],
  side: LegSide,
  { inBaseRatio, inQuoteRatio }: LegFee,
): readonly NetLevel[] {
  const isBuy = side === 'buy';
  const sizeFactor = isBuy ? subtract(ONE, inBaseRatio) : add(ONE, inBaseRatio);
  const amountFactor = isBuy ? add(ONE, inQuoteRatio) : subtract(ONE, inQuoteRatio);
  return levels
    .filter(([, size]) => size > 0)
    .map(([price, size]) => {
      const [priceInQuote, sizeInBase] = [toDecimal(price), toDecimal(size)];
      const amountInQuote = multiply(multiply(priceInQuote, sizeInBase), amountFactor);
      return {
        exchange,
        priceInQuote,
        sizeInBase: multiply(sizeInBase, sizeFactor),
        amountInQuote,
      };
    });
}

/** Negative, zero or positive as the net price of `a` is less than, equal to or greater than that of `b`. */
export function compareNetPrice(a: NetLevel, b: NetLevel): number {
  return compare(multiply(a.amountInQuote, b.sizeInBase), multiply(b.amountInQuote, a.sizeInBase));
}
