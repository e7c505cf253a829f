/** The reference cycle kernel: plain TypeScript, the truth that the WASM kernel must match. */

import { createCheckedCycleKernel } from './checked-cycle-kernel.ts';
import { CYCLE_WORK_COUNT } from './cycle-core.ts';
import { CYCLE_HITS_CAPACITY, checkGraph, RATE_BATCH_CAPACITY } from './cycle-graph.ts';
import {
  type CycleGraph,
  type CycleHitViews,
  type CycleKernel,
  MAX_LEGS,
  type RateBatch,
} from './cycle-kernel.ts';
import { createReferenceCycles } from './reference-cycles.ts';
import { createReferenceFind } from './reference-find.ts';
import { createReferenceRates } from './reference-rates.ts';

/**
 * A cycle kernel in plain TypeScript.
 *
 * @throws {SpreadscopeError} `kernel_capacity` when the graph is too large.
 * @throws {RangeError} when a pair is not of two different assets, or is there twice.
 */
export function createReferenceCycleKernel(graph: CycleGraph): CycleKernel {
  const checked = checkGraph(graph);
  const work = new Float64Array(CYCLE_WORK_COUNT);
  const batch = createRateBatch(RATE_BATCH_CAPACITY);
  const hits = createCycleHits(CYCLE_HITS_CAPACITY);
  const rates = createReferenceRates(checked, batch, work);
  const core = {
    name: 'reference' as const,
    batch,
    hits,
    work,
    ...rates.operations,
    ...createReferenceCycles(checked, rates.state, hits, work),
    ...createReferenceFind(checked, rates.state, work),
  };
  return createCheckedCycleKernel(core, checked);
}

function createRateBatch(rowsCount: number): RateBatch {
  return {
    pairIndex: new Uint32Array(rowsCount),
    exchangeIndex: new Uint32Array(rowsCount),
    forwardRate: new Float64Array(rowsCount),
    backwardRate: new Float64Array(rowsCount),
    timeMs: new Float64Array(rowsCount),
  };
}

function createCycleHits(rowsCount: number): CycleHitViews {
  return {
    legsCount: new Uint32Array(rowsCount),
    conversion: new Uint32Array(rowsCount * MAX_LEGS),
    edgeRatio: new Float64Array(rowsCount),
  };
}
