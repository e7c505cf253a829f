/** The exact walk of two books: the size of greatest profit, its cost and its proceeds. */

import { countOf, sideAt, sumCostsOf, sumSizesOf } from './books';
import { sizing, WORK_LEVELS_WALKED, WORK_PAIRS_SIZED } from './layout';
import { addWork } from './rows';

/** Steps taken level by level before the walk turns to searching: few levels cross in most markets. */
const STEPS_BEFORE_SEARCH: i32 = 12;

/** Leaves its answer in SIZING: size, cost, proceeds, profit, levels of asks and bids, limits of asks and bids. */
export function sizePair(
  askSlot: u32,
  bidSlot: u32,
  buyTaker: f64,
  sellTaker: f64,
  maxSize: f64,
  maxCost: f64,
): void {
  sizeSides(askSlot, bidSlot, 1 + buyTaker, 1 - sellTaker, maxSize, maxCost);
}

/** As `sizePair`; a unit bought costs its price × `buyFactor`, a unit sold brings its price × `sellFactor`. */
export function sizeSides(
  askSlot: u32,
  bidSlot: u32,
  buyFactor: f64,
  sellFactor: f64,
  maxSize: f64,
  maxCost: f64,
): void {
  const asks = sideAt(askSlot, 1);
  const bids = sideAt(bidSlot, 0);
  const asksCount = countOf(askSlot, 1);
  const bidsCount = countOf(bidSlot, 0);
  const crossing = crossingSize(asks, asksCount, bids, bidsCount, buyFactor, sellFactor);
  const affordable = sizeForCost(asks, asksCount, maxCost / buyFactor);
  const size = min(min(crossing, maxSize), affordable);
  const isCrossing = size > 0 && size == crossing;
  const askLevels = isCrossing ? lastAsk + 1 : levelsFor(asks, asksCount, size);
  const bidLevels = isCrossing ? lastBid + 1 : levelsFor(bids, bidsCount, size);
  const cost = costOf(asks, askLevels, size) * buyFactor;
  const proceeds = costOf(bids, bidLevels, size) * sellFactor;
  store<f64>(sizing, size);
  store<f64>(sizing, cost, 8);
  store<f64>(sizing, proceeds, 16);
  store<f64>(sizing, proceeds - cost, 24);
  store<f64>(sizing, <f64>askLevels, 32);
  store<f64>(sizing, <f64>bidLevels, 40);
  store<f64>(sizing, limitOf(asks, askLevels), 48);
  store<f64>(sizing, limitOf(bids, bidLevels), 56);
  addWork(WORK_PAIRS_SIZED, 1);
  addWork(WORK_LEVELS_WALKED, <f64>(askLevels + bidLevels));
}

/** The levels in which the last crossing size ended. */
let lastAsk: i32 = 0;
let lastBid: i32 = 0;

/** Base units up to which each further unit sells for more than it costs. */
function crossingSize(
  asks: usize,
  asksCount: i32,
  bids: usize,
  bidsCount: i32,
  buyFactor: f64,
  sellFactor: f64,
): f64 {
  const askSums = sumSizesOf(asks);
  const bidSums = sumSizesOf(bids);
  let size: f64 = 0;
  let ask: i32 = 0;
  let bid: i32 = 0;
  for (let step = 0; ask < asksCount && bid < bidsCount; step++) {
    if (!(at(bids, bid) * sellFactor > at(asks, ask) * buyFactor)) break;
    if (step == STEPS_BEFORE_SEARCH) {
      return searchCrossing(asks, asksCount, ask, bids, bidsCount, bid, buyFactor, sellFactor);
    }
    const askEnd = at(askSums, ask + 1);
    const bidEnd = at(bidSums, bid + 1);
    size = min(askEnd, bidEnd);
    lastAsk = ask;
    lastBid = bid;
    if (askEnd <= bidEnd) ask++;
    if (bidEnd <= askEnd) bid++;
  }
  endBefore(askSums, bidSums, size);
  return size;
}

/** A level without a size ends where the one before it does: the first of them is meant. */
function endBefore(askSums: usize, bidSums: usize, size: f64): void {
  while (lastAsk > 0 && at(askSums, lastAsk) >= size) lastAsk--;
  while (lastBid > 0 && at(bidSums, lastBid) >= size) lastBid--;
}

/**
 * The same size by search, from a place where the books still cross. Ask level k is reached when the bids above its net
 * price hold more than the asks before it; that is true up to some level and false after, and the walk ends there.
 */
function searchCrossing(
  asks: usize,
  asksCount: i32,
  ask: i32,
  bids: usize,
  bidsCount: i32,
  bid: i32,
  buyFactor: f64,
  sellFactor: f64,
): f64 {
  const askSums = sumSizesOf(asks);
  const bidSums = sumSizesOf(bids);
  let reached = ask;
  let unreached = asksCount;
  let bidsLow = bid;
  let bidsHigh = bidsAbove(bids, bid, bidsCount, at(asks, ask) * buyFactor, sellFactor);
  while (unreached - reached > 1) {
    const middle = (reached + unreached) >> 1;
    const above = bidsAbove(bids, bidsLow, bidsHigh, at(asks, middle) * buyFactor, sellFactor);
    if (at(bidSums, above) > at(askSums, middle)) {
      reached = middle;
      bidsHigh = above;
    } else {
      unreached = middle;
      bidsLow = above;
    }
  }
  const size = min(at(askSums, reached + 1), at(bidSums, bidsHigh));
  lastAsk = reached;
  lastBid = levelOf(bidSums, bid, bidsHigh - 1, size);
  endBefore(askSums, bidSums, size);
  return size;
}

/** Number of bids whose net price is above `netAsk`, known to be from `low` to `high`. */
function bidsAbove(bids: usize, low: i32, high: i32, netAsk: f64, sellFactor: f64): i32 {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(bids, middle) * sellFactor > netAsk) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Most base units that `cost` buys, before fees; Infinity when it buys the whole side. */
function sizeForCost(asks: usize, count: i32, cost: f64): f64 {
  const sums = sumSizesOf(asks);
  const costs = sumCostsOf(asks);
  if (count == 0 || at(costs, count) <= cost) return Infinity;
  let level: i32 = 0;
  let high = count - 1;
  while (level < high) {
    const middle = (level + high) >> 1;
    if (at(costs, middle + 1) <= cost) level = middle + 1;
    else high = middle;
  }
  const size = at(sums, level) + (cost - at(costs, level)) / at(asks, level);
  return min(size, at(sums, level + 1));
}

/** Levels touched by the first `size` base units, at most all of them. */
export function levelsFor(side: usize, count: i32, size: f64): i32 {
  return size > 0 ? levelOf(sumSizesOf(side), 0, count - 1, size) + 1 : 0;
}

/** The level, from `low` to `high`, in which `size` ends, by the running sizes. */
export function levelOf(sums: usize, low: i32, high: i32, size: f64): i32 {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sums, middle + 1) < size) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Cost of the first `size` base units, which touch `levels` levels. */
export function costOf(side: usize, levels: i32, size: f64): f64 {
  if (levels == 0) return 0;
  const last = levels - 1;
  const rest = size - at(sumSizesOf(side), last);
  return at(sumCostsOf(side), last) + rest * at(side, last);
}

function limitOf(side: usize, levels: i32): f64 {
  return levels == 0 ? 0 : at(side, levels - 1);
}

export function at(address: usize, index: i32): f64 {
  return load<f64>(address + ((<usize>index) << 3));
}
