/**
 * Which lots to try. With lots on several legs the profit is no longer concave: what one leg's lots leave over changes
 * from size to size. But for a given size of one leg the best orders of all others are known (`fillAround`), and no lots
 * earn more than the same size without any; so the sizes of one leg are tried outward from the optimum, in f64, for as
 * long as the profit without lots is above the best found. The few best are then filled exactly.
 */

import { toNumber } from '../../domain/money.ts';
import { at } from '../../kernel/at.ts';
import { toLegFee } from '../costs/leg-fee.ts';
import { type CycleSide, levelsOf } from './cycle-side.ts';
import type { CycleWalk } from './cycle-walk.ts';

/** Lots tried to each side of the optimum: bounds the work where many fine lots leave over more than a level earns. */
const MAX_LOTS_TRIED_COUNT = 32;
/** Numbers of lots this close to a whole one are whole: f64 rounding. */
const WHOLE_LOT_TOLERANCE = 1e-9;

/** Levels looked at beyond those that the optimum touches: a step up may reach into them. */
const LEVELS_BEYOND_COUNT = 4;

/** One leg in f64: its first levels. */
interface NumberLadder {
  /** Base units of each level. */
  readonly sizes: Float64Array;
  /** Units given and got for one base unit of each level, fees included. */
  readonly inputRates: Float64Array;
  readonly outputRates: Float64Array;
  readonly depth: number;
  /** Lost on the way to it: units whatever the amount, and what is kept of the amount. */
  readonly wayFee: number;
  readonly wayKept: number;
  /** 0: any size. */
  readonly step: number;
}

/** Sizes of one leg, in its lots. */
export interface LotsToTry {
  readonly leg: number;
  readonly lotsCounts: readonly number[];
}

/**
 * @param walk - of the amount that is best without lots.
 * @param minEdgeRatio - what is earned above this share of the cost counts.
 * @returns the lots to fill exactly, the better first; null when no leg has lots.
 */
export function lotsToTry(
  sides: readonly CycleSide[],
  walk: Pick<CycleWalk, 'startAmount' | 'levelsCounts'>,
  minEdgeRatio: number,
): LotsToTry | null {
  const ladders = sides.map((side, leg) => toNumberLadder(side, walk.levelsCounts[leg] ?? 0));
  const sizes = sizesFrom(ladders, walk.startAmount);
  const leg = coarsestOf(ladders, sizes);
  const step = ladders[leg]?.step ?? 0;
  if (step === 0) return null;
  const below = Math.floor((sizes[leg] ?? 0) / step + WHOLE_LOT_TOLERANCE);
  return { leg, lotsCounts: searchLots(ladders, leg, below, 1 + minEdgeRatio) };
}

function toNumberLadder(side: CycleSide, touchedCount: number): NumberLadder {
  const { inBaseRatio, inQuoteRatio } = toLegFee(side.market, side.side);
  const [inBase, inQuote] = [toNumber(inBaseRatio), toNumber(inQuoteRatio)];
  const levels = levelsOf(side).slice(0, touchedCount + LEVELS_BEYOND_COUNT);
  const rates = (rateOf: (price: number) => number) =>
    Float64Array.from(levels, ([price]) => rateOf(price));
  const isBuy = side.side === 'buy';
  return {
    sizes: Float64Array.from(levels, ([, size]) => size),
    inputRates: rates((price) => (isBuy ? price * (1 + inQuote) : 1 + inBase)),
    outputRates: rates((price) => (isBuy ? 1 - inBase : price * (1 - inQuote))),
    depth: levels.reduce((sum, [, size]) => sum + size, 0),
    wayFee: Number(side.incoming?.feeInAsset ?? 0),
    wayKept: 1 - (side.incoming?.feeBps ?? 0) / 10_000,
    step: side.market.sizeStep === null ? 0 : Number(side.market.sizeStep),
  };
}

/** The size of each leg when `start` goes round without lots. */
function sizesFrom(ladders: readonly NumberLadder[], start: number): readonly number[] {
  let amount = start;
  return ladders.map((ladder) => {
    const size = sizeFor(ladder, ladder.inputRates, amount * ladder.wayKept - ladder.wayFee);
    amount = amountFor(ladder, ladder.outputRates, size);
    return size;
  });
}

/** The leg whose optimum has the fewest lots; 0 when no leg has lots. */
function coarsestOf(ladders: readonly NumberLadder[], sizes: readonly number[]): number {
  let coarsest = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [leg, { step }] of ladders.entries()) {
    const lots = step > 0 ? (sizes[leg] ?? 0) / step : Number.POSITIVE_INFINITY;
    if (lots >= fewest) continue;
    fewest = lots;
    coarsest = leg;
  }
  return coarsest;
}

/** The two numbers of lots that earn most in f64, at most 32 to each side of `from`. */
function searchLots(
  ladders: readonly NumberLadder[],
  leg: number,
  from: number,
  factor: number,
): readonly number[] {
  const step = ladders[leg]?.step ?? 0;
  let best = { count: 0, surplus: Number.NEGATIVE_INFINITY };
  let second = best;
  for (const direction of [-1, 1]) {
    for (let tried = 0; tried < MAX_LOTS_TRIED_COUNT; tried += 1) {
      const count = direction < 0 ? from - tried : from + 1 + tried;
      if (count <= 0) break;
      if (!(surplusOf(ladders, leg, count * step, factor, false) > best.surplus)) break;
      const surplus = surplusOf(ladders, leg, count * step, factor, true);
      if (surplus > best.surplus) [best, second] = [{ count, surplus }, best];
      else if (surplus > second.surplus) second = { count, surplus };
    }
  }
  return [best.count, second.count].filter((count) => count > 0);
}

/** Proceeds less (1 + θ) × cost when `leg` trades `size`; −Infinity when a book holds less. */
function surplusOf(
  ladders: readonly NumberLadder[],
  leg: number,
  size: number,
  factor: number,
  hasLots: boolean,
): number {
  let amount = size;
  for (let index = leg; index >= 0; index -= 1) {
    const ladder = ladders[index];
    if (ladder === undefined) return Number.NEGATIVE_INFINITY;
    const needed = index === leg ? size : sizeFor(ladder, ladder.outputRates, amount);
    const isWhole = index === leg || !hasLots || ladder.step === 0;
    const lots = needed / ladder.step - WHOLE_LOT_TOLERANCE;
    const given = isWhole ? needed : Math.ceil(lots) * ladder.step;
    amount = (amountFor(ladder, ladder.inputRates, given) + ladder.wayFee) / ladder.wayKept;
  }
  const cost = amount;
  if (!(cost < Number.POSITIVE_INFINITY)) return Number.NEGATIVE_INFINITY;
  for (let index = leg; index < ladders.length; index += 1) {
    const ladder = ladders[index];
    if (ladder === undefined) return Number.NEGATIVE_INFINITY;
    // What a book does not hold any more stays where it is.
    const arrived = Math.max(0, amount * ladder.wayKept - ladder.wayFee);
    const most =
      index === leg ? size : Math.min(sizeFor(ladder, ladder.inputRates, arrived), ladder.depth);
    const isWhole = index === leg || !hasLots || ladder.step === 0;
    const lots = most / ladder.step + WHOLE_LOT_TOLERANCE;
    amount = amountFor(ladder, ladder.outputRates, isWhole ? most : Math.floor(lots) * ladder.step);
  }
  return amount - factor * cost;
}

/** Base units for an amount at these rates; Infinity when the levels hold less. */
function sizeFor({ sizes }: NumberLadder, rates: Float64Array, amount: number): number {
  let left = amount;
  let total = 0;
  for (let level = 0; level < sizes.length; level += 1) {
    const whole = at(sizes, level) * at(rates, level);
    if (left <= whole) return total + left / at(rates, level);
    left -= whole;
    total += at(sizes, level);
  }
  return isNothing(left, amount) ? total : Number.POSITIVE_INFINITY;
}

/** The amount at these rates of some base units; Infinity when the levels hold less. */
function amountFor({ sizes }: NumberLadder, rates: Float64Array, size: number): number {
  let left = size;
  let total = 0;
  for (let level = 0; level < sizes.length; level += 1) {
    if (left <= at(sizes, level)) return total + left * at(rates, level);
    left -= at(sizes, level);
    total += at(sizes, level) * at(rates, level);
  }
  return isNothing(left, size) ? total : Number.POSITIVE_INFINITY;
}

function isNothing(left: number, whole: number): boolean {
  return whole < Number.POSITIVE_INFINITY && left <= WHOLE_LOT_TOLERANCE * whole;
}
