/** All directed pairs of one symbol, sorted. */

import { isFresh, writeHit } from './best-pair';
import {
  hitBuy,
  hitEdge,
  hitSell,
  rowStride,
  used,
  WORK_EXCHANGES_COMPARED,
  WORK_HITS,
  WORK_SYMBOLS_SCREENED,
} from './layout';
import { addWork, netRowAt, timeRowAt } from './rows';

/** Pairs with an edge above `minEdge`: greatest edge first, equal edges by buy, then sell exchange. @returns their number. */
export function screenPairs(symbol: u32, now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  const exchanges = load<u32>(used, 4);
  const bids = netRowAt(symbol);
  const asks = bids + ((<usize>rowStride) << 3);
  const times = timeRowAt(symbol);
  let hits: i32 = 0;
  for (let buy: u32 = 0; buy < exchanges; buy++) {
    const ask = load<f64>(asks + ((<usize>buy) << 3));
    if (ask == Infinity || !isFresh(timeAt(times, buy), now, maxAge, maxFuture)) continue;
    for (let sell: u32 = 0; sell < exchanges; sell++) {
      const bid = load<f64>(bids + ((<usize>sell) << 3));
      if (sell == buy || bid == 0) continue;
      if (!isFresh(timeAt(times, sell), now, maxAge, maxFuture)) continue;
      hits += writeHit(hits, symbol, buy, sell, bid / ask - 1, minEdge);
    }
  }
  sortHits(hits);
  addWork(WORK_SYMBOLS_SCREENED, 1);
  addWork(WORK_EXCHANGES_COMPARED, <f64>exchanges);
  addWork(WORK_HITS, <f64>hits);
  return hits;
}

function timeAt(times: usize, exchange: u32): f64 {
  return load<f64>(times + ((<usize>exchange) << 3));
}

/** Heap sort in place: no memory of its own, and the order is total, so that stability does not matter. */
function sortHits(count: i32): void {
  for (let root = (count >> 1) - 1; root >= 0; root--) siftDown(root, count);
  for (let last = count - 1; last > 0; last--) {
    swapHits(0, last);
    siftDown(0, last);
  }
}

/** Restores the heap below `root`: the hit that comes last is at the top. */
function siftDown(root: i32, count: i32): void {
  let parent = root;
  for (;;) {
    let child = parent * 2 + 1;
    if (child >= count) return;
    if (child + 1 < count && comesBefore(child, child + 1)) child++;
    if (!comesBefore(parent, child)) return;
    swapHits(parent, child);
    parent = child;
  }
}

function comesBefore(a: i32, b: i32): bool {
  const edgeA = load<f64>(hitEdge + ((<usize>a) << 3));
  const edgeB = load<f64>(hitEdge + ((<usize>b) << 3));
  if (edgeA != edgeB) return edgeA > edgeB;
  const buyA = load<u32>(hitBuy + ((<usize>a) << 2));
  const buyB = load<u32>(hitBuy + ((<usize>b) << 2));
  if (buyA != buyB) return buyA < buyB;
  return load<u32>(hitSell + ((<usize>a) << 2)) < load<u32>(hitSell + ((<usize>b) << 2));
}

function swapHits(a: i32, b: i32): void {
  swapU32(hitBuy, a, b);
  swapU32(hitSell, a, b);
  const edgeA = hitEdge + ((<usize>a) << 3);
  const edgeB = hitEdge + ((<usize>b) << 3);
  const edge = load<f64>(edgeA);
  store<f64>(edgeA, load<f64>(edgeB));
  store<f64>(edgeB, edge);
}

function swapU32(column: usize, a: i32, b: i32): void {
  const addressA = column + ((<usize>a) << 2);
  const addressB = column + ((<usize>b) << 2);
  const value = load<u32>(addressA);
  store<u32>(addressA, load<u32>(addressB));
  store<u32>(addressB, value);
}
