/** Cycles of the reference kernel: walks every simple cycle and prices it. What it finds is the truth. */

import { at } from '../at.ts';
import { CYCLE_WORK } from './cycle-core.ts';
import { listOutConversions } from './cycle-graph.ts';
import {
  type CycleAudit,
  type CycleAuditParams,
  type CycleGraph,
  type CycleHitViews,
  type CycleParams,
  type CycleScreening,
  type FoundCycle,
  MAX_LEGS,
} from './cycle-kernel.ts';
import type { ReferenceRates } from './reference-rates.ts';

/** Called for each cycle, canonical; false stops the walk. */
type Visit = (conversions: readonly number[], edgeRatio: number) => boolean;

export function createReferenceCycles(
  graph: CycleGraph,
  state: ReferenceRates,
  hits: CycleHitViews,
  work: Float64Array,
) {
  const out = listOutConversions(graph);

  /**
   * Walks all simple cycles of conversions that are offered, each once: from its lowest asset on, through higher ones.
   * The product is formed leg by leg, from the left.
   */
  const walk = (maxLegs: number, visit: Visit): boolean => {
    const path: number[] = [];
    const onPath = new Uint8Array(graph.assetsCount);
    const extend = (root: number, asset: number, product: number): boolean => {
      for (const { conversion, to } of out[asset] ?? []) {
        const rate = at(state.rate, conversion);
        if (rate === 0 || to < root || onPath[to] === 1) continue;
        work[CYCLE_WORK.steps] = at(work, CYCLE_WORK.steps) + 1;
        path.push(conversion);
        let goesOn = true;
        if (to === root) goesOn = path.length < 2 || visit(path, product * rate - 1);
        else if (path.length < maxLegs) {
          onPath[to] = 1;
          goesOn = extend(root, to, product * rate);
          onPath[to] = 0;
        }
        path.pop();
        if (!goesOn) return false;
      }
      return true;
    };
    for (let root = 0; root < graph.assetsCount; root += 1) {
      if (!extend(root, root, 1)) return false;
    }
    return true;
  };

  const screen = (params: CycleParams, isWanted: (path: readonly number[]) => boolean) => {
    const found: FoundCycle[] = [];
    walk(params.maxLegs, (path, edgeRatio) => {
      const isLong = path.length >= params.minLegs;
      if (isLong && edgeRatio > params.minEdgeRatio && isWanted(path)) {
        found.push({ conversions: [...path], edgeRatio });
      }
      return true;
    });
    const best = found.sort(compareCycles).slice(0, params.maxHitsCount);
    for (const [row, cycle] of best.entries()) writeHit(hits, row, cycle);
    work[CYCLE_WORK.hits] = at(work, CYCLE_WORK.hits) + best.length;
    return { hitsCount: best.length, isComplete: best.length === found.length };
  };

  return {
    sweep: (params: CycleParams): CycleScreening => screen(params, () => true),
    screenDirty: (params: CycleParams): CycleScreening => {
      const isDirty = (conversion: number) => at(state.isDirty, conversion >> 1) === 1;
      const screening = screen(params, (path) => path.some(isDirty));
      state.isDirty.fill(0);
      return screening;
    },
    audit: (params: CycleAuditParams): CycleAudit => {
      let cyclesCount = 0;
      let profitableCount = 0;
      let best: FoundCycle | null = null;
      const isComplete = walk(params.maxLegs, (path, edgeRatio) => {
        if (path.length < params.minLegs) return true;
        if (cyclesCount === params.maxCyclesCount) return false;
        cyclesCount += 1;
        if (edgeRatio > params.minEdgeRatio) profitableCount += 1;
        if (best === null || edgeRatio > best.edgeRatio)
          best = { conversions: [...path], edgeRatio };
        return true;
      });
      return { cyclesCount, profitableCount, best, isComplete };
    },
  };
}

/** Greatest edge first; of equal edges the fewer legs, then the lower conversions. */
export function compareCycles(a: FoundCycle, b: FoundCycle): number {
  const byEdge = b.edgeRatio - a.edgeRatio || a.conversions.length - b.conversions.length;
  if (byEdge !== 0) return byEdge;
  for (const [leg, conversion] of a.conversions.entries()) {
    const other = b.conversions[leg] ?? 0;
    if (conversion !== other) return conversion - other;
  }
  return 0;
}

function writeHit(hits: CycleHitViews, row: number, cycle: FoundCycle): void {
  hits.legsCount[row] = cycle.conversions.length;
  hits.conversion.set(cycle.conversions, row * MAX_LEGS);
  hits.edgeRatio[row] = cycle.edgeRatio;
}
