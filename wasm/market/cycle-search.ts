/**
 * Cycles of five legs, by depth-first search with two bounds. Rates are first valued in one unit (the labels of
 * `cycle-find.ts`), which changes no cycle's product and brings all of them near 1:
 *
 * - what is left of a path cannot earn more than the best walk of that many legs;
 * - every cycle with product t has a rotation whose first i legs earn at least t^(i/5), so only such paths are followed
 *   (the gain criterion of Lin and Kernighan, Operations Research 21, 1973).
 *
 * Both only guide the search, with a margin for rounding: a cycle is priced from its rates alone.
 */

import { findCycle, labelOf } from './cycle-find';
import { addCycleWork, firstOut, fromAsset, outAt, rateOf, toAsset } from './cycle-graph';
import { hitThreshold, offer5 } from './cycle-hits';
import { assetsCount, CYCLE_WORK_STEPS, gains, pairsCount, path, reaches } from './cycle-layout';

const LEGS: i32 = 5;
const MARGIN: f64 = 1 - 1e-9;

/** Of the call under way: (1 + minEdge)^(1/5). */
let root: f64 = 0;

/** All cycles of five legs, from each of their assets; taken from the lowest that the gain criterion allows. */
export function searchAll(fifthRoot: f64): void {
  prepareSearch();
  root = fifthRoot * MARGIN;
  for (let start: u32 = 0; start < assetsCount; start++) extend(start, start, 0, 1, true);
}

/** All cycles of five legs through a pair, both ways round. */
export function searchThrough(pair: u32): void {
  for (let conversion = pair * 2; conversion <= pair * 2 + 1; conversion++) {
    store<u32>(path, conversion);
    if (rateOf(conversion) == 0) continue;
    extend(fromAsset(conversion), toAsset(conversion), 1, gainOf(conversion), false);
  }
}

/** Gains and bounds from the rates as they stand. */
export function prepareSearch(): void {
  findCycle();
  for (let conversion: u32 = 0; conversion < pairsCount * 2; conversion++) {
    const from = labelOf(fromAsset(conversion));
    const gain = (rateOf(conversion) * from) / labelOf(toAsset(conversion));
    store<f64>(gains + ((<usize>conversion) << 3), gain);
  }
  for (let asset: u32 = 0; asset < assetsCount; asset++) store<f64>(reachAt(0, asset), 1);
  for (let legs: i32 = 1; legs < LEGS; legs++) {
    for (let asset: u32 = 0; asset < assetsCount; asset++) reach(legs, asset);
  }
}

/** The best product of a walk of `legs` legs from an asset. */
function reach(legs: i32, asset: u32): void {
  let best: f64 = 0;
  const end = firstOut(asset + 1);
  for (let place = firstOut(asset); place < end; place++) {
    const conversion = outAt(place);
    best = max(best, gainOf(conversion) * load<f64>(reachAt(legs - 1, toAsset(conversion))));
  }
  store<f64>(reachAt(legs, asset), best);
}

/** Follows all paths from `asset`, which `legs` legs of product `product` lead to. */
function extend(start: u32, asset: u32, legs: i32, product: f64, isGuided: bool): void {
  const left = LEGS - 1 - legs;
  const end = firstOut(asset + 1);
  for (let place = firstOut(asset); place < end; place++) {
    const conversion = outAt(place);
    const to = toAsset(conversion);
    if ((to == start) != (left == 0)) continue;
    const gained = product * gainOf(conversion);
    addCycleWork(CYCLE_WORK_STEPS, 1);
    if (!(gained * load<f64>(reachAt(left, to)) > hitThreshold() * MARGIN)) continue;
    if (isGuided && left != 0 && !(gained > power(legs + 1))) continue;
    if (left != 0 && isOnPath(to, legs)) continue;
    store<u32>(path + ((<usize>legs) << 2), conversion);
    if (left != 0) extend(start, to, legs + 1, gained, isGuided);
    else if (!isGuided || isTaken()) offerPath();
  }
}

function isOnPath(asset: u32, legs: i32): bool {
  for (let leg: i32 = 0; leg < legs; leg++) if (fromAsset(pathAt(leg)) == asset) return true;
  return false;
}

/** True when no rotation that begins at a lower asset fulfils the gain criterion: then it was, or will be, found there. */
function isTaken(): bool {
  const own = fromAsset(pathAt(0));
  for (let turn: i32 = 1; turn < LEGS; turn++) {
    if (fromAsset(pathAt(turn)) < own && isGuidedFrom(turn)) return false;
  }
  return true;
}

function isGuidedFrom(turn: i32): bool {
  let product: f64 = 1;
  for (let leg: i32 = 1; leg < LEGS; leg++) {
    product *= gainOf(pathAt((turn + leg - 1) % LEGS));
    if (!(product > power(leg))) return false;
  }
  return true;
}

/** The least that `legs` legs of a cycle above the threshold earn, from the right rotation. */
function power(legs: i32): f64 {
  let result = root;
  for (let leg: i32 = 1; leg < legs; leg++) result *= root;
  return result;
}

function offerPath(): void {
  offer5(pathAt(0), pathAt(1), pathAt(2), pathAt(3), pathAt(4));
}

function pathAt(leg: i32): u32 {
  return load<u32>(path + ((<usize>leg) << 2));
}

function gainOf(conversion: u32): f64 {
  return load<f64>(gains + ((<usize>conversion) << 3));
}

function reachAt(legs: i32, asset: u32): usize {
  return reaches + ((<usize>legs * assetsCount + asset) << 3);
}
