/** Orders on several exchanges at once: sizes on each market's lots, as much sold as bought, filled and paid for exactly. */

import type { Book, Level } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import {
  add,
  compare,
  type Decimal,
  divide,
  floorToStep,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import { type LegFee, type LegSide, toLegFee } from '../costs/leg-fee.ts';
import { type Fill, fillLadder, SIZE_SCALE } from '../ladder.ts';

/** One market of the symbol with its depth. */
export interface MultiSide {
  readonly market: Market;
  readonly book: Book;
}

export interface MultiOrder {
  readonly side: LegSide;
  readonly market: Market;
  readonly book: Book;
  readonly fill: Fill;
  readonly fee: LegFee;
  /** Base units that change exchanges: received when bought, given when sold. */
  readonly movedInBase: Decimal;
  /** Paid or received, fee included. */
  readonly amountInQuote: Decimal;
}

/** What is wanted of one market, before lots. */
export interface WantedOrder extends MultiSide {
  readonly side: LegSide;
  readonly movedInBase: Decimal;
}

const ONE = toDecimal(1);

/**
 * Each order rounded down to its lots, those under a least order left out; then the side that moves more gives up whole
 * lots, from the last wanted, which is the worst, on. Null when one side is left with nothing.
 */
export function toMultiOrders(wanted: readonly WantedOrder[]): readonly MultiOrder[] | null {
  let orders = wanted.flatMap((each) => toOrder(each) ?? []);
  // Each round leaves at least one order out, or is the last.
  for (let round = 0; round <= wanted.length; round += 1) {
    const balanced = balance(orders);
    if (balanced.length === orders.length || balanced.length === 0) {
      orders = [...balanced];
      break;
    }
    orders = [...balanced];
  }
  const hasBoth = orders.some(isBuy) && orders.some((order) => !isBuy(order));
  return hasBoth && compare(movedBy(orders, 'sell'), movedBy(orders, 'buy')) <= 0 ? orders : null;
}

export function movedBy(orders: readonly MultiOrder[], side: LegSide): Decimal {
  return orders
    .filter((order) => order.side === side)
    .reduce((sum, { movedInBase }) => add(sum, movedInBase), ZERO);
}

function isBuy({ side }: MultiOrder): boolean {
  return side === 'buy';
}

/** Sold is at most what is bought; bought is at most a lot more than what is sold. */
function balance(orders: readonly MultiOrder[]): readonly MultiOrder[] {
  const [bought, sold] = [movedBy(orders, 'buy'), movedBy(orders, 'sell')];
  const sellsLess = trim(orders, 'sell', subtract(sold, bought), 'up');
  const left = subtract(bought, movedBy(sellsLess, 'sell'));
  return trim(sellsLess, 'buy', left, 'down');
}

/** Takes `excess` off the orders of one side, the last first, in whole lots: at least so much (`up`) or at most. */
function trim(
  orders: readonly MultiOrder[],
  side: LegSide,
  excess: Decimal,
  rounding: 'up' | 'down',
): readonly MultiOrder[] {
  let left = excess;
  const kept: MultiOrder[] = [];
  for (const order of orders.toReversed()) {
    if (order.side !== side || compare(left, ZERO) <= 0) {
      kept.unshift(order);
      continue;
    }
    const target = subtract(order.movedInBase, left);
    const smaller = toOrder({ ...order, movedInBase: target }, rounding === 'down');
    if (smaller === null && rounding === 'down') {
      kept.unshift(order);
      continue;
    }
    left = subtract(left, subtract(order.movedInBase, smaller?.movedInBase ?? ZERO));
    if (smaller !== null) kept.unshift(smaller);
  }
  return kept;
}

/** Null when it is under a least order, over a greatest one, or nothing. @param isUp - rounds up to a lot. */
function toOrder(wanted: WantedOrder, isUp = false): MultiOrder | null {
  const { side, market, book, movedInBase } = wanted;
  const fee = toLegFee(market, side);
  const ratio = side === 'buy' ? subtract(ONE, fee.inBaseRatio) : add(ONE, fee.inBaseRatio);
  const size = toLots(divide(movedInBase, ratio, SIZE_SCALE), market, isUp);
  const levels: readonly Level[] = side === 'buy' ? book.asks : book.bids;
  const fill = compare(size, ZERO) > 0 ? fillLadder(levels, size) : null;
  if (fill === null || !isAllowed(market, fill)) return null;
  const quoteRatio = side === 'buy' ? add(ONE, fee.inQuoteRatio) : subtract(ONE, fee.inQuoteRatio);
  return {
    side,
    market,
    book,
    fill,
    fee,
    movedInBase: multiply(size, ratio),
    amountInQuote: multiply(fill.amountInQuote, quoteRatio),
  };
}

function toLots(size: Decimal, { sizeStep }: Market, isUp: boolean): Decimal {
  if (sizeStep === null) return size;
  const step = toDecimal(sizeStep);
  const below = floorToStep(size, step);
  return isUp && compare(below, size) < 0 ? add(below, step) : below;
}

function isAllowed(market: Market, { sizeInBase, amountInQuote }: Fill): boolean {
  const { minSizeInBase, maxSizeInBase, minCostInQuote, maxCostInQuote = null } = market;
  const isAtLeast = (value: Decimal, least: string | null) =>
    least === null || compare(value, toDecimal(least)) >= 0;
  const isAtMost = (value: Decimal, most: string | null) =>
    most === null || compare(value, toDecimal(most)) <= 0;
  return (
    isAtLeast(sizeInBase, minSizeInBase) &&
    isAtMost(sizeInBase, maxSizeInBase) &&
    isAtLeast(amountInQuote, minCostInQuote) &&
    isAtMost(amountInQuote, maxCostInQuote)
  );
}
