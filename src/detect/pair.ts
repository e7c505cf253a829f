/**
 * Confirms one pair at depth: is there a size that both markets accept and that earns more than the threshold after all
 * costs, and which one earns most? The kernel finds the levels in f64; sizes, costs and profit are computed exactly.
 */

import type { Level } from '../domain/book.ts';
import {
  compare,
  type Decimal,
  minimum,
  subtract,
  toDecimalString,
  toNumber,
  ZERO,
} from '../domain/money.ts';
import type { OpportunityEdge, OpportunityLeg } from '../domain/opportunity.ts';
import type { MarketKernel, PairSizing } from '../kernel/kernel.ts';
import { sizesAround } from './costs/lattice.ts';
import { type LegSide, toPriceRatio } from './costs/leg-fee.ts';
import { leastSize, mostSizes } from './costs/pair-limits.ts';
import { type PairOrders, surplusOf, toPairOrders } from './costs/pair-orders.ts';
import {
  isSameSize,
  type PairSide,
  type PairTerms,
  toPairTerms,
  toSoldSize,
} from './costs/pair-terms.ts';
import { grossBpsOf, toBps, toFees, toPairWaterfall } from './costs/pair-waterfall.ts';
import { isSkewed, judgeBook } from './guards.ts';
import { depthOf, type Fill } from './ladder.ts';
import type { RejectionReason } from './reasons.ts';
import type { DetectionSettings } from './settings.ts';

export type PairConfirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      readonly legs: readonly [OpportunityLeg, OpportunityLeg];
    }
  | { readonly found: false; readonly reason: RejectionReason };

const BUY_SLOT = 0;
const SELL_SLOT = 1;

/**
 * @param minEdgeBps - what is earned above this share of the cost, basis points, is made as large as possible.
 * @param nowMs - the moment of judgement, milliseconds since the epoch.
 */
export function confirmPair(
  kernel: MarketKernel,
  buy: PairSide,
  sell: PairSide,
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
): PairConfirmation {
  const guard = judgeBook(buy.book, nowMs, settings) ?? judgeBook(sell.book, nowMs, settings);
  if (guard !== null) return rejected(`guard_${guard}`);
  if (isSkewed(buy.book, sell.book, settings.maxSkewMs)) return rejected('legs_skewed');
  const terms = toPairTerms(buy, sell);
  const sizing = sizeInKernel(kernel, terms, minEdgeBps, settings);
  if (sizing === null) return rejected('book_invalid');
  if (sizing.sizeInBase <= 0) return rejected('edge_below_threshold');
  const orders = chooseOrders(terms, sizing, minEdgeBps, settings);
  if (orders === null) return rejected('book_too_thin');
  const isEarning = compare(surplusOf(orders, minEdgeBps), ZERO) > 0;
  if (!isEarning || compare(orders.profit, ZERO) <= 0) return rejected('edge_below_threshold');
  return settle(terms, orders, nowMs);
}

function rejected(reason: RejectionReason): PairConfirmation {
  return { found: false, reason };
}

/**
 * The threshold θ is asked of every unit by lowering the proceeds: bid(1 − f) / (1 + θ) > ask(1 + f), which leaves the
 * cap on the cost as it is. A fee taken in base units changes the size of each level and its price.
 */
function sizeInKernel(
  kernel: MarketKernel,
  { buy, sell, receivedRatio, givenRatio }: PairTerms,
  minEdgeBps: number,
  settings: DetectionSettings,
): PairSizing | null {
  const { bookLevelsCount } = kernel.capacity;
  const asks = scaleSizes(buy.book.asks.slice(0, bookLevelsCount), receivedRatio);
  const bids = scaleSizes(sell.book.bids.slice(0, bookLevelsCount), givenRatio);
  if (kernel.loadBook(BUY_SLOT, [], asks) !== 'loaded') return null;
  if (kernel.loadBook(SELL_SLOT, bids, []) !== 'loaded') return null;
  const keptRatio = (1 - toPriceRatio(sell.market, 'sell')) / (1 + minEdgeBps / 10_000);
  return kernel.sizePair({
    askSlot: BUY_SLOT,
    bidSlot: SELL_SLOT,
    buyTakerRatio: toPriceRatio(buy.market, 'buy'),
    sellTakerRatio: 1 - keptRatio,
    maxSizeInBase: settings.maxSizeInBase * toNumber(givenRatio),
    maxCostInQuote: settings.maxNotionalInQuote,
  });
}

function scaleSizes(levels: readonly Level[], ratio: Decimal): readonly Level[] {
  const factor = toNumber(ratio);
  return factor === 1 ? levels : levels.map(([price, size]): Level => [price, size * factor]);
}

/** The best of the sizes around the optimum that every limit accepts; null when none is accepted. */
function chooseOrders(
  terms: PairTerms,
  sizing: PairSizing,
  minEdgeBps: number,
  settings: DetectionSettings,
): PairOrders | null {
  const least = leastSize(terms);
  if (least === null) return null;
  const optimum = [crossingSize(terms, sizing), ...mostSizes(terms, settings)].reduce(minimum);
  let best: PairOrders | null = null;
  for (const size of candidateSizes(terms, optimum, least)) {
    const orders = toPairOrders(terms, size, settings);
    if (orders === null) continue;
    const isBetter =
      best === null || compare(surplusOf(orders, minEdgeBps), surplusOf(best, minEdgeBps)) > 0;
    if (isBetter) best = orders;
  }
  return best;
}

/** The size sold up to which every unit earns the threshold, exact: what the touched levels hold. */
function crossingSize(terms: PairTerms, sizing: PairSizing): Decimal {
  const asks = depthOf(terms.buy.book.asks, sizing.askLevelsCount);
  const bids = depthOf(terms.sell.book.bids, sizing.bidLevelsCount);
  return minimum(toSoldSize(terms, asks), bids);
}

/** Where the bought size is rounded up to its own lots, the limits may ask for one step less. */
function candidateSizes(terms: PairTerms, optimum: Decimal, least: Decimal): readonly Decimal[] {
  const sizes = sizesAround(optimum, least, terms.step);
  const [lowest] = sizes;
  if (lowest === undefined || terms.step === null || isSameSize(terms)) return sizes;
  const lower = subtract(lowest, terms.step);
  return compare(lower, ZERO) > 0 ? [lower, ...sizes] : sizes;
}

function settle(terms: PairTerms, orders: PairOrders, nowMs: number): PairConfirmation {
  const { bought, sold, cost, proceeds, profit } = orders;
  const [buyFee, sellFee] = toFees(terms, orders);
  return {
    found: true,
    edge: {
      atMs: nowMs,
      grossBps: grossBpsOf(terms),
      edgeBps: toBps(profit, cost),
      sizeInBase: toDecimalString(sold.sizeInBase),
      costInQuote: toDecimalString(cost),
      proceedsInQuote: toDecimalString(proceeds),
      profitInQuote: toDecimalString(profit),
      waterfall: toPairWaterfall(terms, orders),
    },
    legs: [
      toLeg('buy', terms.buy, bought, buyFee, nowMs),
      toLeg('sell', terms.sell, sold, sellFee, nowMs),
    ],
  };
}

function toLeg(
  side: LegSide,
  { market, book }: PairSide,
  fill: Fill,
  fee: Decimal,
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
    feeInQuote: toDecimalString(fee),
    takerBps: market.takerBps,
    levelsCount: fill.levelsCount,
    ageMs: nowMs - book.receivedAtMs,
  };
}
