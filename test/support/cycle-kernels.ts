/** Both cycle kernels for tests: one body runs once per kernel, the kernel's name is in the title. */

import { describe } from 'bun:test';
import {
  type CycleGraph,
  type CycleKernel,
  type CycleParams,
  type CycleScreening,
  type FoundCycle,
  MAX_LEGS,
  type RateWindow,
} from '../../src/kernel/cycles/cycle-kernel.ts';
import { createReferenceCycleKernel } from '../../src/kernel/cycles/reference-cycle-kernel.ts';
import { createWasmCycleKernel } from '../../src/kernel/cycles/wasm-cycle-kernel.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';

export type CreateCycleKernel = (graph: CycleGraph) => CycleKernel;

const wasmModule = await loadKernelModule();

export const createReferenceCycles: CreateCycleKernel = createReferenceCycleKernel;
export const createWasmCycles: CreateCycleKernel = (graph) =>
  createWasmCycleKernel(wasmModule, graph);

/** Runs `body` for the reference and for the WASM kernel. */
export function describeCycleKernels(
  title: string,
  body: (create: CreateCycleKernel) => void,
): void {
  describe(`${title} (reference)`, () => body(createReferenceCycles));
  describe(`${title} (wasm)`, () => body(createWasmCycles));
}

/** One row of a batch; the exchange defaults to 0 and the time to 0. */
export interface RateRow {
  readonly pair: number;
  readonly forward: number;
  readonly backward: number;
  readonly exchange?: number;
  readonly timeMs?: number;
}

/** Every rate counts. */
export const ALWAYS: RateWindow = {
  nowMs: 0,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFutureMs: Number.POSITIVE_INFINITY,
};

/** All profitable cycles of two to four legs. */
export const ANY_PROFIT: CycleParams = {
  minEdgeRatio: 0,
  minLegs: 2,
  maxLegs: 4,
  maxHitsCount: 4096,
};

/** Writes `rows` to the batch and applies them. */
export function applyRateRows(
  kernel: CycleKernel,
  rows: readonly RateRow[],
  window: RateWindow = ALWAYS,
): number {
  for (const [index, row] of rows.entries()) {
    kernel.batch.pairIndex[index] = row.pair;
    kernel.batch.exchangeIndex[index] = row.exchange ?? 0;
    kernel.batch.forwardRate[index] = row.forward;
    kernel.batch.backwardRate[index] = row.backward;
    kernel.batch.timeMs[index] = row.timeMs ?? 0;
  }
  return kernel.applyRates(rows.length, window);
}

export function readCycles(kernel: CycleKernel, screening: CycleScreening): readonly FoundCycle[] {
  const { legsCount, conversion, edgeRatio } = kernel.hits;
  return Array.from({ length: screening.hitsCount }, (_, row) => {
    const from = row * MAX_LEGS;
    return {
      conversions: [...conversion.subarray(from, from + (legsCount[row] ?? 0))],
      edgeRatio: edgeRatio[row] ?? Number.NaN,
    };
  });
}

/** Hits of a sweep. */
export function sweep(
  kernel: CycleKernel,
  params: Partial<CycleParams> = {},
): readonly FoundCycle[] {
  return readCycles(kernel, kernel.sweep({ ...ANY_PROFIT, ...params }));
}
