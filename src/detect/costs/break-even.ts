/** What an opportunity could bear: the size from which it earns its fixed costs, the network fee that eats all of it. */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  divideUp,
  floorToStep,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  ZERO,
} from '../../domain/money.ts';
import { SIZE_SCALE, sizeForAmount } from '../ladder.ts';
import { createLadderCursor } from './ladder-cursor.ts';
import { stepOf } from './lattice.ts';
import type { LegFee } from './leg-fee.ts';
import { type NetLevel, toNetLadder } from './net-ladder.ts';
import type { PairOrders } from './pair-orders.ts';
import type { PairTerms } from './pair-terms.ts';
import { leastWithProfit, toSizeCurve } from './size-curve.ts';

const ONE = toDecimal(1);

/**
 * The least size sold whose profit before fixed costs is at least these costs, rounded up; null when there are none. A
 * network's fixed fee is such a cost: its units are bought first. Orders that earn them reach no further than it does.
 */
export function breakEvenSize(terms: PairTerms, orders: PairOrders): string | null {
  const { buy, sell, givenRatio, carriage } = terms;
  const { fixedCost, bought, sold } = orders;
  const feeInBase = toDecimal(carriage?.hop.feeInAsset ?? 0);
  const total = add(fixedCost, feeInBase);
  if (compare(total, ZERO) === 0) return null;
  const askLevels = buy.book.asks.slice(0, bought.levelsCount);
  const bidLevels = sell.book.bids.slice(0, sold.levelsCount);
  const asks = toNetLadder(buy.market.exchange, askLevels, 'buy', toBuyFee(terms));
  const bids = toNetLadder(sell.market.exchange, bidLevels, 'sell', toSellFee(terms));
  const left = skipBase(asks, feeInBase);
  if (left === null) return null;
  const point = leastWithProfit(toSizeCurve(left.levels, bids), add(fixedCost, left.amountInQuote));
  if (point === null) return null;
  return toDecimalString(divideUp(point.sizeInBase, givenRatio, SIZE_SCALE));
}

/**
 * The fixed network fee, base units, at which this size earns nothing: the most that cost and profit together buy, in
 * lots, less what is sold; rounded down at 12 places. Null when the book holds less than that, or nothing is earned.
 */
export function breakEvenNetworkFee(terms: PairTerms, orders: PairOrders): string | null {
  const { buy, buyFee, givenRatio, receivedRatio, carriage } = terms;
  if (carriage === null || compare(orders.profit, ZERO) < 0) return null;
  const spent = divide(orders.profit, add(ONE, buyFee.inQuoteRatio), SIZE_SCALE);
  const amount = add(orders.bought.amountInQuote, spent);
  const most = sizeForAmount(buy.book.asks, amount, 'down');
  if (most === null) return null;
  const step = stepOf(buy.market);
  const bought = step === null ? most : floorToStep(most, step);
  const kept = multiply(receivedRatio, subtract(ONE, bpsToRatio(carriage.hop.feeBps)));
  const fee = subtract(multiply(bought, kept), multiply(orders.sold.sizeInBase, givenRatio));
  return toDecimalString(divide(fee, ONE, SIZE_SCALE));
}

/** With the network's share of the amount, which is one more fee in base units. */
function toBuyFee({ buyFee, carriage }: PairTerms): LegFee {
  if (carriage === null || carriage.hop.feeBps === 0) return buyFee;
  const kept = subtract(ONE, bpsToRatio(carriage.hop.feeBps));
  const received = multiply(subtract(ONE, buyFee.inBaseRatio), kept);
  return { ...buyFee, inBaseRatio: subtract(ONE, received) };
}

/** With the price risk, which is one more fee on the proceeds. */
function toSellFee({ sellFee, carriage }: PairTerms): LegFee {
  if (carriage === null) return sellFee;
  const kept = multiply(subtract(ONE, sellFee.inQuoteRatio), subtract(ONE, carriage.riskRatio));
  return { ...sellFee, inQuoteRatio: subtract(ONE, kept) };
}

/** The levels beyond the first `sizeInBase`, and what these cost; null when there are not so many. */
function skipBase(levels: readonly NetLevel[], sizeInBase: Decimal) {
  const cursor = createLadderCursor(levels);
  let left = sizeInBase;
  let amountInQuote = ZERO;
  let index = 0;
  while (compare(left, ZERO) > 0) {
    if (cursor.level() === null) return null;
    const isAll = compare(cursor.left(), left) <= 0;
    const size = isAll ? cursor.left() : left;
    amountInQuote = add(amountInQuote, cursor.take(size));
    left = subtract(left, size);
    if (isAll) index += 1;
  }
  const level = cursor.level();
  if (level === null) return { levels: [], amountInQuote };
  const rest = { ...level, sizeInBase: cursor.left(), amountInQuote: cursor.take(cursor.left()) };
  return { levels: [rest, ...levels.slice(index + 1)], amountInQuote };
}
