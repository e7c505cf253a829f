/** One side of a book of the reference kernel: levels, running sums, and taking from them. */

import { at } from './at.ts';
import type { BookSideViews } from './kernel.ts';

/** One committed side. `sumSize[k]` and `sumCost[k]` are the running sums over the first k levels, in level order. */
export interface Side extends BookSideViews {
  readonly sumSize: Float64Array;
  readonly sumCost: Float64Array;
  count: number;
}

/** A place in one side: cost of the first `size` base units, levels touched, price of the last one. */
export interface Taken {
  readonly costInQuote: number;
  readonly levelsCount: number;
  readonly limitInQuote: number;
}

const NOTHING: Taken = { costInQuote: 0, levelsCount: 0, limitInQuote: 0 };

export function createSide(levelsCount: number): Side {
  return {
    price: new Float64Array(levelsCount),
    size: new Float64Array(levelsCount),
    sumSize: new Float64Array(levelsCount + 1),
    sumCost: new Float64Array(levelsCount + 1),
    count: 0,
  };
}

/** @param direction - 1 when prices must not fall from level to level, −1 when they must not rise. */
export function isSideGood(side: BookSideViews, count: number, direction: 1 | -1): boolean {
  for (let level = 0; level < count; level += 1) {
    const price = at(side.price, level);
    const size = at(side.size, level);
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return false;
    if (!(size >= 0 && size < Number.POSITIVE_INFINITY)) return false;
    if (level > 0 && (price - at(side.price, level - 1)) * direction < 0) return false;
  }
  return true;
}

/** Fills the running sums; false when they leave the number range. */
export function sumSide(side: Side, count: number): boolean {
  for (let level = 0; level < count; level += 1) {
    const size = at(side.size, level);
    side.sumSize[level + 1] = at(side.sumSize, level) + size;
    side.sumCost[level + 1] = at(side.sumCost, level) + size * at(side.price, level);
  }
  return Number.isFinite(at(side.sumSize, count)) && Number.isFinite(at(side.sumCost, count));
}

/** Takes `size` base units, at most what the side holds, from the best level on. */
export function take(side: Side, size: number): Taken {
  if (!(size > 0)) return NOTHING;
  let level = 0;
  while (level < side.count - 1 && at(side.sumSize, level + 1) < size) level += 1;
  const limitInQuote = at(side.price, level);
  const rest = size - at(side.sumSize, level);
  return {
    costInQuote: at(side.sumCost, level) + rest * limitInQuote,
    levelsCount: level + 1,
    limitInQuote,
  };
}
