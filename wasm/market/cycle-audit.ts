/** Enumerates simple cycles: each once, from its lowest asset on through higher ones, priced from the left. */

import { addCycleWork, firstOut, outAt, rateOf, toAsset } from './cycle-graph';
import {
  assetFlags,
  assetsCount,
  auditResult,
  CYCLE_WORK_STEPS,
  foundConversions,
  foundEdge,
  path,
} from './cycle-layout';

/** Of the call under way. */
let minLegs: u32 = 0;
let maxLegs: u32 = 0;
let minEdge: f64 = 0;
let maxCycles: f64 = 0;
let cycles: f64 = 0;
let profitable: f64 = 0;
let bestLegs: u32 = 0;

/** Leaves its counts in AUDIT and the first of the best cycles in FOUND. */
export function auditCycles(fewestLegs: u32, mostLegs: u32, edge: f64, mostCycles: f64): void {
  minLegs = fewestLegs;
  maxLegs = mostLegs;
  minEdge = edge;
  maxCycles = mostCycles;
  cycles = 0;
  profitable = 0;
  bestLegs = 0;
  memory.fill(assetFlags, 0, assetsCount);
  let isComplete = true;
  for (let root: u32 = 0; isComplete && root < assetsCount; root++) {
    isComplete = extend(root, root, 0, 1);
  }
  store<f64>(auditResult, cycles);
  store<f64>(auditResult, profitable, 8);
  store<f64>(auditResult, <f64>bestLegs, 16);
  store<f64>(auditResult, isComplete ? 1 : 0, 24);
}

/** False when the most cycles were reached. */
function extend(root: u32, asset: u32, legs: u32, product: f64): bool {
  const end = firstOut(asset + 1);
  for (let place = firstOut(asset); place < end; place++) {
    const conversion = outAt(place);
    const to = toAsset(conversion);
    const rate = rateOf(conversion);
    if (rate == 0 || to < root || load<u8>(assetFlags + to) != 0) continue;
    addCycleWork(CYCLE_WORK_STEPS, 1);
    store<u32>(path + ((<usize>legs) << 2), conversion);
    if (to == root) {
      if (!count(legs + 1, product * rate - 1)) return false;
    } else if (legs + 1 < maxLegs) {
      store<u8>(assetFlags + to, 1);
      const goesOn = extend(root, to, legs + 1, product * rate);
      store<u8>(assetFlags + to, 0);
      if (!goesOn) return false;
    }
  }
  return true;
}

function count(legs: u32, edge: f64): bool {
  if (legs < minLegs) return true;
  if (cycles == maxCycles) return false;
  cycles += 1;
  if (edge > minEdge) profitable += 1;
  if (bestLegs == 0 || edge > load<f64>(foundEdge)) {
    bestLegs = legs;
    store<f64>(foundEdge, edge);
    memory.copy(foundConversions, path, (<usize>legs) << 2);
  }
  return true;
}
