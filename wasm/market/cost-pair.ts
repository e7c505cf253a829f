/** The cost waterfall of two books: the walk of `size-pair.ts`, and what each step takes of it. */

import { sideAt, sumSizesOf } from './books';
import { sizing } from './layout';
import { at, costOf, levelOf, sizeSides } from './size-pair';

/**
 * Leaves its answer in SIZING: what `sizePair` leaves; then gross, depth of both legs, fees of both legs, conversion,
 * risk, fixed, net; then the taker fee at which the size breaks even, and the size that earns the fixed costs (NaN: none).
 */
export function costPair(
  askSlot: u32,
  bidSlot: u32,
  buyTaker: f64,
  sellTaker: f64,
  maxSize: f64,
  maxCost: f64,
  conversion: f64,
  risk: f64,
  fixed: f64,
): void {
  const buyFactor = 1 + buyTaker;
  const sellFactor = (1 - sellTaker) * (1 - risk) * conversion;
  sizeSides(askSlot, bidSlot, buyFactor, sellFactor, maxSize, maxCost);
  const size = load<f64>(sizing);
  if (!(size > 0)) {
    for (let place = 64; place < 152; place += 8) store<f64>(sizing + place, 0);
    store<f64>(sizing, 0 - fixed, 120);
    store<f64>(sizing, 0 - fixed, 128);
    store<f64>(sizing, NaN, 144);
    return;
  }
  const asks = sideAt(askSlot, 1);
  const bids = sideAt(bidSlot, 0);
  const bought = costOf(asks, <i32>load<f64>(sizing, 32), size);
  const sold = costOf(bids, <i32>load<f64>(sizing, 40), size);
  const ask = at(asks, 0);
  const bid = at(bids, 0);
  const profit = load<f64>(sizing, 24);
  store<f64>(sizing, size * (bid - ask), 64);
  store<f64>(sizing, size * ask - bought, 72);
  store<f64>(sizing, sold - size * bid, 80);
  store<f64>(sizing, 0 - bought * buyTaker, 88);
  store<f64>(sizing, 0 - sold * sellTaker, 96);
  const received = sold * (1 - sellTaker);
  store<f64>(sizing, received * (conversion - 1), 104);
  store<f64>(sizing, 0 - received * conversion * risk, 112);
  store<f64>(sizing, 0 - fixed, 120);
  store<f64>(sizing, profit - fixed, 128);
  const worth = sold * conversion * (1 - risk);
  store<f64>(sizing, (worth - bought - fixed) / (worth + bought), 136);
  const needed = fixed > 0 ? sizeForProfit(asks, bids, buyFactor, sellFactor, fixed) : 0;
  store<f64>(sizing, needed, 144);
}

/** Of the search under way: the sides, what a unit costs and brings, and how many levels the best size touches. */
let askSide: usize = 0;
let bidSide: usize = 0;
let askFactor: f64 = 0;
let bidFactor: f64 = 0;

/**
 * The least size that earns `profit`; NaN when the best size earns less. Profit rises up to the best size, so the level
 * that reaches it is found by search: first among the asks, then among the bids beside that ask.
 */
function sizeForProfit(
  asks: usize,
  bids: usize,
  buyFactor: f64,
  sellFactor: f64,
  profit: f64,
): f64 {
  const best = load<f64>(sizing);
  if (load<f64>(sizing, 24) < profit) return NaN;
  askSide = asks;
  bidSide = bids;
  askFactor = buyFactor;
  bidFactor = sellFactor;
  const askSums = sumSizesOf(asks);
  const bidSums = sumSizesOf(bids);
  let ask: i32 = 0;
  let askHigh = <i32>load<f64>(sizing, 32) - 1;
  let bid: i32 = 0;
  let bidHigh = <i32>load<f64>(sizing, 40) - 1;
  while (ask < askHigh) {
    const middle = (ask + askHigh) >> 1;
    const size = at(askSums, middle + 1);
    const touched = levelOf(bidSums, bid, bidHigh, size);
    if (profitOf(size, middle, touched) >= profit) {
      askHigh = middle;
      bidHigh = touched;
    } else {
      ask = middle + 1;
      bid = touched;
    }
  }
  while (bid < bidHigh) {
    const middle = (bid + bidHigh) >> 1;
    const size = at(bidSums, middle + 1);
    if (profitOf(size, ask, middle) >= profit) bidHigh = middle;
    else bid = middle + 1;
  }
  const start = max(at(askSums, ask), at(bidSums, bid));
  const missing = profit - profitOf(start, ask, bid);
  const slope = at(bids, bid) * sellFactor - at(asks, ask) * buyFactor;
  return min(best, start + missing / slope);
}

/** Profit of a size that ends in these levels. */
function profitOf(size: f64, ask: i32, bid: i32): f64 {
  return costOf(bidSide, bid + 1, size) * bidFactor - costOf(askSide, ask + 1, size) * askFactor;
}
