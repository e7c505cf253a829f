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

/** Lots tried to each side of the optimum: bounds the work where many fine lots leave over more than a level earns. */
const MAX_LOTS_TRIED_COUNT = 64;
/** Numbers of lots this close to a whole one are whole: f64 rounding. */
const WHOLE_LOT_TOLERANCE = 1e-9;

/** One leg in f64. */
interface NumberLadder {
  /** Base units of each level. */
  readonly sizes: Float64Array;
  /** Units given and got for one base unit of each level, fees included. */
  readonly inputRates: Float64Array;
  readonly outputRates: Float64Array;
  /** 0: any size. */
  readonly step: number;
}

/** Sizes of one leg, in its lots. */
export interface LotsToTry {
  readonly leg: number;
  readonly lotsCounts: readonly number[];
}

/**
 * @param start - units of the start asset that are best without lots.
 * @param minEdgeRatio - what is earned above this share of the cost counts.
 * @returns null when no leg has lots.
 */
export function lotsToTry(
  sides: readonly CycleSide[],
  start: number,
  minEdgeRatio: number,
): LotsToTry | null {
  const ladders = sides.map(toNumberLadder);
  const sizes = sizesFrom(ladders, start);
  const leg = coarsestOf(ladders, sizes);
  const step = ladders[leg]?.step ?? 0;
  if (step === 0) return null;
  const optimum = (sizes[leg] ?? 0) / step;
  const below = Math.floor(optimum + WHOLE_LOT_TOLERANCE);
  const best = searchLots(ladders, leg, below, minEdgeRatio);
  const lotsCounts = [...new Set([below, below + 1, ...best])].filter((count) => count > 0);
  return { leg, lotsCounts };
}

function toNumberLadder(side: CycleSide): NumberLadder {
  const { inBaseRatio, inQuoteRatio } = toLegFee(side.market, side.side);
  const [inBase, inQuote] = [toNumber(inBaseRatio), toNumber(inQuoteRatio)];
  const levels = levelsOf(side);
  const rates = (rateOf: (price: number) => number) =>
    Float64Array.from(levels, ([price]) => rateOf(price));
  const isBuy = side.side === 'buy';
  return {
    sizes: Float64Array.from(levels, ([, size]) => size),
    inputRates: rates((price) => (isBuy ? price * (1 + inQuote) : 1 + inBase)),
    outputRates: rates((price) => (isBuy ? 1 - inBase : price * (1 - inQuote))),
    step: side.market.sizeStep === null ? 0 : Number(side.market.sizeStep),
  };
}

/** The size of each leg when `start` goes round without lots. */
function sizesFrom(ladders: readonly NumberLadder[], start: number): readonly number[] {
  let amount = start;
  return ladders.map((ladder) => {
    const size = sizeFor(ladder, ladder.inputRates, amount);
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

/** The two numbers of lots that earn most in f64, at most 64 from `from`. */
function searchLots(
  ladders: readonly NumberLadder[],
  leg: number,
  from: number,
  minEdgeRatio: number,
): readonly number[] {
  const step = ladders[leg]?.step ?? 0;
  let [best, second] = [
    { count: 0, surplus: 0 },
    { count: 0, surplus: 0 },
  ];
  for (const direction of [-1, 1]) {
    for (let tried = 0; tried < MAX_LOTS_TRIED_COUNT; tried += 1) {
      const count = direction < 0 ? from - tried : from + 1 + tried;
      if (count <= 0) break;
      const bound = surplusOf(ladders, leg, count * step, minEdgeRatio, false);
      if (!(bound > best.surplus)) break;
      const surplus = surplusOf(ladders, leg, count * step, minEdgeRatio, true);
      if (surplus > best.surplus) [best, second] = [{ count, surplus }, best];
      else if (surplus > second.surplus) second = { count, surplus };
    }
  }
  return [best.count, second.count];
}

/** Proceeds less (1 + θ) × cost when `leg` trades `size`; −Infinity when a book holds less. */
function surplusOf(
  ladders: readonly NumberLadder[],
  leg: number,
  size: number,
  minEdgeRatio: number,
  hasLots: boolean,
): number {
  const pivot = ladders[leg];
  if (pivot === undefined) return Number.NEGATIVE_INFINITY;
  let cost = amountFor(pivot, pivot.inputRates, size);
  for (const ladder of ladders.slice(0, leg).toReversed()) {
    const needed = sizeFor(ladder, ladder.outputRates, cost);
    const lots = needed / ladder.step - WHOLE_LOT_TOLERANCE;
    const ordered = hasLots && ladder.step > 0 ? Math.ceil(lots) * ladder.step : needed;
    cost = amountFor(ladder, ladder.inputRates, ordered);
  }
  let proceeds = amountFor(pivot, pivot.outputRates, size);
  for (const ladder of ladders.slice(leg + 1)) {
    // What a book does not hold any more stays where it is.
    const most = Math.min(sizeFor(ladder, ladder.inputRates, proceeds), depthOf(ladder));
    const lots = most / ladder.step + WHOLE_LOT_TOLERANCE;
    const ordered = hasLots && ladder.step > 0 ? Math.floor(lots) * ladder.step : most;
    proceeds = amountFor(ladder, ladder.outputRates, ordered);
  }
  return Number.isFinite(cost) && Number.isFinite(proceeds)
    ? proceeds - (1 + minEdgeRatio) * cost
    : Number.NEGATIVE_INFINITY;
}

function depthOf({ sizes }: NumberLadder): number {
  return sizes.reduce((sum, size) => sum + size, 0);
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
  return left <= WHOLE_LOT_TOLERANCE * amount && amount < Infinity
    ? total
    : Number.POSITIVE_INFINITY;
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
  return left <= WHOLE_LOT_TOLERANCE * size && size < Infinity ? total : Number.POSITIVE_INFINITY;
}
