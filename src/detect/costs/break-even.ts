/** The size from which an opportunity earns its fixed costs. */

import { compare, type Decimal, divideUp, toDecimalString, ZERO } from '../../domain/money.ts';
import { SIZE_SCALE } from '../ladder.ts';
import { toNetLadder } from './net-ladder.ts';
import type { PairTerms } from './pair-terms.ts';
import { leastWithProfit, toSizeCurve } from './size-curve.ts';

/** The least size sold whose profit before fixed costs is at least `fixedCost`, rounded up; null when there are none. */
export function breakEvenSize(terms: PairTerms, fixedCost: Decimal): string | null {
  if (compare(fixedCost, ZERO) === 0) return null;
  const { buy, sell, buyFee, sellFee, givenRatio } = terms;
  const asks = toNetLadder(buy.market.exchange, buy.book.asks, 'buy', buyFee);
  const bids = toNetLadder(sell.market.exchange, sell.book.bids, 'sell', sellFee);
  const point = leastWithProfit(toSizeCurve(asks, bids), fixedCost);
  if (point === null) return null;
  return toDecimalString(divideUp(point.sizeInBase, givenRatio, SIZE_SCALE));
}
