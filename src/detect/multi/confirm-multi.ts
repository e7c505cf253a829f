/**
 * Confirms one symbol over all its exchanges at once: the lowest net asks of any of them against the highest net bids.
 * It is an opportunity of its own when more than two exchanges take part; else it is the pair that is told anyway.
 */

import type { Level } from '../../domain/book.ts';
import {
  add,
  bpsToRatio,
  compare,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  ZERO,
} from '../../domain/money.ts';
import type { OpportunityEdge, OpportunityLeg } from '../../domain/opportunity.ts';
import { feeBpsOf, feeRoleOf, type LegSide, toLegFee, toPriceRatio } from '../costs/leg-fee.ts';
import { allocateMulti } from '../costs/multi.ts';
import { toNetLadder } from '../costs/net-ladder.ts';
import { toBps } from '../costs/pair-waterfall.ts';
import { areAnySkewed } from '../cycles/cycle-skew.ts';
import { judgeBook } from '../guards.ts';
import type { RejectionReason } from '../reasons.ts';
import type { DetectionSettings } from '../settings.ts';
import { type MultiOrder, type MultiSide, movedBy, toMultiOrders } from './multi-orders.ts';
import { bestOf, feeOf, type MultiSums, toMultiWaterfall } from './multi-waterfall.ts';

export type MultiConfirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      /** Bought legs first, of each side the best price first. */
      readonly legs: readonly OpportunityLeg[];
    }
  | { readonly found: false; readonly reason: RejectionReason };

/** Fewer are a pair. */
const LEAST_EXCHANGES_COUNT = 3;

/** @param sides - markets that pass their guards, with their depth. */
export function confirmMulti(
  sides: readonly MultiSide[],
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
): MultiConfirmation {
  const usable = sides.filter(({ book }) => judgeBook(book, nowMs, settings) === null);
  const orders = chooseOrders(usable, minEdgeBps, settings);
  if (orders === null) return rejected('edge_below_threshold');
  if (
    areAnySkewed(
      orders.map(({ book }) => book),
      settings.maxSkewMs,
    )
  )
    return rejected('legs_skewed');
  const sums = toSums(orders, settings);
  const surplus = subtract(sums.profit, multiply(sums.cost, bpsToRatio(minEdgeBps)));
  if (compare(surplus, ZERO) <= 0 || compare(sums.profit, ZERO) <= 0) {
    return rejected('edge_below_threshold');
  }
  return settle(orders, sums, nowMs);
}

function rejected(reason: RejectionReason): MultiConfirmation {
  return { found: false, reason };
}

/** Null when fewer than three exchanges take part. */
function chooseOrders(
  sides: readonly MultiSide[],
  minEdgeBps: number,
  { maxSizeInBase, maxNotionalInQuote }: DetectionSettings,
): readonly MultiOrder[] | null {
  const finite = (value: number) => (value === Number.POSITIVE_INFINITY ? null : toDecimal(value));
  const limits = {
    minEdgeBps,
    maxSizeInBase: finite(maxSizeInBase),
    maxCostInQuote: finite(maxNotionalInQuote),
  };
  const bestBid = Math.max(...sides.map((side) => netBestOf(side, 'sell')));
  const bestAsk = Math.min(...sides.map((side) => netBestOf(side, 'buy')));
  const ladders = (side: LegSide) =>
    sides.map((each) => toCrossing(each, side, side === 'buy' ? bestBid : bestAsk));
  const { buys, sells } = allocateMulti(ladders('buy'), ladders('sell'), limits);
  const names = new Set([...buys, ...sells].map(({ exchange }) => exchange));
  if (names.size < LEAST_EXCHANGES_COUNT) return null;
  const wanted = (side: LegSide) =>
    (side === 'buy' ? buys : sells).flatMap(({ exchange, sizeInBase }) => {
      const found = sides.find(({ market }) => market.exchange === exchange);
      return found === undefined ? [] : [{ ...found, side, movedInBase: sizeInBase }];
    });
  const orders = toMultiOrders([...wanted('buy'), ...wanted('sell')]);
  const traded = new Set(orders?.map(({ market }) => market.exchange));
  return traded.size < LEAST_EXCHANGES_COUNT ? null : orders;
}

function levelsOf({ book }: MultiSide, side: LegSide): readonly Level[] {
  return side === 'buy' ? book.asks : book.bids;
}

function netPrice({ market }: MultiSide, side: LegSide, price: number): number {
  const ratio = toPriceRatio(market, side);
  return side === 'buy' ? price * (1 + ratio) : price * (1 - ratio);
}

function netBestOf(side: MultiSide, kind: LegSide): number {
  const price = levelsOf(side, kind)[0]?.[0];
  return price === undefined ? Number.NaN : netPrice(side, kind, price);
}

/** Levels that could meet the best of the other side, with a margin for f64: the others need no exact arithmetic. */
function toCrossing(side: MultiSide, kind: LegSide, limit: number) {
  const isCrossing = ([price]: Level) => {
    const net = netPrice(side, kind, price);
    return kind === 'buy' ? net <= limit * (1 + 1e-9) : net >= limit * (1 - 1e-9);
  };
  const levels = levelsOf(side, kind).filter(isCrossing);
  return toNetLadder(side.market.exchange, levels, kind, toLegFee(side.market, kind));
}

function toSums(orders: readonly MultiOrder[], { fixedCostInQuote }: DetectionSettings): MultiSums {
  const amountOf = (side: LegSide) =>
    orders
      .filter((order) => order.side === side)
      .reduce((sum, { amountInQuote }) => add(sum, amountInQuote), ZERO);
  const [cost, proceeds] = [amountOf('buy'), amountOf('sell')];
  const fixedCost = fixedCostInQuote ? toDecimal(fixedCostInQuote) : ZERO;
  return { cost, proceeds, fixedCost, profit: subtract(subtract(proceeds, cost), fixedCost) };
}

function settle(orders: readonly MultiOrder[], sums: MultiSums, nowMs: number): MultiConfirmation {
  const { cost, proceeds, profit } = sums;
  const { ask, bid } = bestOf(orders);
  return {
    found: true,
    edge: {
      atMs: nowMs,
      grossBps: toBps(subtract(bid, ask), ask),
      edgeBps: toBps(profit, cost),
      sizeInBase: toDecimalString(movedBy(orders, 'sell')),
      costInQuote: toDecimalString(cost),
      proceedsInQuote: toDecimalString(proceeds),
      profitInQuote: toDecimalString(profit),
      waterfall: toMultiWaterfall(orders, sums),
    },
    legs: orders.map((order) => toLeg(order, toDecimalString(feeOf(order, ask)), nowMs)),
  };
}

function toLeg(
  { side, market, book, fill }: MultiOrder,
  fee: string,
  nowMs: number,
): OpportunityLeg {
  return {
    side,
    exchange: market.exchange,
    symbol: market.symbol,
    averagePriceInQuote: toDecimalString(fill.averagePrice),
    limitPriceInQuote: toDecimalString(fill.limitPrice),
    sizeInBase: toDecimalString(fill.sizeInBase),
    amountInQuote: toDecimalString(fill.amountInQuote),
    feeInQuote: fee,
    takerBps: market.takerBps,
    feeBps: feeBpsOf(market, side),
    feeRole: feeRoleOf(market, side),
    levelsCount: fill.levelsCount,
    ageMs: nowMs - book.receivedAtMs,
  };
}
