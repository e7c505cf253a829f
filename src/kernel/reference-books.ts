/** Books of the reference kernel, and the exact walk of two books. */

import { at } from './at.ts';
import { COMMIT, SIZING, WORK } from './core.ts';
import type { BookViews, KernelCapacity } from './kernel.ts';
import { costSides } from './reference-costs.ts';
import { createSide, isSideGood, type Side, sumSide, take } from './reference-sides.ts';

interface Slot {
  readonly bids: Side;
  readonly asks: Side;
}

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

  const sizeSides = (
    asks: Side,
    bids: Side,
    buyFactor: number,
    sellFactor: number,
    maxSizeInBase: number,
    maxCostInQuote: number,
  ): void => {
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
      ...caps: readonly [maxSizeInBase: number, maxCostInQuote: number]
    ): void => {
      const { asks } = slotAt(askSlot);
      const { bids } = slotAt(bidSlot);
      sizeSides(asks, bids, 1 + buyTakerRatio, 1 - sellTakerRatio, ...caps);
    },
    costPair: (
      askSlot: number,
      bidSlot: number,
      buyTakerRatio: number,
      sellTakerRatio: number,
      maxSizeInBase: number,
      maxCostInQuote: number,
      conversionRate: number,
      riskRatio: number,
      fixedCostInQuote: number,
    ): void => {
      const { asks } = slotAt(askSlot);
      const { bids } = slotAt(bidSlot);
      const buyFactor = 1 + buyTakerRatio;
      const sellFactor = (1 - sellTakerRatio) * (1 - riskRatio) * conversionRate;
      sizeSides(asks, bids, buyFactor, sellFactor, maxSizeInBase, maxCostInQuote);
      const costs = { conversionRate, riskRatio, fixedCostInQuote, buyFactor, sellFactor };
      costSides(sizing, asks, bids, { ...costs, buyTakerRatio, sellTakerRatio });
    },
  };
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

function add(work: Float64Array, counter: number, count: number): void {
  work[counter] = at(work, counter) + count;
}
