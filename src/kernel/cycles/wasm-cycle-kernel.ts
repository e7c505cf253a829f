/** The WASM cycle kernel: binds the module's memory and functions to the contract. */

import { SpreadscopeError } from '../../domain/errors.ts';
import { at } from '../at.ts';
import { createCheckedCycleKernel } from './checked-cycle-kernel.ts';
import {
  type CycleFunctions,
  type CycleLayout,
  instantiateCycles,
  readCycleLayout,
} from './cycle-abi.ts';
import type { CycleCore } from './cycle-core.ts';
import {
  CYCLE_HITS_CAPACITY,
  checkGraph,
  fromAsset,
  listOutConversions,
  RATE_BATCH_CAPACITY,
} from './cycle-graph.ts';
import {
  type Conversion,
  type CycleAudit,
  type CycleAuditParams,
  type CycleGraph,
  type CycleHitViews,
  type CycleKernel,
  type CycleParams,
  type CycleScreening,
  type FoundCycle,
  MAX_LEGS,
  type RateBatch,
} from './cycle-kernel.ts';
import { buildRoutes, type CycleRoutes } from './routes.ts';

/**
 * A cycle kernel in an instance of its own of `module`. Finds all routes of the graph first, which takes some
 * milliseconds for hundreds of assets.
 *
 * @throws {TypeError} when `module` is not a WebAssembly.Module.
 * @throws {SpreadscopeError} `kernel_incompatible` when the module is not this kernel's; `kernel_capacity` when the
 *   graph is too large or its memory cannot be had.
 * @throws {RangeError} when a pair is not of two different assets, or is there twice.
 */
export function createWasmCycleKernel(module: WebAssembly.Module, graph: CycleGraph): CycleKernel {
  const checked = checkGraph(graph);
  const routes = buildRoutes(checked);
  const { functions, memory, exports } = instantiateCycles(module);
  configure(functions, checked, routes);
  const layout = readCycleLayout(exports);
  writeGraph(memory.buffer, layout, checked, routes);
  return createCheckedCycleKernel(
    createWasmCycleCore(functions, memory.buffer, layout, checked),
    checked,
  );
}

function configure(functions: CycleFunctions, graph: CycleGraph, routes: CycleRoutes): void {
  const isConfigured = functions.configureCycles(
    graph.assetsCount,
    graph.pairs.length,
    graph.exchangesCount,
    routes.triangles.length / 3,
    routes.mids.length / 2,
    routes.diagonalStart.length - 1,
    RATE_BATCH_CAPACITY,
    // Two rows more than are given: one to know whether there are more, one to put a candidate together.
    CYCLE_HITS_CAPACITY + 2,
  );
  if (isConfigured === 1) return;
  const message = 'cycle kernel: the memory for its state cannot be had';
  throw new SpreadscopeError('kernel_capacity', message);
}

function writeGraph(
  buffer: ArrayBuffer,
  layout: CycleLayout,
  graph: CycleGraph,
  routes: CycleRoutes,
): void {
  const out = listOutConversions(graph);
  const small = (address: number, values: ArrayLike<number>) =>
    new Uint16Array(buffer, address, values.length).set(values);
  const large = (address: number, values: ArrayLike<number>) =>
    new Uint32Array(buffer, address, values.length).set(values);
  small(
    layout.conversionTo,
    graph.pairs.flatMap(({ from, to }) => [to, from]),
  );
  small(layout.triangles, routes.triangles);
  large(layout.pairTriangleStart, routes.pairTriangleStart);
  small(layout.pairTriangles, routes.pairTriangles);
  small(layout.mids, routes.mids);
  large(layout.diagonalStart, routes.diagonalStart);
  large(layout.midDiagonal, routes.midDiagonal);
  large(layout.pairMidStart, routes.pairMidStart);
  large(layout.pairMids, routes.pairMids);
  small(
    layout.outConversions,
    out.flat().map(({ conversion }) => conversion),
  );
  let place = 0;
  const starts = out.map((conversions) => {
    place += conversions.length;
    return place;
  });
  large(layout.outStart, [0, ...starts]);
}

function createWasmCycleCore(
  functions: CycleFunctions,
  buffer: ArrayBuffer,
  layout: CycleLayout,
  graph: CycleGraph,
): CycleCore {
  return {
    name: 'wasm',
    batch: createBatch(buffer, layout),
    hits: createHits(buffer, layout),
    work: new Float64Array(buffer, layout.cycleWork, layout.CYCLE_WORK_COUNT),
    applyRates: (count, { nowMs, maxAgeMs, maxFutureMs }) =>
      functions.applyRates(count, nowMs, maxAgeMs, maxFutureMs),
    judgeAll: ({ nowMs, maxAgeMs, maxFutureMs }) =>
      functions.judgeAll(nowMs, maxAgeMs, maxFutureMs),
    clearExchange: (exchangeIndex, { nowMs, maxAgeMs, maxFutureMs }) =>
      functions.clearCycleExchange(exchangeIndex, nowMs, maxAgeMs, maxFutureMs),
    sweep: ({ minEdgeRatio, minLegs, maxLegs, maxHitsCount }: CycleParams) => {
      const fifthRoot = (1 + minEdgeRatio) ** (1 / MAX_LEGS);
      return toScreening(
        functions.sweepCycles(minEdgeRatio, minLegs, maxLegs, maxHitsCount, fifthRoot),
      );
    },
    screenDirty: ({ minEdgeRatio, minLegs, maxLegs, maxHitsCount }: CycleParams) =>
      toScreening(functions.screenDirtyPairs(minEdgeRatio, minLegs, maxLegs, maxHitsCount)),
    ...createReaders(functions, buffer, layout, graph),
  };
}

/** From what `sweepCycles` and `screenDirtyPairs` return. */
function toScreening(answer: number): CycleScreening {
  return { hitsCount: answer >> 1, isComplete: (answer & 1) === 1 };
}

function createReaders(
  functions: CycleFunctions,
  buffer: ArrayBuffer,
  layout: CycleLayout,
  graph: CycleGraph,
) {
  const rates = new Float64Array(buffer, layout.rates, graph.pairs.length * 4);
  const exchanges = new Int32Array(buffer, layout.bestExchange, graph.pairs.length * 2);
  const conversions = new Uint32Array(buffer, layout.foundConversions, graph.assetsCount);
  const edge = new Float64Array(buffer, layout.foundEdge, 1);
  const audited = new Float64Array(buffer, layout.auditResult, 4);
  const readFound = (legsCount: number): FoundCycle | null =>
    legsCount === 0
      ? null
      : { conversions: [...conversions.subarray(0, legsCount)], edgeRatio: at(edge, 0) };
  return {
    readConversion: (conversion: number): Conversion => ({
      from: fromAsset(graph, conversion),
      to: fromAsset(graph, conversion ^ 1),
      rate: at(rates, conversion * 2),
      exchangeIndex: at(exchanges, conversion),
    }),
    findCycle: () => readFound(functions.findCycle()),
    audit: (params: CycleAuditParams): CycleAudit => {
      const maxLegs = Math.min(params.maxLegs, graph.assetsCount);
      functions.auditCycles(
        Math.min(params.minLegs, graph.assetsCount + 1),
        maxLegs,
        params.minEdgeRatio,
        params.maxCyclesCount,
      );
      return {
        cyclesCount: at(audited, 0),
        profitableCount: at(audited, 1),
        best: readFound(at(audited, 2)),
        isComplete: at(audited, 3) === 1,
      };
    },
  };
}

function createBatch(buffer: ArrayBuffer, layout: CycleLayout): RateBatch {
  const indices = (address: number) => new Uint32Array(buffer, address, RATE_BATCH_CAPACITY);
  const numbers = (address: number) => new Float64Array(buffer, address, RATE_BATCH_CAPACITY);
  return {
    pairIndex: indices(layout.ratePair),
    exchangeIndex: indices(layout.rateExchange),
    forwardRate: numbers(layout.rateForward),
    backwardRate: numbers(layout.rateBackward),
    timeMs: numbers(layout.rateTime),
  };
}

function createHits(buffer: ArrayBuffer, layout: CycleLayout): CycleHitViews {
  const rows = CYCLE_HITS_CAPACITY;
  return {
    legsCount: new Uint32Array(buffer, layout.cycleHitLegs, rows),
    conversion: new Uint32Array(buffer, layout.cycleHitConversions, rows * layout.CYCLE_MAX_LEGS),
    edgeRatio: new Float64Array(buffer, layout.cycleHitEdge, rows),
  };
}
