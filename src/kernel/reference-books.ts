/** Books of the reference kernel, and the exact walk of two books. */

import { at } from './at.ts';
import { COMMIT, SIZING, WORK } from './core.ts';
import type { BookSideViews, BookViews, KernelCapacity } from './kernel.ts';

/** One committed side. `sumSize[k]` and `sumCost[k]` are the running sums over the first k levels, in level order. */
interface Side extends BookSideViews {
  readonly sumSize: Float64Array;
  readonly sumCost: Float64Array;
  count: number;
}

interface Slot {
  readonly bids: Side;
  readonly asks: Side;
}

/** A place in one side: cost of the first `size` base units, levels touched, price of the last one. */
interface Taken {
  readonly costInQuote: number;
  readonly levelsCount: number;
  readonly limitInQuote: number;
}

const NOTHING: Taken = { costInQuote: 0, levelsCount: 0, limitInQuote: 0 };

export function createReferenceBooks(
  capacity: KernelCapacity,
  sizing: Float64Array,
  work: Float64Array,
) {
  const slots = new Map<number, Slot>();
  const slotAt = (slot: number): Slot => {
    const existing = slots.get(slot);
    if (existing !== undefined) return existing;
    const created = {
      bids: createSide(capacity.bookLevelsCount),
      asks: createSide(capacity.bookLevelsCount),
    };
    slots.set(slot, created);
    return created;
  };

  return {
    bookViews: (slot: number): BookViews => slotAt(slot),
    commitBook: (slot: number, bidsCount: number, asksCount: number): number => {
      const { bids, asks } = slotAt(slot);
      bids.count = 0;
      asks.count = 0;
      if (!isSideGood(bids, bidsCount, -1) || !sumSide(bids, bidsCount)) return COMMIT.badBid;
      if (!isSideGood(asks, asksCount, 1) || !sumSide(asks, asksCount)) return COMMIT.badAsk;
      bids.count = bidsCount;
      asks.count = asksCount;
      add(work, WORK.booksLoaded, 1);
      return COMMIT.loaded;
    },
    sizePair: (
      askSlot: number,
      bidSlot: number,
      buyTakerRatio: number,
      sellTakerRatio: number,
      maxSizeInBase: number,
      maxCostInQuote: number,
    ): void => {
      const { asks } = slotAt(askSlot);
      const { bids } = slotAt(bidSlot);
      const buyFactor = 1 + buyTakerRatio;
      const sellFactor = 1 - sellTakerRatio;
      const affordable = sizeForCost(asks, maxCostInQuote / buyFactor);
      const crossing = crossingSize(asks, bids, buyFactor, sellFactor);
      const size = Math.min(crossing, maxSizeInBase, affordable);
      const bought = take(asks, size);
      const sold = take(bids, size);
      const cost = bought.costInQuote * buyFactor;
      const proceeds = sold.costInQuote * sellFactor;
      sizing[SIZING.size] = size;
      sizing[SIZING.cost] = cost;
      sizing[SIZING.proceeds] = proceeds;
      sizing[SIZING.profit] = proceeds - cost;
      sizing[SIZING.askLevels] = bought.levelsCount;
      sizing[SIZING.bidLevels] = sold.levelsCount;
      sizing[SIZING.askLimit] = bought.limitInQuote;
      sizing[SIZING.bidLimit] = sold.limitInQuote;
      add(work, WORK.pairsSized, 1);
      add(work, WORK.levelsWalked, bought.levelsCount + sold.levelsCount);
    },
  };
}

function createSide(levelsCount: number): Side {
  return {
    price: new Float64Array(levelsCount),
    size: new Float64Array(levelsCount),
    sumSize: new Float64Array(levelsCount + 1),
    sumCost: new Float64Array(levelsCount + 1),
    count: 0,
  };
}

/** @param direction - 1 when prices must not fall from level to level, −1 when they must not rise. */
function isSideGood(side: BookSideViews, count: number, direction: 1 | -1): boolean {
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
function sumSide(side: Side, count: number): boolean {
  for (let level = 0; level < count; level += 1) {
    const size = at(side.size, level);
    side.sumSize[level + 1] = at(side.sumSize, level) + size;
    side.sumCost[level + 1] = at(side.sumCost, level) + size * at(side.price, level);
  }
  return Number.isFinite(at(side.sumSize, count)) && Number.isFinite(at(side.sumCost, count));
}

/**
 * Base units up to which each further unit sells for more than it costs: merges the two sides, level by level. Levels
 * are compared by running sums, so the answer is one of the sums and carries no rounding of its own.
 */
function crossingSize(asks: Side, bids: Side, buyFactor: number, sellFactor: number): number {
  let size = 0;
  let ask = 0;
  let bid = 0;
  while (ask < asks.count && bid < bids.count) {
    if (!(at(bids.price, bid) * sellFactor > at(asks.price, ask) * buyFactor)) break;
    const askEnd = at(asks.sumSize, ask + 1);
    const bidEnd = at(bids.sumSize, bid + 1);
    size = Math.min(askEnd, bidEnd);
    if (askEnd <= bidEnd) ask += 1;
    if (bidEnd <= askEnd) bid += 1;
  }
  return size;
}

/** Most base units that `costInQuote` buys, before fees; Infinity when it buys the whole side. */
function sizeForCost(asks: Side, costInQuote: number): number {
  for (let level = 0; level < asks.count; level += 1) {
    if (at(asks.sumCost, level + 1) <= costInQuote) continue;
    const rest = costInQuote - at(asks.sumCost, level);
    const size = at(asks.sumSize, level) + rest / at(asks.price, level);
    return Math.min(size, at(asks.sumSize, level + 1));
  }
  return Number.POSITIVE_INFINITY;
}

/** Takes `size` base units, at most what the side holds, from the best level on. */
function take(side: Side, size: number): Taken {
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

function add(work: Float64Array, counter: number, count: number): void {
  work[counter] = at(work, counter) + count;
}
