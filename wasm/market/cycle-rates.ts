/** Stores offers and judges which one is the best of each conversion. */

import { addCycleWork, markDirtyPair } from './cycle-graph';
import {
  bestExchange,
  CYCLE_WORK_PAIRS_JUDGED,
  CYCLE_WORK_RATES_APPLIED,
  CYCLE_WORK_RATES_INVALID,
  cycleExchanges,
  offerStride,
  offers,
  pairsCount,
  rateBackward,
  rateExchange,
  rateForward,
  ratePair,
  rates,
  rateTime,
} from './cycle-layout';

/** Rates outside 1 ÷ this to this are invalid; `RATE_LIMIT` of `src/kernel/cycles/cycle-graph.ts`. */
const RATE_LIMIT: f64 = 1e60;

/** @returns −1, or the first row with an index out of bounds (then nothing was applied). */
export function applyRates(count: i32, now: f64, maxAge: f64, maxFuture: f64): i32 {
  for (let row: i32 = 0; row < count; row++) {
    if (load<u32>(ratePair + ((<usize>row) << 2)) >= pairsCount) return row;
    if (load<u32>(rateExchange + ((<usize>row) << 2)) >= cycleExchanges) return row;
  }
  for (let row: usize = 0; row < <usize>count; row++) {
    const pair = load<u32>(ratePair + (row << 2));
    const exchange = load<u32>(rateExchange + (row << 2));
    storeOffer(pair, exchange, row << 3);
    judge(pair, now, maxAge, maxFuture);
  }
  addCycleWork(CYCLE_WORK_RATES_APPLIED, <f64>count);
  return -1;
}

export function judgeAll(now: f64, maxAge: f64, maxFuture: f64): void {
  for (let pair: u32 = 0; pair < pairsCount; pair++) judge(pair, now, maxAge, maxFuture);
}

export function clearCycleExchange(exchange: u32, now: f64, maxAge: f64, maxFuture: f64): void {
  const stride = (<usize>offerStride) << 3;
  for (let pair: u32 = 0; pair < pairsCount; pair++) {
    const offer = offersOf(pair) + ((<usize>exchange) << 3);
    store<f64>(offer, 0);
    store<f64>(offer + stride, 0);
    judge(pair, now, maxAge, maxFuture);
  }
}

function offersOf(pair: u32): usize {
  return offers + ((<usize>pair * 3 * offerStride) << 3);
}

/** `row` is the place of the row in an f64 column. */
function storeOffer(pair: u32, exchange: u32, row: usize): void {
  const forward = load<f64>(rateForward + row);
  const backward = load<f64>(rateBackward + row);
  const time = load<f64>(rateTime + row);
  const isTimed = isFinite(time);
  const isForward = isTimed && isRate(forward);
  const isBackward = isTimed && isRate(backward);
  const stride = (<usize>offerStride) << 3;
  const offer = offersOf(pair) + ((<usize>exchange) << 3);
  store<f64>(offer, isForward ? forward : 0);
  store<f64>(offer + stride, isBackward ? backward : 0);
  store<f64>(offer + stride * 2, isTimed ? time : 0);
  const isValid = isTimed && (isForward || forward == 0) && (isBackward || backward == 0);
  if (!isValid) addCycleWork(CYCLE_WORK_RATES_INVALID, 1);
}

function isRate(rate: f64): bool {
  return rate >= 1 / RATE_LIMIT && rate <= RATE_LIMIT;
}

/** Finds the best fresh offer of both conversions of a pair. */
function judge(pair: u32, now: f64, maxAge: f64, maxFuture: f64): void {
  const stride = (<usize>offerStride) << 3;
  const forward = offersOf(pair);
  const times = forward + stride * 2;
  let bestForward = f64x2.splat(0);
  let bestBackward = bestForward;
  for (let offer = forward; offer < forward + stride; offer += 16) {
    const isFresh = freshness(offer + stride * 2, now, maxAge, maxFuture);
    bestForward = f64x2.pmax(bestForward, v128.and(v128.load(offer), isFresh));
    bestBackward = f64x2.pmax(bestBackward, v128.and(v128.load(offer + stride), isFresh));
  }
  const there = most(bestForward);
  const back = most(bestBackward);
  const byForward = exchangeOf(forward, times, there, now, maxAge, maxFuture);
  const byBackward = exchangeOf(forward + stride, times, back, now, maxAge, maxFuture);
  keep(pair, there, back, byForward, byBackward);
  addCycleWork(CYCLE_WORK_PAIRS_JUDGED, 1);
}

/** All ones in the lanes whose offers are fresh. */
function freshness(times: usize, now: f64, maxAge: f64, maxFuture: f64): v128 {
  const age = f64x2.sub(f64x2.splat(now), v128.load(times));
  return v128.and(f64x2.le(age, f64x2.splat(maxAge)), f64x2.ge(age, f64x2.splat(-maxFuture)));
}

/** The first exchange that freshly offers `rate`, which is known to be there; −1 for no rate. */
function exchangeOf(
  row: usize,
  times: usize,
  rate: f64,
  now: f64,
  maxAge: f64,
  maxFuture: f64,
): i32 {
  if (rate == 0) return -1;
  const rates = f64x2.splat(rate);
  let place: usize = 0;
  let found: i32 = 0;
  do {
    const isFresh = freshness(times + place, now, maxAge, maxFuture);
    found = i64x2.bitmask(v128.and(f64x2.eq(v128.load(row + place), rates), isFresh));
    place += 16;
  } while (found == 0);
  return <i32>(place >> 3) - 2 + <i32>ctz(found);
}

function keep(pair: u32, there: f64, back: f64, byForward: i32, byBackward: i32): void {
  const rate = rates + ((<usize>pair) << 5);
  const exchange = bestExchange + ((<usize>pair) << 3);
  const isSame =
    load<f64>(rate) == there &&
    load<f64>(rate, 8) == back &&
    load<i32>(exchange) == byForward &&
    load<i32>(exchange, 4) == byBackward;
  if (isSame) return;
  markDirtyPair(pair);
  store<f64>(rate, there);
  store<f64>(rate, back, 8);
  store<f64>(rate, back, 16);
  store<f64>(rate, there, 24);
  store<i32>(exchange, byForward);
  store<i32>(exchange, byBackward, 4);
}

function most(lanes: v128): f64 {
  return f64x2.extract_lane(f64x2.pmax(lanes, v128.shuffle<u64>(lanes, lanes, 1, 0)), 0);
}
