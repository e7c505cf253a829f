/**
 * All cycles of two to four legs, a route and its reverse at a time. The ways between the ends of a diagonal are priced
 * once each; only a diagonal whose best way there times its best way back is above the threshold is looked at closer.
 */

import { addCycleWork, ratesOf } from './cycle-graph';
import { beginHits, hitThreshold, offer2, offer3, offer4, sortHits } from './cycle-hits';
import {
  CYCLE_WORK_STEPS,
  diagonalStart,
  diagonalsCount,
  mids,
  pairsCount,
  triangles,
  trianglesCount,
} from './cycle-layout';
import { searchAll } from './cycle-search';

/** @returns as `sortHits` does. `fifthRoot` is (1 + minEdge)^(1/5), by the host's own `pow`; it only guides the search. */
export function sweepCycles(
  minEdge: f64,
  minLegs: i32,
  maxLegs: i32,
  maxHits: i32,
  fifthRoot: f64,
): i32 {
  beginHits(minEdge, maxHits);
  if (minLegs <= 2) sweepPairs();
  if (minLegs <= 3 && maxLegs >= 3) sweepTriangles();
  if (minLegs <= 4 && maxLegs >= 4) sweepDiagonals();
  if (maxLegs >= 5) searchAll(fifthRoot);
  return sortHits();
}

function sweepPairs(): void {
  for (let pair: u32 = 0; pair < pairsCount; pair++) {
    const both = ratesOf(pair * 2);
    const product = f64x2.extract_lane(both, 0) * f64x2.extract_lane(both, 1);
    if (product > hitThreshold()) offer2(pair * 2, pair * 2 + 1);
  }
  addCycleWork(CYCLE_WORK_STEPS, <f64>pairsCount);
}

function sweepTriangles(): void {
  const end = triangles + <usize>trianglesCount * 6;
  for (let triangle = triangles; triangle < end; triangle += 6) {
    const a: u32 = load<u16>(triangle);
    const b: u32 = load<u16>(triangle, 2);
    const c: u32 = load<u16>(triangle, 4);
    const products = f64x2.mul(f64x2.mul(ratesOf(a), ratesOf(b)), ratesOf(c));
    const threshold = hitThreshold();
    if (!v128.any_true(f64x2.gt(products, f64x2.splat(threshold)))) continue;
    if (f64x2.extract_lane(products, 0) > threshold) offer3(a, b, c);
    if (f64x2.extract_lane(products, 1) > threshold) offer3(c ^ 1, b ^ 1, a ^ 1);
  }
  addCycleWork(CYCLE_WORK_STEPS, <f64>trianglesCount);
}

function sweepDiagonals(): void {
  let from = load<u32>(diagonalStart);
  for (let diagonal: u32 = 0; diagonal < diagonalsCount; diagonal++) {
    const to = load<u32>(diagonalStart + ((<usize>diagonal) << 2), 4);
    const best = bestWays(from, to);
    const there = f64x2.extract_lane(best, 0);
    const back = f64x2.extract_lane(best, 1);
    if (there * back > hitThreshold()) joinWays(from, to, back);
    from = to;
  }
  addCycleWork(CYCLE_WORK_STEPS, <f64>from);
}

/** The best way from the first end of a diagonal to the other, and the best way back. */
function bestWays(from: u32, to: u32): v128 {
  let best = f64x2.splat(0);
  for (let mid = from; mid < to; mid++) best = f64x2.pmax(best, waysOf(mid));
  return best;
}

/** Product of the way there through a mid, and of the way back through it. */
export function waysOf(mid: u32): v128 {
  return f64x2.mul(ratesOf(firstOf(mid)), ratesOf(secondOf(mid)));
}

/** Joins every way there with every way back through another mid. */
function joinWays(from: u32, to: u32, bestBack: f64): void {
  for (let there = from; there < to; there++) {
    const product = f64x2.extract_lane(waysOf(there), 0);
    if (!(product * bestBack > hitThreshold())) continue;
    for (let back = from; back < to; back++) {
      if (back == there) continue;
      const returned = f64x2.extract_lane(waysOf(back), 1);
      if (product * returned > hitThreshold()) offerRound(there, back);
    }
  }
}

/** The cycle there through one mid and back through another. */
export function offerRound(there: u32, back: u32): void {
  offer4(firstOf(there), secondOf(there), secondOf(back) ^ 1, firstOf(back) ^ 1);
}

function firstOf(mid: u32): u32 {
  return load<u16>(mids + ((<usize>mid) << 2));
}

function secondOf(mid: u32): u32 {
  return load<u16>(mids + ((<usize>mid) << 2), 2);
}
