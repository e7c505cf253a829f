/**
 * Keeps the best hits of one call: a heap with the last of them on top, sorted at the end. Candidates arrive in any
 * rotation; they are turned to begin at their lowest asset and priced anew, leg by leg from the left.
 */

import { addCycleWork, fromAsset, isDirtyPair, rateOf } from './cycle-graph';
import {
  CYCLE_MAX_LEGS,
  CYCLE_WORK_HITS,
  cycleHitConversions,
  cycleHitEdge,
  cycleHitLegs,
} from './cycle-layout';

/** A screen by another order of multiplication may round differently by a few parts in 10^16. */
const SLACK: f64 = 1 - 1e-12;

const ROW_BYTES: usize = (<usize>CYCLE_MAX_LEGS) << 2;

/** Of the call under way: set by `beginHits`. */
let count: i32 = 0;
let capacity: i32 = 0;
let minEdge: f64 = 0;
let threshold: f64 = 0;
/** Hits must not pass through a dirty pair below this one: they were found from there. */
let lowestPair: u32 = 0;

export function beginHits(edge: f64, maxHits: i32): void {
  count = 0;
  capacity = maxHits + 1;
  minEdge = edge;
  threshold = (1 + edge) * SLACK;
  lowestPair = 0;
}

/** From here on, hits through dirty pairs below `pair` are passed over. */
export function passOverBelow(pair: u32): void {
  lowestPair = pair;
}

/** A product at or below this, however rounded, is no hit. */
export function hitThreshold(): f64 {
  return threshold;
}

export function offer2(a: u32, b: u32): void {
  offer(2, a, b, 0, 0, 0);
}

export function offer3(a: u32, b: u32, c: u32): void {
  offer(3, a, b, c, 0, 0);
}

export function offer4(a: u32, b: u32, c: u32, d: u32): void {
  offer(4, a, b, c, d, 0);
}

export function offer5(a: u32, b: u32, c: u32, d: u32, e: u32): void {
  offer(5, a, b, c, d, e);
}

/** The row after the last is where a candidate is put together. */
function offer(legs: i32, a: u32, b: u32, c: u32, d: u32, e: u32): void {
  const row = conversionsAt(count);
  store<u32>(row, a);
  store<u32>(row, b, 4);
  store<u32>(row, c, 8);
  store<u32>(row, d, 12);
  store<u32>(row, e, 16);
  if (lowestPair != 0 && hasLowerDirty(row, legs)) return;
  turnToLowest(row, legs);
  let product: f64 = 1;
  for (let leg: i32 = 0; leg < legs; leg++) product *= rateOf(conversionOf(row, leg));
  const edge = product - 1;
  if (!(edge > minEdge)) return;
  store<u32>(cycleHitLegs + ((<usize>count) << 2), legs);
  store<f64>(cycleHitEdge + ((<usize>count) << 3), edge);
  keepCandidate();
}

function keepCandidate(): void {
  if (count < capacity) {
    count++;
    siftUp(count - 1);
  } else {
    if (!comesBefore(count, 0)) return;
    swapHits(count, 0);
    siftDown(0, count);
  }
  if (count == capacity) threshold = (1 + load<f64>(cycleHitEdge)) * SLACK;
}

function hasLowerDirty(row: usize, legs: i32): bool {
  for (let leg: i32 = 0; leg < legs; leg++) {
    const pair = conversionOf(row, leg) >> 1;
    if (pair < lowestPair && isDirtyPair(pair)) return true;
  }
  return false;
}

/** Turns the row in place, by one leg at a time, until its lowest asset comes first. */
function turnToLowest(row: usize, legs: i32): void {
  let start: i32 = 0;
  for (let leg: i32 = 1; leg < legs; leg++) {
    if (fromAsset(conversionOf(row, leg)) < fromAsset(conversionOf(row, start))) start = leg;
  }
  for (; start > 0; start--) {
    const first = load<u32>(row);
    for (let leg: i32 = 1; leg < legs; leg++) {
      store<u32>(row + ((<usize>(leg - 1)) << 2), conversionOf(row, leg));
    }
    store<u32>(row + ((<usize>(legs - 1)) << 2), first);
  }
}

/**
 * Sorts the hits, best first. One more than was asked for is looked for, to know whether there are more.
 * @returns twice the number of hits, and 1 more when none was left out.
 */
export function sortHits(): i32 {
  for (let last = count - 1; last > 0; last--) {
    swapHits(0, last);
    siftDown(0, last);
  }
  addCycleWork(CYCLE_WORK_HITS, <f64>min(count, capacity - 1));
  return count < capacity ? count * 2 + 1 : (capacity - 1) * 2;
}

function siftUp(from: i32): void {
  let child = from;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!comesBefore(parent, child)) return;
    swapHits(parent, child);
    child = parent;
  }
}

function siftDown(root: i32, size: i32): void {
  let parent = root;
  for (;;) {
    let child = parent * 2 + 1;
    if (child >= size) return;
    if (child + 1 < size && comesBefore(child, child + 1)) child++;
    if (!comesBefore(parent, child)) return;
    swapHits(parent, child);
    parent = child;
  }
}

/** Greater edge; of equal edges fewer legs, then lower conversions. */
function comesBefore(a: i32, b: i32): bool {
  const edgeA = load<f64>(cycleHitEdge + ((<usize>a) << 3));
  const edgeB = load<f64>(cycleHitEdge + ((<usize>b) << 3));
  if (edgeA != edgeB) return edgeA > edgeB;
  const legsA = load<i32>(cycleHitLegs + ((<usize>a) << 2));
  const legsB = load<i32>(cycleHitLegs + ((<usize>b) << 2));
  if (legsA != legsB) return legsA < legsB;
  for (let leg: i32 = 0; leg < legsA; leg++) {
    const conversionA = conversionOf(conversionsAt(a), leg);
    const conversionB = conversionOf(conversionsAt(b), leg);
    if (conversionA != conversionB) return conversionA < conversionB;
  }
  return false;
}

function swapHits(a: i32, b: i32): void {
  swapU32(cycleHitLegs + ((<usize>a) << 2), cycleHitLegs + ((<usize>b) << 2));
  for (let place: usize = 0; place < ROW_BYTES; place += 4) {
    swapU32(conversionsAt(a) + place, conversionsAt(b) + place);
  }
  const edgeA = cycleHitEdge + ((<usize>a) << 3);
  const edgeB = cycleHitEdge + ((<usize>b) << 3);
  const edge = load<f64>(edgeA);
  store<f64>(edgeA, load<f64>(edgeB));
  store<f64>(edgeB, edge);
}

function swapU32(a: usize, b: usize): void {
  const value = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, value);
}

function conversionsAt(hit: i32): usize {
  return cycleHitConversions + <usize>hit * ROW_BYTES;
}

function conversionOf(row: usize, leg: i32): u32 {
  return load<u32>(row + ((<usize>leg) << 2));
}
