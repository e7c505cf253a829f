/**
 * "Is there a cycle of any length?": the Bellman–Ford–Moore method with a first-in first-out queue and subtree
 * disassembly (Tarjan 1981; compared by Cherkassky and Goldberg, Mathematical Programming 85, 1999). Labels are amounts,
 * multiplied along paths: no logarithms. A tree holds, for every asset, the path that its label came from; an update of
 * an asset takes the assets below it out of the tree, and one that would hang an asset below itself is a cycle.
 */

import { at } from '../at.ts';
import { CYCLE_WORK } from './cycle-core.ts';
import { fromAsset, listOutConversions, toCanonical } from './cycle-graph.ts';
import type { CycleGraph, FoundCycle } from './cycle-kernel.ts';
import type { ReferenceRates } from './reference-rates.ts';

/** The tree of paths, threaded in preorder; asset `assetsCount` stands for the source above all. */
interface Tree {
  readonly parent: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly depth: Int32Array;
  readonly isIn: Uint8Array;
}

export function createReferenceFind(graph: CycleGraph, state: ReferenceRates, work: Float64Array) {
  const out = listOutConversions(graph);

  const findCycle = (): FoundCycle | null => {
    const label = startLabels(graph, state);
    const tree = createTree(graph.assetsCount);
    const isActive = new Uint8Array(graph.assetsCount).fill(1);
    const queue = [...label.keys()];
    for (let asset = queue.shift(); asset !== undefined; asset = queue.shift()) {
      if (at(isActive, asset) === 0) continue;
      isActive[asset] = 0;
      for (const { conversion, to } of out[asset] ?? []) {
        const rate = at(state.rate, conversion);
        if (rate === 0) continue;
        work[CYCLE_WORK.steps] = at(work, CYCLE_WORK.steps) + 1;
        const amount = at(label, asset) * rate;
        const isIn = at(tree.isIn, to) === 1;
        if (!(amount > at(label, to) || (amount === at(label, to) && !isIn))) continue;
        if (isIn && isAbove(tree, graph, to, asset)) {
          const cycle = closeCycle(tree, graph, state, to, asset, conversion);
          // Rounding may close a round that earns nothing: such a step is left out.
          if (cycle.edgeRatio > 0) return cycle;
          continue;
        }
        if (isIn) disassemble(tree, to, isActive);
        hang(tree, to, asset, conversion);
        label[to] = amount;
        isActive[to] = 1;
        if (!queue.includes(to)) queue.push(to);
      }
    }
    return null;
  };
  return { findCycle };
}

/** What one unit of some asset is worth in each: along first paths, so that few steps of the search are left. */
function startLabels(graph: CycleGraph, state: ReferenceRates): Float64Array {
  const out = listOutConversions(graph);
  const label = new Float64Array(graph.assetsCount);
  for (const start of label.keys()) {
    if (at(label, start) > 0) continue;
    label[start] = 1;
    const reached = [start];
    for (const asset of reached) {
      for (const { conversion, to } of out[asset] ?? []) {
        const amount = at(label, asset) * at(state.rate, conversion);
        if (at(label, to) > 0 || !(amount > 0)) continue;
        label[to] = amount;
        reached.push(to);
      }
    }
  }
  return label;
}

/** All assets hang below the source, in order. */
function createTree(assetsCount: number): Tree {
  const size = assetsCount + 1;
  const next = Int32Array.from({ length: size }, (_, asset) => (asset + 1) % size);
  const previous = Int32Array.from({ length: size }, (_, asset) => (asset + assetsCount) % size);
  next[assetsCount] = 0;
  const depth = new Int32Array(size).fill(1);
  depth[assetsCount] = 0;
  return {
    parent: new Int32Array(size).fill(-1),
    next,
    previous,
    depth,
    isIn: new Uint8Array(size).fill(1),
  };
}

/** True when `upper` is `lower` or above it. */
function isAbove(tree: Tree, graph: CycleGraph, upper: number, lower: number): boolean {
  let asset = lower;
  while (at(tree.depth, asset) > at(tree.depth, upper)) {
    asset = fromAsset(graph, at(tree.parent, asset));
  }
  return asset === upper;
}

/** Takes all below `top` out of the tree, and `top` itself off the thread. */
function disassemble(tree: Tree, top: number, isActive: Uint8Array): void {
  let asset = at(tree.next, top);
  while (at(tree.depth, asset) > at(tree.depth, top)) {
    tree.isIn[asset] = 0;
    isActive[asset] = 0;
    asset = at(tree.next, asset);
  }
  const before = at(tree.previous, top);
  tree.next[before] = asset;
  tree.previous[asset] = before;
}

/** Hangs `asset` below `parent`, first of its children. */
function hang(tree: Tree, asset: number, parent: number, conversion: number): void {
  const after = at(tree.next, parent);
  tree.next[parent] = asset;
  tree.previous[asset] = parent;
  tree.next[asset] = after;
  tree.previous[after] = asset;
  tree.depth[asset] = at(tree.depth, parent) + 1;
  tree.parent[asset] = conversion;
  tree.isIn[asset] = 1;
}

/** The path from `top` down to `bottom`, closed by `conversion`. */
function closeCycle(
  tree: Tree,
  graph: CycleGraph,
  state: ReferenceRates,
  top: number,
  bottom: number,
  conversion: number,
): FoundCycle {
  const conversions = [conversion];
  for (let asset = bottom; asset !== top; ) {
    const step = at(tree.parent, asset);
    conversions.unshift(step);
    asset = fromAsset(graph, step);
  }
  const canonical = toCanonical(graph, conversions);
  const product = canonical.reduce((amount, step) => amount * at(state.rate, step), 1);
  return { conversions: canonical, edgeRatio: product - 1 };
}
