/** The part of the module's layout and functions that serves cycles; see `src/kernel/abi.ts`. */

import { instantiateModule, readNumbers } from '../abi.ts';

const LAYOUT_NAMES = [
  'CYCLE_MAX_LEGS',
  'CYCLE_WORK_COUNT',
  'conversionTo',
  'rates',
  'bestExchange',
  'triangles',
  'pairTriangleStart',
  'pairTriangles',
  'mids',
  'diagonalStart',
  'midDiagonal',
  'pairMidStart',
  'pairMids',
  'outStart',
  'outConversions',
  'ratePair',
  'rateExchange',
  'rateForward',
  'rateBackward',
  'rateTime',
  'cycleHitLegs',
  'cycleHitConversions',
  'cycleHitEdge',
  'cycleWork',
  'foundConversions',
  'foundEdge',
  'auditResult',
] as const;

export type CycleLayout = Readonly<Record<(typeof LAYOUT_NAMES)[number], number>>;

/** Functions exported by the module. */
export interface CycleFunctions {
  configureCycles(
    assets: number,
    pairs: number,
    exchanges: number,
    triangles: number,
    mids: number,
    diagonals: number,
    batchRows: number,
    hitRows: number,
  ): number;
  applyRates(count: number, now: number, maxAge: number, maxFuture: number): number;
  judgeAll(now: number, maxAge: number, maxFuture: number): void;
  clearCycleExchange(exchange: number, now: number, maxAge: number, maxFuture: number): void;
  /** Twice the number of hits, and 1 more when none was left out; so does `screenDirtyPairs`. */
  sweepCycles(
    minEdge: number,
    minLegs: number,
    maxLegs: number,
    maxHits: number,
    fifthRoot: number,
  ): number;
  screenDirtyPairs(minEdge: number, minLegs: number, maxLegs: number, maxHits: number): number;
  findCycle(): number;
  auditCycles(minLegs: number, maxLegs: number, minEdge: number, maxCycles: number): void;
}

const FUNCTION_NAMES = [
  'configureCycles',
  'applyRates',
  'judgeAll',
  'clearCycleExchange',
  'sweepCycles',
  'screenDirtyPairs',
  'findCycle',
  'auditCycles',
] as const satisfies readonly (keyof CycleFunctions)[];

/** Instantiates the module for cycles. @throws {SpreadscopeError} `kernel_incompatible` when it is not this kernel's. */
export function instantiateCycles(module: WebAssembly.Module) {
  const { memory, exports } = instantiateModule(module, FUNCTION_NAMES);
  return { functions: exports as unknown as CycleFunctions, memory, exports };
}

/** The layout as it stands after `configureCycles`. @throws {SpreadscopeError} `kernel_incompatible`. */
export function readCycleLayout(exports: WebAssembly.Exports): CycleLayout {
  return readNumbers(exports, LAYOUT_NAMES);
}
