/**
 * Confirms one pair at depth: is there a size that earns more than the threshold after both taker fees, and which one
 * earns most? The kernel finds the levels in f64; size, cost and profit are then computed exactly.
 */

import type { Book, Level } from '../domain/book.ts';
import type { Market } from '../domain/market.ts';
import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  divide,
  floorToStep,
  minimum,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
  ZERO,
} from '../domain/money.ts';
import type { OpportunityEdge, OpportunityLeg } from '../domain/opportunity.ts';
import type { MarketKernel, PairSizing } from '../kernel/kernel.ts';
import { isSkewed, judgeBook } from './guards.ts';
import { depthOf, type Fill, fillLadder } from './ladder.ts';
import type { RejectionReason } from './reasons.ts';
import type { DetectionSettings } from './settings.ts';

/** One side of a pair: a market and its depth. */
export interface PairSide {
  readonly market: Market;
  readonly book: Book;
}

export type PairConfirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      readonly legs: readonly [OpportunityLeg, OpportunityLeg];
    }
  | { readonly found: false; readonly reason: RejectionReason };

const BUY_SLOT = 0;
const SELL_SLOT = 1;
const ONE = toDecimal(1);
const BPS = toDecimal(10_000);
/** Places of an edge in basis points. */
const EDGE_SCALE = 9;
/** An f64 size this close (relatively) to the exact depth is that depth. */
const SIZE_TOLERANCE_RATIO = 1e-12;

/**
 * @param minEdgeBps - every unit of the size earns more than this, basis points of its cost.
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
  const sizing = sizeInKernel(kernel, buy, sell, minEdgeBps, settings);
  if (sizing === null) return rejected('book_invalid');
  if (sizing.sizeInBase <= 0) return rejected('edge_below_threshold');
  const size = roundToLots(
    exactSize(buy.book, sell.book, sizing, settings),
    buy.market,
    sell.market,
  );
  if (compare(size, ZERO) <= 0) return rejected('book_too_thin');
  return settle(buy, sell, size, nowMs);
}

function rejected(reason: RejectionReason): PairConfirmation {
  return { found: false, reason };
}

/**
 * The threshold θ is asked of every unit by lowering the proceeds: bid(1 − f) / (1 + θ) > ask(1 + f), which leaves the
 * cap on the cost as it is.
 */
function sizeInKernel(
  kernel: MarketKernel,
  buy: PairSide,
  sell: PairSide,
  minEdgeBps: number,
  settings: DetectionSettings,
): PairSizing | null {
  const { bookLevelsCount } = kernel.capacity;
  const asks = buy.book.asks.slice(0, bookLevelsCount);
  const bids = sell.book.bids.slice(0, bookLevelsCount);
  if (kernel.loadBook(BUY_SLOT, [], asks) !== 'loaded') return null;
  if (kernel.loadBook(SELL_SLOT, bids, []) !== 'loaded') return null;
  const keptRatio = (1 - sell.market.takerBps / 10_000) / (1 + minEdgeBps / 10_000);
  return kernel.sizePair({
    askSlot: BUY_SLOT,
    bidSlot: SELL_SLOT,
    buyTakerRatio: buy.market.takerBps / 10_000,
    sellTakerRatio: 1 - keptRatio,
    maxSizeInBase: settings.maxSizeInBase,
    maxCostInQuote: settings.maxNotionalInQuote,
  });
}

/** The kernel's size without f64 rounding: the depth of the touched levels or the configured cap, where one of them binds. */
function exactSize(
  buy: Book,
  sell: Book,
  sizing: PairSizing,
  settings: DetectionSettings,
): Decimal {
  const depth = minimum(
    depthOf(buy.asks, sizing.askLevelsCount),
    depthOf(sell.bids, sizing.bidLevelsCount),
  );
  const isCapped = settings.maxSizeInBase < toNumber(depth);
  const size = isCapped ? toDecimal(settings.maxSizeInBase) : depth;
  const isCheaper = sizing.sizeInBase < toNumber(size) * (1 - SIZE_TOLERANCE_RATIO);
  return isCheaper ? toDecimal(sizing.sizeInBase) : size;
}

/** Rounds down to both markets' size steps; zero when that is under a minimum of either. */
function roundToLots(size: Decimal, buy: Market, sell: Market): Decimal {
  const steps = [buy.sizeStep, sell.sizeStep].filter((step) => step !== null);
  const rounded = steps.reduce((value, step) => floorToStep(value, toDecimal(step)), size);
  const minimums = [buy.minSizeInBase, sell.minSizeInBase].filter((least) => least !== null);
  const isEnough = minimums.every((least) => compare(rounded, toDecimal(least)) >= 0);
  return isEnough ? rounded : ZERO;
}

function settle(buy: PairSide, sell: PairSide, size: Decimal, nowMs: number): PairConfirmation {
  const bought = fillLadder(buy.book.asks, size);
  const sold = fillLadder(sell.book.bids, size);
  if (isUnderMinimumCost(buy.market, bought) || isUnderMinimumCost(sell.market, sold)) {
    return rejected('book_too_thin');
  }
  const buyFee = multiply(bought.amountInQuote, bpsToRatio(buy.market.takerBps));
  const sellFee = multiply(sold.amountInQuote, bpsToRatio(sell.market.takerBps));
  const cost = add(bought.amountInQuote, buyFee);
  const proceeds = subtract(sold.amountInQuote, sellFee);
  const profit = subtract(proceeds, cost);
  if (compare(profit, ZERO) <= 0) return rejected('edge_below_threshold');
  return {
    found: true,
    edge: {
      atMs: nowMs,
      grossBps: grossBpsOf(buy.book.asks[0], sell.book.bids[0]),
      edgeBps: toNumber(divide(multiply(profit, BPS), cost, EDGE_SCALE)),
      sizeInBase: toDecimalString(size),
      costInQuote: toDecimalString(cost),
      proceedsInQuote: toDecimalString(proceeds),
      profitInQuote: toDecimalString(profit),
    },
    legs: [toLeg('buy', buy, bought, buyFee, nowMs), toLeg('sell', sell, sold, sellFee, nowMs)],
  };
}

function isUnderMinimumCost(market: Market, fill: Fill): boolean {
  return (
    market.minCostInQuote !== null &&
    compare(fill.amountInQuote, toDecimal(market.minCostInQuote)) < 0
  );
}

function grossBpsOf(ask: Level | undefined, bid: Level | undefined): number {
  if (ask === undefined || bid === undefined)
    throw new Error('BUG: a filled book has no best level');
  const ratio = divide(toDecimal(bid[0]), toDecimal(ask[0]), EDGE_SCALE + 4);
  return toNumber(multiply(subtract(ratio, ONE), BPS));
}

function toLeg(
  side: 'buy' | 'sell',
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
