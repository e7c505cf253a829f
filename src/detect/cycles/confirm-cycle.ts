/**
 * Confirms one cycle at depth: is there an amount that earns more than the threshold after all costs, and which one
 * earns most? The levels are found in f64; amounts, fees and profit are then computed exactly, leg by leg.
 */

import type { BalanceRefusal } from '../../domain/modes.ts';
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
import type { TransferHop, TransferRefusal } from '../../domain/transfer.ts';
import { feeBpsOf, feeRoleOf } from '../costs/leg-fee.ts';
import { BPS_SCALE, toBps } from '../costs/pair-waterfall.ts';
import { type Guard, judgeBook } from '../guards.ts';
import type { RejectionReason } from '../reasons.ts';
import type { DetectionSettings } from '../settings.ts';
import { type CycleOrders, surplusOf } from './cycle-orders.ts';
import {
  type CycleSide,
  hasValidLevels,
  levelsOf,
  toLegLimits,
  toWalkLevels,
} from './cycle-side.ts';
import { chooseCycleOrders } from './cycle-sizing.ts';
import { areAnySkewed } from './cycle-skew.ts';
import { type CycleWalk, walkCycle } from './cycle-walk.ts';
import { toCycleWaterfall } from './cycle-waterfall.ts';
import type { LegFill } from './leg-fill.ts';

export type CycleConfirmation =
  | {
      readonly found: true;
      readonly edge: OpportunityEdge;
      readonly legs: readonly OpportunityLeg[];
    }
  | {
      readonly found: false;
      readonly reason: RejectionReason;
      /** What keeps it from being moved or paid for, where that is the reason. */
      readonly refusal?: TransferRefusal | BalanceRefusal;
    };

const ONE = toDecimal(1);
const BPS = toDecimal(10_000);
/** A loss this small, relative to the cost, comes from rounding amounts to 18 places. */
const ROUNDING_RATIO = 1e-12;

/**
 * The result's amounts are in the start asset, which leg 0 gives and the last leg gets; `sizeInBase` is its amount too.
 * Market lots are kept leg by leg: what a lot leaves over stays where it is and counts as nothing.
 *
 * @param minEdgeBps - what is earned above this share of the cost, basis points, is made as large as possible.
 * @param nowMs - the moment of judgement, milliseconds since the epoch.
 * @param riskRatio - price risk on the ways between exchanges, of the proceeds; below 1.
 */
export function confirmCycle(
  sides: readonly CycleSide[],
  minEdgeBps: number,
  settings: DetectionSettings,
  nowMs: number,
  riskRatio: Decimal = ZERO,
): CycleConfirmation {
  const refusal = judgeSides(sides, settings, nowMs);
  if (refusal !== null) return rejected(refusal);
  const levels = sides.map((side, leg) => toWalkLevels(side, sides[leg + 1]?.incoming ?? null));
  const walk = walkCycle(levels, {
    minProduct: (1 + minEdgeBps / 10_000) / (1 - toNumber(riskRatio)),
    fixedFees: sides.map(({ incoming }) => Number(incoming?.feeInAsset ?? 0)),
    maxStart: settings.maxSizeInBase,
    legs: sides.map((side) => toLegLimits(side, settings)),
  });
  if (walk.startAmount <= 0) return rejected('edge_below_threshold');
  const orders = chooseCycleOrders(sides, walk, minEdgeBps, settings, riskRatio);
  if (orders === null) return rejected('book_too_thin');
  if (!isEarning(orders, walk, minEdgeBps)) return rejected('edge_below_threshold');
  return settle(sides, orders, walk, nowMs);
}

function rejected(reason: RejectionReason): CycleConfirmation {
  return { found: false, reason };
}

/** What keeps the books from being walked; null: nothing. */
function judgeSides(
  sides: readonly CycleSide[],
  settings: DetectionSettings,
  nowMs: number,
): RejectionReason | null {
  const guard = sides.map(({ book }) => judgeBook(book, nowMs, settings)).find(isGuard) ?? null;
  if (guard !== null) return `guard_${guard}`;
  const books = sides.map(({ book }) => book);
  if (areAnySkewed(books, settings.maxSkewMs)) return 'legs_skewed';
  return sides.every(hasValidLevels) ? null : 'book_invalid';
}

function isGuard(guard: Guard | null): guard is Guard {
  return guard !== null;
}

/**
 * A cycle that breaks even to the last place of f64 can fall on either side of the threshold there. The product of its
 * rates decides, as for every other cycle; it is shown with no profit, not with a loss of its rounded amounts.
 */
function isEarning(orders: CycleOrders, walk: CycleWalk, minEdgeBps: number): boolean {
  const { profit, cost, fixedCost } = orders;
  if (compare(surplusOf(orders, minEdgeBps), ZERO) > 0 && compare(profit, ZERO) > 0) return true;
  const isEven = walk.firstProduct - 1 <= ROUNDING_RATIO && compare(fixedCost, ZERO) === 0;
  return isEven && isRounding(profit, cost);
}

function isRounding(loss: CycleOrders['profit'], cost: CycleOrders['cost']): boolean {
  const scaled = multiply(loss, toDecimal(1 / ROUNDING_RATIO));
  return compare(scaled, cost) <= 0 && compare(scaled, subtract(ZERO, cost)) >= 0;
}

function settle(
  sides: readonly CycleSide[],
  orders: CycleOrders,
  walk: CycleWalk,
  nowMs: number,
): CycleConfirmation {
  const { fills, cost, proceeds, profit } = orders;
  const isProfit = compare(profit, ZERO) > 0;
  const edge: OpportunityEdge = {
    atMs: nowMs,
    grossBps: grossBpsOf(sides),
    edgeBps: isProfit ? toBps(profit, cost) : (walk.firstProduct - 1) * 10_000,
    sizeInBase: toDecimalString(cost),
    costInQuote: toDecimalString(cost),
    proceedsInQuote: toDecimalString(isProfit ? proceeds : cost),
    profitInQuote: toDecimalString(isProfit ? profit : ZERO),
    waterfall: toCycleWaterfall(sides, orders, walk),
  };
  return { found: true, edge, legs: sides.flatMap((side, leg) => toLeg(side, fills[leg], nowMs)) };
}

/** Product of the best prices before fees, less one: bids of the sold legs over asks of the bought ones. */
function grossBpsOf(sides: readonly CycleSide[]): number {
  const productOf = (wanted: CycleSide['side']) =>
    sides
      .filter(({ side }) => side === wanted)
      .reduce((product, side) => multiply(product, toDecimal(levelsOf(side)[0]?.[0] ?? 0)), ONE);
  const ratio = divide(productOf('sell'), productOf('buy'), BPS_SCALE + 4);
  return toNumber(multiply(subtract(ratio, ONE), BPS));
}

function toLeg(
  { side, market, book, incoming = null }: CycleSide,
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
      ...(incoming ? { arrivesBy: toArrival(incoming) } : {}),
    },
  ];
}

function toArrival({ asset, fromExchange, network, feeInAsset, feeBps, transferMs }: TransferHop) {
  return { asset, fromExchange, network, feeInAsset, feeBps, transferMs };
}
