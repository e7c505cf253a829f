/**
 * Confirms one cycle at depth: is there an amount that earns more than the threshold after all taker fees, and which one
 * earns most? The levels are found in f64; amounts, fees and profit are then computed exactly, leg by leg.
 */

import type { Book } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import {
  compare,
  type Decimal,
  divide,
  multiply,
  subtract,
  toDecimal,
  toDecimalString,
  toNumber,
  ZERO,
} from '../../domain/money.ts';
import type { OpportunityEdge, OpportunityLeg } from '../../domain/opportunity.ts';
import { feeBpsOf, feeRoleOf, toLegFee, toPriceRatio } from '../costs/leg-fee.ts';
import { type Guard, judgeBook } from '../guards.ts';
import type { RejectionReason } from '../reasons.ts';
import type { DetectionSettings } from '../settings.ts';
import { areAnySkewed } from './cycle-skew.ts';
import { type CycleWalk, type LegLimits, type WalkLevel, walkCycle } from './cycle-walk.ts';
import {
  capacityOf,
  fillLeg,
  inputFor,
  type LegFill,
  type LegLadder,
  toAmount,
} from './leg-fill.ts';

/** One leg with its depth. */
export interface CycleSide {
  readonly side: 'buy' | 'sell';
  readonly market: Market;
  readonly book: Book;
}

export type CycleConfirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      readonly legs: readonly OpportunityLeg[];
    }
  | { readonly found: false; readonly reason: RejectionReason };

const ONE = toDecimal(1);
const BPS = toDecimal(10_000);
/** A loss this small, relative to the cost, comes from rounding amounts to 18 places. */
const ROUNDING_RATIO = 1e-12;
/** Places of an edge in basis points. */
const EDGE_SCALE = 9;

/**
 * The result's amounts are in the start asset, which leg 0 gives and the last leg gets; `sizeInBase` is its amount too.
 * Market lots are kept leg by leg: what a lot leaves over stays where it is and counts as nothing.
 *
 * @param minEdgeBps - every unit of the amount earns more than this, basis points.
 * @param nowMs - the moment of judgement, milliseconds since the epoch.
 */
export function confirmCycle(
  sides: readonly CycleSide[],
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
): CycleConfirmation {
  const guard = sides.map(({ book }) => judgeBook(book, nowMs, settings)).find(isGuard) ?? null;
  if (guard !== null) return rejected(`guard_${guard}`);
  const books = sides.map(({ book }) => book);
  if (areAnySkewed(books, settings.maxSkewMs)) return rejected('legs_skewed');
  if (!sides.every(hasValidLevels)) return rejected('book_invalid');
  const walk = walkCycle(sides.map(toWalkLevels), {
    minProduct: 1 + minEdgeBps / 10_000,
    maxStart: settings.maxSizeInBase,
    legs: sides.map((side) => toLimits(side, settings)),
  });
  if (walk.startAmount <= 0) return rejected('edge_below_threshold');
  const ladders = sides.map((side, index) => toLadder(side, walk.levelsCounts[index] ?? 0));
  return settle(sides, fillAll(ladders, exactStart(ladders, walk)), walk, nowMs);
}

function rejected(reason: RejectionReason): CycleConfirmation {
  return { found: false, reason };
}

function isGuard(guard: Guard | null): guard is Guard {
  return guard !== null;
}

function levelsOf({ side, book }: CycleSide): Book['asks'] {
  return side === 'buy' ? book.asks : book.bids;
}

function hasValidLevels(side: CycleSide): boolean {
  return levelsOf(side).every(
    ([price, size]) => price > 0 && size > 0 && Number.isFinite(price) && Number.isFinite(size),
  );
}

/** What one order of a leg may be, by the market and by the user's limit. */
function toLimits({ market }: CycleSide, { maxNotionalInQuote }: DetectionSettings): LegLimits {
  const { maxSizeInBase, maxCostInQuote = null } = market;
  const toLimit = (most: string | null) =>
    most === null ? Number.POSITIVE_INFINITY : Number(most);
  return {
    maxInBase: toLimit(maxSizeInBase),
    maxInQuote: Math.min(maxNotionalInQuote, toLimit(maxCostInQuote)),
  };
}

function toWalkLevels(side: CycleSide): readonly WalkLevel[] {
  const ratio = toPriceRatio(side.market, side.side);
  const inBaseRatio = toNumber(toLegFee(side.market, side.side).inBaseRatio);
  return levelsOf(side).map(([price, size]) => {
    if (side.side === 'sell') {
      const basePerInput = 1 / (1 + inBaseRatio);
      const rate = price * (1 - ratio);
      return {
        input: size / basePerInput,
        rate,
        basePerInput,
        quotePerInput: price * basePerInput,
      };
    }
    // What is paid: a fee in base units is taken from what is got.
    const paid = inBaseRatio === 0 ? price * (1 + ratio) : price;
    const rate = 1 / (price * (1 + ratio));
    return { input: size * paid, rate, basePerInput: 1 / paid, quotePerInput: 1 };
  });
}

function toLadder(side: CycleSide, levelsCount: number): LegLadder {
  const { sizeStep, maxSizeInBase } = side.market;
  const fee = toLegFee(side.market, side.side);
  const levels = levelsOf(side).slice(0, levelsCount);
  return { side: side.side, levels, fee, sizeStep, maxSizeInBase };
}

/** The walk's amount without f64 rounding: traced back from the leg that was used up to the start. */
function exactStart(ladders: readonly LegLadder[], walk: CycleWalk): Decimal {
  const exhausted = ladders[walk.exhaustedLeg];
  if (exhausted === undefined) return toAmount(toDecimal(walk.startAmount));
  return ladders
    .slice(0, walk.exhaustedLeg)
    .reduceRight((amount, ladder) => inputFor(ladder, amount), toAmount(capacityOf(exhausted)));
}

/** Null when what is left of the amount is less than a lot somewhere. */
function fillAll(ladders: readonly LegLadder[], start: Decimal): readonly LegFill[] | null {
  const fills: LegFill[] = [];
  let amount = start;
  for (const ladder of ladders) {
    const fill = fillLeg(ladder, amount);
    if (fill === null) return null;
    fills.push(fill);
    amount = fill.output;
  }
  return fills;
}

function settle(
  sides: readonly CycleSide[],
  fills: readonly LegFill[] | null,
  walk: CycleWalk,
  nowMs: number,
): CycleConfirmation {
  const cost = fills?.[0]?.input;
  const proceeds = fills?.at(-1)?.output;
  if (fills === null || cost === undefined || proceeds === undefined) {
    return rejected('book_too_thin');
  }
  if (sides.some(({ market }, leg) => isUnderMinimum(market, fills[leg]))) {
    return rejected('book_too_thin');
  }
  const profit = subtract(proceeds, cost);
  const isProfit = compare(profit, ZERO) > 0;
  if (!isProfit && !isRounding(profit, cost)) return rejected('edge_below_threshold');
  const edge: OpportunityEdge = {
    atMs: nowMs,
    grossBps: grossBpsOf(sides),
    edgeBps: isProfit
      ? toNumber(divide(multiply(profit, BPS), cost, EDGE_SCALE))
      : (walk.firstProduct - 1) * 10_000,
    sizeInBase: toDecimalString(cost),
    costInQuote: toDecimalString(cost),
    proceedsInQuote: toDecimalString(isProfit ? proceeds : cost),
    profitInQuote: toDecimalString(isProfit ? profit : ZERO),
  };
  return { found: true, edge, legs: sides.flatMap((side, leg) => toLeg(side, fills[leg], nowMs)) };
}

/**
 * A cycle that breaks even to the last place of f64 can fall on either side of the threshold there. The product of its
 * rates decides, as for every other cycle; it is shown with no profit, not with a loss of its rounded amounts.
 */
function isRounding(loss: Decimal, cost: Decimal): boolean {
  return compare(multiply(loss, toDecimal(-1 / ROUNDING_RATIO)), cost) <= 0;
}

function isUnderMinimum(market: Market, fill: LegFill | undefined): boolean {
  if (fill === undefined) return true;
  const { minSizeInBase, minCostInQuote } = market;
  const isUnder = (least: string | null, value: Decimal) =>
    least !== null && compare(value, toDecimal(least)) < 0;
  return isUnder(minSizeInBase, fill.sizeInBase) || isUnder(minCostInQuote, fill.amountInQuote);
}

/** Product of the best prices before fees, less one: bids of the sold legs over asks of the bought ones. */
function grossBpsOf(sides: readonly CycleSide[]): number {
  const productOf = (wanted: CycleSide['side']) =>
    sides
      .filter(({ side }) => side === wanted)
      .reduce((product, side) => multiply(product, toDecimal(levelsOf(side)[0]?.[0] ?? 0)), ONE);
  const ratio = divide(productOf('sell'), productOf('buy'), EDGE_SCALE + 4);
  return toNumber(multiply(subtract(ratio, ONE), BPS));
}

function toLeg(
  { side, market, book }: CycleSide,
  fill: LegFill | undefined,
  nowMs: number,
): readonly OpportunityLeg[] {
  if (fill === undefined) return [];
  return [
    {
      side,
      exchange: market.exchange,
      symbol: market.symbol,
      averagePriceInQuote: toDecimalString(fill.averagePrice),
      limitPriceInQuote: toDecimalString(fill.limitPrice),
      sizeInBase: toDecimalString(fill.sizeInBase),
      amountInQuote: toDecimalString(fill.amountInQuote),
      feeInQuote: toDecimalString(fill.feeInQuote),
      takerBps: market.takerBps,
      feeBps: feeBpsOf(market, side),
      feeRole: feeRoleOf(market, side),
      levelsCount: fill.levelsCount,
      ageMs: nowMs - book.receivedAtMs,
    },
  ];
}
