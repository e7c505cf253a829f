/**
 * Screens rows: by their bounds, which rules most of them out, then four exchanges a step for the best net bid and the
 * best net ask. `f64x2.pmax/pmin` are single machine instructions where `max/min` are several; they differ only for NaN
 * and the sign of zero: a NaN as second operand leaves the first.
 */

import { writeBestPair, writeHit } from './best-pair';
import {
  BOUNDS_PRICES,
  dirtyWords,
  rowStride,
  used,
  WORK_EXCHANGES_COMPARED,
  WORK_HITS,
  WORK_SYMBOLS_SCREENED,
} from './layout';
import { addWork, boundsAt, netRowAt, timeRowAt } from './rows';

/** Screens all symbols in use. @returns the number of hits. */
export function screenAll(now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  return screen(false, now, maxAge, maxFuture, minEdge);
}

/** Screens the symbols marked dirty, in rising order, and unmarks them. @returns the number of hits. */
export function screenDirty(now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  return screen(true, now, maxAge, maxFuture, minEdge);
}

function screen(onlyDirty: bool, now: f64, maxAge: f64, maxFuture: f64, minEdge: f64): i32 {
  const symbols = load<u32>(used);
  const exchanges = load<u32>(used, 4);
  let hits: i32 = 0;
  let screened: u32 = 0;
  for (let base: u32 = 0; base < symbols; base += 64) {
    let word = onlyDirty ? takeDirty(base) : wordOf(symbols - base);
    screened += <u32>popcnt(word);
    for (; word != 0; word &= word - 1) {
      const symbol = base + <u32>ctz(word);
      // Both prices may be stale, of one exchange, or gone: this bounds the edge from above, and is cheap.
      if (!(boundEdge(boundsAt(symbol)) > minEdge)) continue;
      hits += screenRow(hits, symbol, exchanges, now, maxAge, maxFuture, minEdge);
    }
  }
  addWork(WORK_SYMBOLS_SCREENED, <f64>screened);
  addWork(WORK_EXCHANGES_COMPARED, <f64>screened * <f64>exchanges);
  addWork(WORK_HITS, <f64>hits);
  return hits;
}

/** The dirty bits of 64 symbols, which are cleared. */
function takeDirty(base: u32): u64 {
  const address = dirtyWords + ((<usize>base >> 6) << 3);
  const word = load<u64>(address);
  store<u64>(address, 0);
  return word;
}

/** The lowest `count` bits, at most 64. */
function wordOf(count: u32): u64 {
  return count >= 64 ? ~(<u64>0) : ((<u64>1) << count) - 1;
}

/** Scans a row, makes its bounds exact and writes its best pair. @returns 1 when hit `hit` was written, else 0. */
function screenRow(
  hit: i32,
  symbol: u32,
  exchanges: u32,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
  minEdge: f64,
): i32 {
  const bound = boundsAt(symbol);
  const ages = f64x2.sub(f64x2(now, -now), v128.load(bound));
  const isWhollyFresh = i64x2.all_true(f64x2.le(ages, f64x2(maxAge, maxFuture)));
  const row = netRowAt(symbol);
  if (isWhollyFresh) {
    if (!(bestEdge(bound, row, exchanges) > minEdge)) return 0;
    const sell = firstOf(row, -load<f64>(bound, BOUNDS_PRICES));
    const buy = firstOf(row + ((<usize>rowStride) << 3), load<f64>(bound, BOUNDS_PRICES + 8));
    if (sell != buy) return writeHit(hit, symbol, buy, sell, boundEdge(bound), minEdge);
  } else {
    const times = timeRowAt(symbol);
    if (!(bestFreshEdge(bound, row, times, exchanges, now, maxAge, maxFuture) > minEdge)) return 0;
  }
  return writeBestPair(hit, symbol, exchanges, now, maxAge, maxFuture, minEdge);
}

/** What the bounds of a row allow at most: greatest net bid ÷ least net ask − 1; −1 when it is empty. */
function boundEdge(bound: usize): f64 {
  return -load<f64>(bound, BOUNDS_PRICES) / load<f64>(bound, BOUNDS_PRICES + 8) - 1;
}

/** The first place of a price that is known to be in a row. */
function firstOf(row: usize, price: f64): u32 {
  const prices = f64x2.splat(price);
  let place = row;
  let equal: i32 = 0;
  do {
    equal = i64x2.bitmask(f64x2.eq(v128.load(place), prices));
    place += 16;
  } while (equal == 0);
  return (<u32>(place - row - 16) >> 3) + <u32>ctz(equal);
}

/** Greatest net bid ÷ least net ask − 1 of a row; −1 when it is empty. Makes the bounds of its prices exact. */
function bestEdge(bound: usize, row: usize, exchanges: u32): f64 {
  let bid = row;
  let ask = row + ((<usize>rowStride) << 3);
  const end = bid + ((<usize>exchanges) << 3);
  let bid0 = f64x2.splat(0);
  let bid1 = bid0;
  let ask0 = f64x2.splat(Infinity);
  let ask1 = ask0;
  do {
    bid0 = f64x2.pmax(bid0, v128.load(bid));
    ask0 = f64x2.pmin(ask0, v128.load(ask));
    bid1 = f64x2.pmax(bid1, v128.load(bid, 16));
    ask1 = f64x2.pmin(ask1, v128.load(ask, 16));
    bid += 32;
    ask += 32;
  } while (bid < end);
  const bestBid = most(f64x2.pmax(bid0, bid1));
  const bestAsk = least(f64x2.pmin(ask0, ask1));
  store<f64>(bound, -bestBid, BOUNDS_PRICES);
  store<f64>(bound, bestAsk, BOUNDS_PRICES + 8);
  return boundEdge(bound);
}

/** As `bestEdge`, over the fresh quotes only; makes all bounds of the row exact. */
function bestFreshEdge(
  bound: usize,
  row: usize,
  times: usize,
  exchanges: u32,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
): f64 {
  const infinity = f64x2.splat(Infinity);
  const nows = f64x2.splat(now);
  const maxAges = f64x2.splat(maxAge);
  const minAges = f64x2.splat(-maxFuture);
  const askOffset = (<usize>rowStride) << 3;
  const end = times + ((<usize>exchanges) << 3);
  let bid = row;
  let bestBid = f64x2.splat(0);
  let bestAsk = infinity;
  let greatestBid = bestBid;
  let leastAsk = infinity;
  let earliest = infinity;
  let latest = f64x2.splat(-Infinity);
  // Steps of two: a padded row may be read to its end, whose padding takes no part. An ask with the bits of Infinity
  // set is NaN or Infinity.
  for (let time = times; time < end; time += 16) {
    const moment = v128.load(time);
    const bids = v128.load(bid);
    const asks = v128.load(bid + askOffset);
    const age = f64x2.sub(nows, moment);
    const isFresh = v128.and(f64x2.le(age, maxAges), f64x2.ge(age, minAges));
    bestBid = f64x2.pmax(bestBid, v128.and(bids, isFresh));
    bestAsk = f64x2.pmin(bestAsk, v128.or(asks, v128.andnot(infinity, isFresh)));
    greatestBid = f64x2.pmax(greatestBid, bids);
    leastAsk = f64x2.pmin(leastAsk, asks);
    earliest = f64x2.pmin(earliest, moment);
    latest = f64x2.pmax(latest, moment);
    bid += 16;
  }
  v128.store(bound, f64x2(least(earliest), -most(latest)));
  v128.store(bound, f64x2(-most(greatestBid), least(leastAsk)), BOUNDS_PRICES);
  return most(bestBid) / least(bestAsk) - 1;
}

/** The greater lane, by a shuffle: scalar `max` would branch on NaN. */
function most(lanes: v128): f64 {
  return f64x2.extract_lane(f64x2.pmax(lanes, v128.shuffle<u64>(lanes, lanes, 1, 0)), 0);
}

/** The lesser lane. */
function least(lanes: v128): f64 {
  return f64x2.extract_lane(f64x2.pmin(lanes, v128.shuffle<u64>(lanes, lanes, 1, 0)), 0);
}
