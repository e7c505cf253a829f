/**
 * Screens rows: four exchanges a step, best net bid over best net ask. `f64x2.pmax/pmin` are single machine
 * instructions where `max/min` are several; they differ only for NaN and the sign of zero, which a row never holds.
 */

import { writeBestPair } from './best-pair';
import {
  dirtyWords,
  netRowBytes,
  ROW_HEAD_BYTES,
  rowStride,
  used,
  WORK_EXCHANGES_COMPARED,
  WORK_HITS,
  WORK_SYMBOLS_SCREENED,
} from './layout';
import { addWork, netRowAt, timeRowAt } from './rows';

/** Screens all symbols in use. @returns the number of hits. */
export function screenAll(now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  const symbols = load<u32>(used);
  const exchanges = load<u32>(used, 4);
  let hits: i32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    hits += screenRow(hits, symbol, exchanges, now, maxAge, maxFuture, minEdge);
  }
  countWork(symbols, exchanges, hits);
  return hits;
}

/** Screens the symbols marked dirty, in rising order, and unmarks them. @returns the number of hits. */
export function screenDirty(now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  const symbols = load<u32>(used);
  const exchanges = load<u32>(used, 4);
  let hits: i32 = 0;
  let screened: u32 = 0;
  for (let base: u32 = 0; base < symbols; base += 64) {
    const address = dirtyWords + ((<usize>base >> 6) << 3);
    let word = load<u64>(address);
    if (word == 0) continue;
    store<u64>(address, 0);
    screened += <u32>popcnt(word);
    for (; word != 0; word &= word - 1) {
      const symbol = base + <u32>ctz(word);
      hits += screenRow(hits, symbol, exchanges, now, maxAge, maxFuture, minEdge);
    }
  }
  countWork(screened, exchanges, hits);
  return hits;
}

function countWork(symbols: u32, exchanges: u32, hits: i32): void {
  addWork(WORK_SYMBOLS_SCREENED, <f64>symbols);
  addWork(WORK_EXCHANGES_COMPARED, <f64>symbols * <f64>exchanges);
  addWork(WORK_HITS, <f64>hits);
}

/** @returns 1 when a hit was written as number `hit`, else 0. */
function screenRow(
  hit: i32,
  symbol: u32,
  exchanges: u32,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
  minEdge: f64,
): i32 {
  const row = netRowAt(symbol);
  const isWhollyFresh = now - load<f64>(row) <= maxAge && now - load<f64>(row, 8) >= -maxFuture;
  const edge = isWhollyFresh
    ? bestEdge(row, exchanges)
    : bestFreshEdge(row, timeRowAt(symbol), exchanges, now, maxAge, maxFuture);
  // Both prices may be of one exchange: this bounds the edge from above, and is cheap.
  if (!(edge > minEdge)) return 0;
  return writeBestPair(hit, symbol, exchanges, now, maxAge, maxFuture, minEdge);
}

/** Greatest net bid ÷ least net ask − 1 of a row; −1 when it is empty. */
function bestEdge(row: usize, exchanges: u32): f64 {
  const bids = row + ROW_HEAD_BYTES;
  const asks = bids + ((<usize>rowStride) << 3);
  const end = bids + ((<usize>exchanges) << 3);
  let bid0 = f64x2.splat(0);
  let bid1 = bid0;
  let ask0 = f64x2.splat(Infinity);
  let ask1 = ask0;
  let ask = asks;
  for (let bid = bids; bid < end; bid += 32) {
    bid0 = f64x2.pmax(bid0, v128.load(bid));
    ask0 = f64x2.pmin(ask0, v128.load(ask));
    bid1 = f64x2.pmax(bid1, v128.load(bid, 16));
    ask1 = f64x2.pmin(ask1, v128.load(ask, 16));
    ask += 32;
  }
  return toEdge(f64x2.pmax(bid0, bid1), f64x2.pmin(ask0, ask1));
}

/** As `bestEdge`, over the fresh quotes only; narrows the bounds of the row to the quotes that take part. */
function bestFreshEdge(
  row: usize,
  times: usize,
  exchanges: u32,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
): f64 {
  const infinity = f64x2.splat(Infinity);
  const zero = f64x2.splat(0);
  const nows = f64x2.splat(now);
  const maxAges = f64x2.splat(maxAge);
  const minAges = f64x2.splat(-maxFuture);
  const askOffset = (<usize>rowStride) << 3;
  const bids = row + ROW_HEAD_BYTES;
  const bytes = (<usize>exchanges) << 3;
  let bestBid = zero;
  let bestAsk = infinity;
  let earliest = infinity;
  let latest = f64x2.splat(-Infinity);
  // Steps of two: a padded row may be read to its end, whose padding takes no part.
  for (let place: usize = 0; place < bytes; place += 16) {
    const bid = v128.load(bids + place);
    const time = v128.load(times + place);
    const age = f64x2.sub(nows, time);
    const takesPart = f64x2.gt(bid, zero);
    const isFresh = v128.and(f64x2.le(age, maxAges), f64x2.ge(age, minAges));
    const ask = v128.bitselect(v128.load(bids + askOffset + place), infinity, isFresh);
    bestBid = f64x2.pmax(bestBid, v128.and(bid, isFresh));
    bestAsk = f64x2.pmin(bestAsk, ask);
    earliest = f64x2.pmin(earliest, v128.bitselect(time, infinity, takesPart));
    latest = f64x2.pmax(latest, v128.bitselect(time, f64x2.splat(-Infinity), takesPart));
  }
  store<f64>(row, min(f64x2.extract_lane(earliest, 0), f64x2.extract_lane(earliest, 1)));
  store<f64>(row, max(f64x2.extract_lane(latest, 0), f64x2.extract_lane(latest, 1)), 8);
  return toEdge(bestBid, bestAsk);
}

function toEdge(bids: v128, asks: v128): f64 {
  const bid = max(f64x2.extract_lane(bids, 0), f64x2.extract_lane(bids, 1));
  const ask = min(f64x2.extract_lane(asks, 0), f64x2.extract_lane(asks, 1));
  return bid / ask - 1;
}
