/**
 * "Is there a cycle of any length?": Bellman–Ford–Moore with a queue and subtree disassembly, the same steps as
 * `src/kernel/cycles/reference-find.ts`, which explains them. Its labels value all assets in one unit, by the best paths
 * known: the search for long cycles uses them too.
 */

import { addCycleWork, firstOut, fromAsset, outAt, rateOf, toAsset } from './cycle-graph';
import {
  assetFlags,
  assetsCount,
  CYCLE_WORK_STEPS,
  foundConversions,
  foundEdge,
  labels,
  queue,
  treeDepth,
  treeNext,
  treeParent,
  treePrevious,
} from './cycle-layout';

/** Bits of an asset's flags: in the tree, to be scanned, standing in the queue. */
const IN_TREE: u8 = 1;
const ACTIVE: u8 = 2;
const QUEUED: u8 = 4;

let queueHead: u32 = 0;
let queueLength: u32 = 0;

/** @returns the legs of the cycle left in FOUND, 0 when there is none. */
export function findCycle(): i32 {
  startLabels();
  startTree();
  while (queueLength != 0) {
    const asset = takeQueued();
    if ((flagsOf(asset) & ACTIVE) == 0) continue;
    setFlags(asset, flagsOf(asset) & ~ACTIVE);
    const legs = scan(asset);
    if (legs != 0) return legs;
  }
  return 0;
}

/** Relaxes the conversions that leave an asset. @returns the legs of a cycle, or 0. */
function scan(asset: u32): i32 {
  const end = firstOut(asset + 1);
  for (let place = firstOut(asset); place < end; place++) {
    const conversion = outAt(place);
    const rate = rateOf(conversion);
    if (rate == 0) continue;
    addCycleWork(CYCLE_WORK_STEPS, 1);
    const to = toAsset(conversion);
    const amount = labelOf(asset) * rate;
    const isIn = (flagsOf(to) & IN_TREE) != 0;
    if (!(amount > labelOf(to) || (amount == labelOf(to) && !isIn))) continue;
    if (isIn && isAbove(to, asset)) {
      const legs = closeCycle(to, asset, conversion);
      if (load<f64>(foundEdge) > 0) return legs;
      continue;
    }
    if (isIn) disassemble(to);
    hang(to, asset, conversion);
    setLabel(to, amount);
    activate(to);
  }
  return 0;
}

function startLabels(): void {
  memory.fill(labels, 0, (<usize>assetsCount) << 3);
  for (let start: u32 = 0; start < assetsCount; start++) {
    if (labelOf(start) > 0) continue;
    setLabel(start, 1);
    let reached: u32 = 1;
    store<u32>(queue, start);
    for (let next: u32 = 0; next < reached; next++) {
      reached = spread(load<u32>(queue + ((<usize>next) << 2)), reached);
    }
  }
}

/** Labels the unlabelled neighbours of an asset and puts them behind the reached ones. */
function spread(asset: u32, reached: u32): u32 {
  const end = firstOut(asset + 1);
  for (let place = firstOut(asset); place < end; place++) {
    const conversion = outAt(place);
    const to = toAsset(conversion);
    const amount = labelOf(asset) * rateOf(conversion);
    if (labelOf(to) > 0 || !(amount > 0)) continue;
    setLabel(to, amount);
    store<u32>(queue + ((<usize>reached) << 2), to);
    reached++;
  }
  return reached;
}

/** All assets hang below the source, which has the number after the last asset, and stand in the queue in order. */
function startTree(): void {
  for (let asset: u32 = 0; asset <= assetsCount; asset++) {
    setNext(asset, asset == assetsCount ? 0 : asset + 1);
    setPrevious(asset, asset == 0 ? assetsCount : asset - 1);
    setDepth(asset, asset == assetsCount ? 0 : 1);
    setFlags(asset, IN_TREE | ACTIVE | QUEUED);
    if (asset < assetsCount) store<u32>(queue + ((<usize>asset) << 2), asset);
  }
  queueHead = 0;
  queueLength = assetsCount;
}

function isAbove(upper: u32, lower: u32): bool {
  let asset = lower;
  while (depthOf(asset) > depthOf(upper)) asset = fromAsset(parentOf(asset));
  return asset == upper;
}

function disassemble(top: u32): void {
  let asset = nextOf(top);
  while (depthOf(asset) > depthOf(top)) {
    setFlags(asset, flagsOf(asset) & QUEUED);
    asset = nextOf(asset);
  }
  const before = previousOf(top);
  setNext(before, asset);
  setPrevious(asset, before);
}

function hang(asset: u32, parent: u32, conversion: u32): void {
  const after = nextOf(parent);
  setNext(parent, asset);
  setPrevious(asset, parent);
  setNext(asset, after);
  setPrevious(after, asset);
  setDepth(asset, depthOf(parent) + 1);
  store<u32>(treeParent + ((<usize>asset) << 2), conversion);
  setFlags(asset, flagsOf(asset) | IN_TREE);
}

/** Writes the cycle to FOUND, from its lowest asset on, and its edge. @returns its legs. */
function closeCycle(top: u32, bottom: u32, conversion: u32): i32 {
  let legs: u32 = 1;
  let start = conversion;
  for (let asset = bottom; asset != top; legs++) {
    const step = parentOf(asset);
    asset = fromAsset(step);
    if (asset < fromAsset(start)) start = step;
  }
  // Backwards from the leg that ends where `start` begins: along parents, and over `conversion` from `top` to `bottom`.
  let step = start;
  for (let leg: u32 = 0; leg < legs; leg++) {
    const place = (legs - leg) % legs;
    store<u32>(foundConversions + ((<usize>place) << 2), step);
    const from = fromAsset(step);
    step = from == top ? conversion : parentOf(from);
  }
  let product: f64 = 1;
  for (let leg: u32 = 0; leg < legs; leg++) {
    product *= rateOf(load<u32>(foundConversions + ((<usize>leg) << 2)));
  }
  store<f64>(foundEdge, product - 1);
  return legs;
}

function activate(asset: u32): void {
  if ((flagsOf(asset) & QUEUED) == 0) {
    let place = queueHead + queueLength;
    if (place >= assetsCount) place -= assetsCount;
    store<u32>(queue + ((<usize>place) << 2), asset);
    queueLength++;
  }
  setFlags(asset, flagsOf(asset) | ACTIVE | QUEUED);
}

function takeQueued(): u32 {
  const asset = load<u32>(queue + ((<usize>queueHead) << 2));
  queueHead = queueHead + 1 == assetsCount ? 0 : queueHead + 1;
  queueLength--;
  setFlags(asset, flagsOf(asset) & ~QUEUED);
  return asset;
}

export function labelOf(asset: u32): f64 {
  return load<f64>(labels + ((<usize>asset) << 3));
}

function setLabel(asset: u32, label: f64): void {
  store<f64>(labels + ((<usize>asset) << 3), label);
}

function flagsOf(asset: u32): u8 {
  return load<u8>(assetFlags + asset);
}

function setFlags(asset: u32, flags: u8): void {
  store<u8>(assetFlags + asset, flags);
}

function parentOf(asset: u32): u32 {
  return load<u32>(treeParent + ((<usize>asset) << 2));
}

function nextOf(asset: u32): u32 {
  return load<u32>(treeNext + ((<usize>asset) << 2));
}

function setNext(asset: u32, next: u32): void {
  store<u32>(treeNext + ((<usize>asset) << 2), next);
}

function previousOf(asset: u32): u32 {
  return load<u32>(treePrevious + ((<usize>asset) << 2));
}

function setPrevious(asset: u32, previous: u32): void {
  store<u32>(treePrevious + ((<usize>asset) << 2), previous);
}

function depthOf(asset: u32): u32 {
  return load<u32>(treeDepth + ((<usize>asset) << 2));
}

function setDepth(asset: u32, depth: u32): void {
  store<u32>(treeDepth + ((<usize>asset) << 2), depth);
}
