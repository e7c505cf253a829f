/**
 * The size of a cycle: the walk finds where the next unit earns too little, then the orders on the markets' lots around
 * it, and those that their least sizes ask for, are filled exactly; the best that every limit accepts is taken.
 */

import {
  add,
  ceilToStep,
  compare,
  type Decimal,
  divide,
  minimum,
  multiply,
  toDecimal,
  toNumber,
  ZERO,
} from '../../domain/money.ts';
import { SIZE_SCALE, sizeForAmount } from '../ladder.ts';
import type { DetectionSettings } from '../settings.ts';
import { lotsToTry } from './cycle-lattice.ts';
import {
  type CycleOrders,
  fillAround,
  fillOnward,
  isWithinLimits,
  surplusOf,
  toCycleOrders,
} from './cycle-orders.ts';
import { type CycleSide, levelsOf, toLadder } from './cycle-side.ts';
import type { CycleWalk } from './cycle-walk.ts';
import {
  capacityOf,
  inputFor,
  inputForBase,
  type LegFill,
  type LegLadder,
  sentFor,
  toAmount,
} from './leg-fill.ts';

const ONE = toDecimal(1);

/** The orders of greatest surplus within all limits; null when no orders are. */
export function chooseCycleOrders(
  sides: readonly CycleSide[],
  walk: CycleWalk,
  minEdgeBps: number,
  settings: DetectionSettings,
  riskRatio: Decimal = ZERO,
): CycleOrders | null {
  const ladders = sides.map(toLadder);
  const best = (candidates: readonly (readonly LegFill[] | null)[]) =>
    bestOf(sides, candidates, minEdgeBps, settings, riskRatio);
  const hasLots = ladders.some(({ sizeStep }) => sizeStep !== null);
  const aroundOptimum = hasLots
    ? onLots(sides, ladders, walk, (1 + minEdgeBps / 10_000) / (1 - toNumber(riskRatio)) - 1)
    : [fillOnward(ladders, exactStart(sides, ladders, walk, settings))];
  return best(aroundOptimum) ?? best(atMinimums(sides, ladders));
}

function bestOf(
  sides: readonly CycleSide[],
  candidates: readonly (readonly LegFill[] | null)[],
  minEdgeBps: number,
  settings: DetectionSettings,
  riskRatio: Decimal,
): CycleOrders | null {
  let best: CycleOrders | null = null;
  for (const fills of candidates) {
    const orders = toCycleOrders(fills, settings, riskRatio);
    if (orders === null || !isWithinLimits(sides, orders, settings)) continue;
    const isBetter =
      best === null || compare(surplusOf(orders, minEdgeBps), surplusOf(best, minEdgeBps)) > 0;
    if (isBetter) best = orders;
  }
  return best;
}

function onLots(
  sides: readonly CycleSide[],
  ladders: readonly LegLadder[],
  walk: CycleWalk,
  minEdgeRatio: number,
): readonly (readonly LegFill[] | null)[] {
  const lots = lotsToTry(sides, walk, minEdgeRatio);
  const step = ladders[lots?.leg ?? -1]?.sizeStep ?? null;
  if (lots === null || step === null) return [];
  return lots.lotsCounts.map((count) =>
    fillAround(ladders, lots.leg, multiply(toDecimal(step), toDecimal(count))),
  );
}

/** Orders in which one leg trades its least size: where the optimum is less than that, a little more may still earn. */
function atMinimums(
  sides: readonly CycleSide[],
  ladders: readonly LegLadder[],
): readonly (readonly LegFill[] | null)[] {
  return sides.flatMap((side, leg) => {
    const least = leastSizeOf(side);
    return least === null ? [] : [fillAround(ladders, leg, least)];
  });
}

/** Null without a least size, or when the book is worth less. */
function leastSizeOf(side: CycleSide): Decimal | null {
  const { minSizeInBase, minCostInQuote, sizeStep } = side.market;
  const forSize = minSizeInBase === null ? ZERO : toDecimal(minSizeInBase);
  const forCost =
    minCostInQuote === null ? ZERO : sizeForAmount(levelsOf(side), toDecimal(minCostInQuote), 'up');
  if (forCost === null) return null;
  const least = compare(forSize, forCost) >= 0 ? forSize : forCost;
  if (compare(least, ZERO) <= 0) return null;
  return sizeStep === null ? least : ceilToStep(least, toDecimal(sizeStep));
}

/**
 * The walk's amount without f64 rounding: traced back to the start from the leg that was used up, or from the limits
 * that ended the walk.
 */
function exactStart(
  sides: readonly CycleSide[],
  ladders: readonly LegLadder[],
  walk: CycleWalk,
  settings: DetectionSettings,
): Decimal {
  const exhausted = ladders[walk.exhaustedLeg];
  if (exhausted !== undefined) {
    const most = capacityOf(exhausted, walk.levelsCounts[walk.exhaustedLeg] ?? 0);
    return traceBack(ladders, walk.exhaustedLeg, most);
  }
  const caps = sides.flatMap((side, leg) =>
    capsOf(side, ladders[leg], settings).map((most) => traceBack(ladders, leg, most)),
  );
  const whole =
    settings.maxSizeInBase === Number.POSITIVE_INFINITY ? [] : [toDecimal(settings.maxSizeInBase)];
  const [first, ...others] = [...whole, ...caps];
  return first === undefined
    ? toAmount(toDecimal(walk.startAmount))
    : others.reduce(minimum, first);
}

/** Units of the start asset of which leg `leg` is given `most`. */
function traceBack(ladders: readonly LegLadder[], leg: number, most: Decimal): Decimal {
  let amount = toAmount(most);
  for (let index = leg; index > 0; index -= 1) {
    const [ladder, before] = [ladders[index], ladders[index - 1]];
    if (ladder === undefined || before === undefined) break;
    amount = inputFor(before, ladder.incoming === null ? amount : sentFor(ladder, amount));
  }
  return amount;
}

/** Most units given to a leg, by each of its limits that its book reaches. */
function capsOf(
  side: CycleSide,
  ladder: LegLadder | undefined,
  { maxNotionalInQuote }: DetectionSettings,
): readonly Decimal[] {
  if (ladder === undefined) return [];
  const { maxSizeInBase, maxCostInQuote = null } = side.market;
  const notional =
    maxNotionalInQuote === Number.POSITIVE_INFINITY ? null : toDecimal(maxNotionalInQuote);
  // A notional counts what is paid, fee included.
  const paidFactor = side.side === 'buy' ? add(ONE, ladder.fee.inQuoteRatio) : ONE;
  const sizes = [
    maxSizeInBase === null ? null : toDecimal(maxSizeInBase),
    maxCostInQuote === null ? null : sizeFor(side, toDecimal(maxCostInQuote)),
    notional === null ? null : sizeFor(side, divide(notional, paidFactor, SIZE_SCALE)),
  ].filter((size) => size !== null);
  const balance = side.balance ?? null;
  return [
    ...sizes.map((size) => inputForBase(ladder, size)),
    ...(balance === null ? [] : [toDecimal(balance)]),
  ];
}

function sizeFor(side: CycleSide, amountInQuote: Decimal): Decimal | null {
  return sizeForAmount(levelsOf(side), amountInQuote, 'down');
}
