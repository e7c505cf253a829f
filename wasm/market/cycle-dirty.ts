/** The cycles through changed pairs: an update prices its own routes and no others. */

import { addCycleWork, ratesOf } from './cycle-graph';
import { beginHits, hitThreshold, offer2, offer3, passOverBelow, sortHits } from './cycle-hits';
import {
  CYCLE_WORK_STEPS,
  diagonalStart,
  dirtyPairs,
  dirtySpan,
  midDiagonal,
  pairMidStart,
  pairMids,
  pairTriangleStart,
  pairTriangles,
} from './cycle-layout';
import { prepareSearch, searchThrough } from './cycle-search';
import { offerRound, waysOf } from './cycle-sweep';

/** Screens the routes of all dirty pairs, each cycle once, and unmarks them. @returns as `sortHits` does. */
export function screenDirtyPairs(minEdge: f64, minLegs: i32, maxLegs: i32, maxHits: i32): i32 {
  beginHits(minEdge, maxHits);
  let isSearchPrepared = false;
  const end = load<u32>(dirtySpan);
  const start: u32 = end == 0 ? 0 : ~load<u32>(dirtySpan, 4);
  for (let index = start; index < end; index++) {
    let word = load<u64>(dirtyPairs + ((<usize>index) << 3));
    for (; word != 0; word &= word - 1) {
      const pair = (index << 6) + <u32>ctz(word);
      passOverBelow(pair);
      if (minLegs <= 2) screenPair(pair);
      if (minLegs <= 3 && maxLegs >= 3) screenTriangles(pair);
      if (minLegs <= 4 && maxLegs >= 4) screenDiagonals(pair);
      if (maxLegs < 5) continue;
      if (!isSearchPrepared) prepareSearch();
      isSearchPrepared = true;
      searchThrough(pair);
    }
  }
  unmark(start, end);
  return sortHits();
}

/** A loop: `memory.fill` leaves the module, which costs more than the few words of most graphs. */
function unmark(start: u32, end: u32): void {
  for (let index = start; index < end; index++) store<u64>(dirtyPairs + ((<usize>index) << 3), 0);
  store<u64>(dirtySpan, 0);
}

function screenPair(pair: u32): void {
  const both = ratesOf(pair * 2);
  const product = f64x2.extract_lane(both, 0) * f64x2.extract_lane(both, 1);
  if (product > hitThreshold()) offer2(pair * 2, pair * 2 + 1);
}

function screenTriangles(pair: u32): void {
  const start = pairTriangleStart + ((<usize>pair) << 2);
  const from = load<u32>(start);
  const to = load<u32>(start, 4);
  const own = ratesOf(pair * 2);
  for (let place = from; place < to; place++) {
    const way = pairTriangles + ((<usize>place) << 2);
    const b: u32 = load<u16>(way);
    const c: u32 = load<u16>(way, 2);
    const products = f64x2.mul(f64x2.mul(own, ratesOf(b)), ratesOf(c));
    const threshold = hitThreshold();
    if (!v128.any_true(f64x2.gt(products, f64x2.splat(threshold)))) continue;
    if (f64x2.extract_lane(products, 0) > threshold) offer3(pair * 2, b, c);
    if (f64x2.extract_lane(products, 1) > threshold) offer3(c ^ 1, b ^ 1, pair * 2 + 1);
  }
  addCycleWork(CYCLE_WORK_STEPS, <f64>(to - from));
}

/** Each mid through the pair is joined with the other mids of its diagonal, there and back. */
function screenDiagonals(pair: u32): void {
  const start = pairMidStart + ((<usize>pair) << 2);
  const to = load<u32>(start, 4);
  let steps: u32 = 0;
  for (let place = load<u32>(start); place < to; place++) {
    const own = load<u32>(pairMids + ((<usize>place) << 2));
    const diagonal = load<u32>(midDiagonal + ((<usize>own) << 2));
    const range = diagonalStart + ((<usize>diagonal) << 2);
    const first = load<u32>(range);
    const last = load<u32>(range, 4);
    if (joinAny(own, first, last)) joinAll(own, first, last);
    steps += last - first;
  }
  addCycleWork(CYCLE_WORK_STEPS, <f64>steps);
}

/** True when a round through `own` and another mid, either way, may be above the threshold. */
function joinAny(own: u32, first: u32, last: u32): bool {
  let best = f64x2.splat(0);
  for (let other = first; other < own; other++) best = f64x2.pmax(best, waysOf(other));
  for (let other = own + 1; other < last; other++) best = f64x2.pmax(best, waysOf(other));
  const rounds = f64x2.mul(waysOf(own), v128.shuffle<u64>(best, best, 1, 0));
  return v128.any_true(f64x2.gt(rounds, f64x2.splat(hitThreshold())));
}

function joinAll(own: u32, first: u32, last: u32): void {
  const ways = waysOf(own);
  for (let other = first; other < last; other++) {
    if (other == own) continue;
    const others = waysOf(other);
    const rounds = f64x2.mul(ways, v128.shuffle<u64>(others, others, 1, 0));
    if (f64x2.extract_lane(rounds, 0) > hitThreshold()) offerRound(own, other);
    if (f64x2.extract_lane(rounds, 1) > hitThreshold()) offerRound(other, own);
  }
}
