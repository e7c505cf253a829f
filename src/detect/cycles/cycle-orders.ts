/** The orders of one cycle, filled and paid for leg by leg, exactly, and held against every limit. */

import {
  add,
  bpsToRatio,
  compare,
  type Decimal,
  multiply,
  subtract,
  toDecimal,
  ZERO,
} from '../../domain/money.ts';
import type { DetectionSettings } from '../settings.ts';
import { brokenBoundOf, hopFeeOf } from '../transfer/hops.ts';
import type { CycleSide } from './cycle-side.ts';
import {
  arrivedAt,
  baseForOutput,
  fillLeg,
  fillSize,
  type LegFill,
  type LegLadder,
  sentFor,
} from './leg-fill.ts';

export interface CycleOrders {
  /** One for each leg. */
  readonly fills: readonly LegFill[];
  /** Units of the start asset given by the first leg. */
  readonly cost: Decimal;
  /** Units of the start asset got by the last leg. */
  readonly proceeds: Decimal;
  readonly fixedCost: Decimal;
  /** Price risk on the ways between exchanges; zero without one. */
  readonly risk: Decimal;
  /** Proceeds less cost, fixed cost and risk. */
  readonly profit: Decimal;
}

export type CycleLimits = Pick<
  DetectionSettings,
  'maxNotionalInQuote' | 'maxSizeInBase' | 'fixedCostInQuote'
>;

/**
 * Orders in which leg `pivot` trades exactly `size`: the legs before it give the least that covers it, the legs after it
 * pass on all that their lots allow. For this size of this leg no other orders earn more. Null when a book holds less.
 */
export function fillAround(
  ladders: readonly LegLadder[],
  pivot: number,
  size: Decimal,
): readonly LegFill[] | null {
  const ladder = ladders[pivot];
  const middle = ladder === undefined ? null : fillSize(ladder, size);
  if (ladder === undefined || middle === null) return null;
  const before = fillBackward(ladders.slice(0, pivot), sentFor(ladder, middle.input));
  const after = fillOnward(ladders.slice(pivot + 1), middle.output);
  return before === null || after === null ? null : [...before, middle, ...after];
}

/** Each leg gives all that its lots allow of what the one before got; null when that is less than a lot somewhere. */
export function fillOnward(
  ladders: readonly LegLadder[],
  start: Decimal,
): readonly LegFill[] | null {
  const fills: LegFill[] = [];
  let amount = start;
  for (const ladder of ladders) {
    const arrived = arrivedAt(ladder, amount);
    const fill = arrived === null ? null : fillLeg(ladder, arrived);
    if (fill === null) return null;
    fills.push(fill);
    amount = fill.output;
  }
  return fills;
}

function fillBackward(ladders: readonly LegLadder[], wanted: Decimal): readonly LegFill[] | null {
  const fills: LegFill[] = [];
  let needed = wanted;
  for (const ladder of ladders.toReversed()) {
    const size = baseForOutput(ladder, needed);
    const fill = size === null ? null : fillSize(ladder, size);
    if (fill === null) return null;
    fills.unshift(fill);
    needed = sentFor(ladder, fill.input);
  }
  return fills;
}

/** Null when there are no fills. */
export function toCycleOrders(
  fills: readonly LegFill[] | null,
  { fixedCostInQuote }: CycleLimits,
  riskRatio: Decimal = ZERO,
): CycleOrders | null {
  const [first, last] = [fills?.[0], fills?.at(-1)];
  if (fills === null || first === undefined || last === undefined) return null;
  const fixedCost = fixedCostInQuote ? toDecimal(fixedCostInQuote) : ZERO;
  const [cost, proceeds] = [first.input, last.output];
  const risk = multiply(proceeds, riskRatio);
  const profit = subtract(subtract(subtract(proceeds, cost), fixedCost), risk);
  return { fills, cost, proceeds, fixedCost, risk, profit };
}

/** What is earned above the least edge: profit − θ × cost. */
export function surplusOf({ profit, cost }: CycleOrders, minEdgeBps: number): Decimal {
  return subtract(profit, multiply(cost, bpsToRatio(minEdgeBps)));
}

/** True when every order, and every way between two, is within the limits of its market, of its balance and of the settings. */
export function isWithinLimits(
  sides: readonly CycleSide[],
  { fills, cost }: CycleOrders,
  { maxNotionalInQuote, maxSizeInBase }: CycleLimits,
): boolean {
  return (
    isAtMost(cost, finite(maxSizeInBase)) &&
    sides.every((side, leg) => isLegWithin(side, fills[leg], maxNotionalInQuote)) &&
    sides.every((side, leg) => isWayWithin(side, fills[leg - 1]))
  );
}

function isLegWithin(
  { side, market, balance }: CycleSide,
  fill: LegFill | undefined,
  maxNotionalInQuote: number,
): boolean {
  if (fill === undefined) return false;
  const { sizeInBase, amountInQuote, input } = fill;
  return (
    isAtLeast(sizeInBase, market.minSizeInBase) &&
    isAtMost(sizeInBase, market.maxSizeInBase) &&
    isAtLeast(amountInQuote, market.minCostInQuote) &&
    isAtMost(amountInQuote, market.maxCostInQuote) &&
    isAtMost(side === 'buy' ? input : amountInQuote, finite(maxNotionalInQuote)) &&
    isAtMost(input, balance)
  );
}

function isWayWithin({ incoming = null }: CycleSide, before: LegFill | undefined): boolean {
  return (
    incoming === null || before === undefined || brokenBoundOf(incoming, before.output) === null
  );
}

type Bound = string | number | null | undefined;

function isAtLeast(value: Decimal, least: Bound): boolean {
  return least === null || least === undefined || compare(value, toDecimal(least)) >= 0;
}

function isAtMost(value: Decimal, most: Bound): boolean {
  return most === null || most === undefined || compare(value, toDecimal(most)) <= 0;
}

function finite(value: number): number | null {
  return value === Number.POSITIVE_INFINITY ? null : value;
}

/** Units by which what arrived of what a leg got is more than the next one gave: left over by lots. */
export function leftOverOf(
  sides: readonly CycleSide[],
  fills: readonly LegFill[],
  leg: number,
): Decimal {
  const [fill, next] = [fills[leg], fills[leg + 1]];
  if (fill === undefined || next === undefined) return ZERO;
  return subtract(subtract(fill.output, networkFeeOf(sides, fills, leg + 1)), next.input);
}

/** Units that are lost on the way to a leg; zero without a way. */
export function networkFeeOf(
  sides: readonly CycleSide[],
  fills: readonly LegFill[],
  leg: number,
): Decimal {
  const { incoming = null } = sides[leg] ?? {};
  const sent = fills[leg - 1]?.output;
  return incoming === null || sent === undefined ? ZERO : hopFeeOf(incoming, sent);
}

export function sumOf(values: readonly Decimal[]): Decimal {
  return values.reduce(add, ZERO);
}
