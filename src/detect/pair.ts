/**
 * Confirms one pair at depth: is there a size that both markets accept and that earns more than the threshold after all
 * costs, and which one earns most? The kernel finds the levels in f64; sizes, costs and profit are computed exactly.
 */

import type { BalanceRefusal, TransferFacts } from '../domain/modes.ts';
import {
  compare,
  type Decimal,
  minimum,
  subtract,
  toDecimalString,
  ZERO,
} from '../domain/money.ts';
import type { OpportunityEdge, OpportunityLeg } from '../domain/opportunity.ts';
import type { TransferRefusal } from '../domain/transfer.ts';
import type { CostWaterfall } from '../domain/waterfall.ts';
import type { MarketKernel, PairSizing } from '../kernel/kernel.ts';
import { sizeInKernel } from './costs/kernel-sizing.ts';
import { sizesAround } from './costs/lattice.ts';
import { feeBpsOf, feeRoleOf, type LegSide } from './costs/leg-fee.ts';
import { leastSize, mostSizes } from './costs/pair-limits.ts';
import { type PairOrders, surplusOf, toPairOrders } from './costs/pair-orders.ts';
import {
  isSameSize,
  type PairSide,
  type PairTerms,
  sizesOfBoughtLots,
  toPairTerms,
  toSoldSize,
} from './costs/pair-terms.ts';
import { grossBpsOf, toBps, toFees, toPairWaterfall } from './costs/pair-waterfall.ts';
import { toTransferFacts } from './costs/transfer-facts.ts';
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
  | {
      readonly found: false;
      readonly reason: RejectionReason;
      /** What lies behind a reason of a transfer or a balance. */
      readonly refusal?: TransferRefusal | BalanceRefusal;
    };

/** The best orders between two books, in one mode. */
export type PairResult =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge & { readonly waterfall: CostWaterfall };
      readonly legs: readonly [OpportunityLeg, OpportunityLeg];
      /** The way between the exchanges; null when what is sold is there already. */
      readonly transfer: TransferFacts | null;
    }
  | {
      readonly found: false;
      readonly reason: 'edge_below_threshold' | 'book_too_thin' | 'book_invalid';
    };

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
  const reason = judgeBooks(buy, sell, settings, nowMs);
  if (reason !== null) return { found: false, reason };
  return confirmTerms(kernel, toPairTerms(buy, sell), minEdgeBps, settings, nowMs);
}

/** The first guard that one of two books fails, or null. */
export function judgeBooks(
  { book: bought }: PairSide,
  { book: sold }: PairSide,
  settings: DetectionSettings,
  nowMs: number,
): RejectionReason | null {
  const guard = judgeBook(bought, nowMs, settings) ?? judgeBook(sold, nowMs, settings);
  if (guard !== null) return `guard_${guard}`;
  return isSkewed(bought, sold, settings.maxSkewMs) ? 'legs_skewed' : null;
}

/** As `confirmPair`, of two books that pass their guards, with or without a way between their exchanges. */
export function confirmTerms(
  kernel: MarketKernel,
  terms: PairTerms,
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
): PairResult {
  const choice = choosePair(kernel, terms, minEdgeBps, settings);
  return choice.found ? settlePair(terms, choice.orders, nowMs) : choice;
}

export type FoundPair = Extract<PairResult, { found: true }>;
type RefusedPair = Extract<PairResult, { found: false }>;

export type PairChoice = { readonly found: true; readonly orders: PairOrders } | RefusedPair;

/** The best orders; what they cost step by step is left to `settlePair`. */
export function choosePair(
  kernel: MarketKernel,
  terms: PairTerms,
  minEdgeBps: number,
  settings: DetectionSettings,
): PairChoice {
  const sizing = sizeInKernel(kernel, terms, minEdgeBps, settings);
  if (sizing === null) return rejected('book_invalid');
  if (sizing.sizeInBase <= 0 || !sizing.canEarn) return rejected('edge_below_threshold');
  const orders = chooseOrders(terms, sizing, minEdgeBps, settings);
  if (orders === null) return rejected('book_too_thin');
  const isEarning = compare(surplusOf(orders, minEdgeBps), ZERO) > 0;
  if (!isEarning || compare(orders.profit, ZERO) <= 0) return rejected('edge_below_threshold');
  return { found: true, orders };
}

function rejected(reason: RefusedPair['reason']): RefusedPair {
  return { found: false, reason };
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

/**
 * Where a fee is taken in base units the two orders differ, and each is rounded to its own lots: the best pair of lots is
 * beside the optimum of the sold size, or of the bought one.
 */
function candidateSizes(terms: PairTerms, optimum: Decimal, least: Decimal): readonly Decimal[] {
  const sizes = sizesAround(optimum, least, terms.step);
  const [lowest] = sizes;
  if (isSameSize(terms) || lowest === undefined) return sizes.filter(isPositive);
  // The limits may ask for one step less than the optimum, because the bought size is rounded up.
  const lower = terms.step === null ? [] : [subtract(lowest, terms.step)];
  return [...lower, ...sizes, ...sizesOfBoughtLots(terms, optimum)].filter(isPositive);
}

function isPositive(size: Decimal): boolean {
  return compare(size, ZERO) > 0;
}

/** Edge, orders and costs of what was chosen. */
export function settlePair(terms: PairTerms, orders: PairOrders, nowMs: number): FoundPair {
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
    transfer: toTransferFacts(terms, orders),
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
    feeBps: feeBpsOf(market, side),
    feeRole: feeRoleOf(market, side),
    levelsCount: fill.levelsCount,
    ageMs: nowMs - book.receivedAtMs,
  };
}
