/**
 * Where the state of the cycle kernel lies; an instance of the module serves quotes or cycles, not both. A pair p has
 * the conversions 2p (forward) and 2p + 1 (backward); conversions and assets are u16, counts and places u32.
 *
 *   rates       rate of the conversion | rate of its reverse         f64 × 2 per conversion: a route and its reverse are
 *                                                                    priced by one multiplication a leg
 *   offers      forward × stride | backward × stride | time × stride   f64 per pair and exchange
 *   routes      see `src/kernel/cycles/routes.ts`, which the host writes here once
 */

import { growTo } from './memory';

/** Most legs of a swept cycle. */
export const CYCLE_MAX_LEGS: i32 = 5;

/** Places in CYCLE_WORK; the order of `CYCLE_WORK` in `src/kernel/cycles/cycle-core.ts`. */
export const CYCLE_WORK_RATES_APPLIED: i32 = 0;
export const CYCLE_WORK_RATES_INVALID: i32 = 1;
export const CYCLE_WORK_PAIRS_JUDGED: i32 = 2;
export const CYCLE_WORK_STEPS: i32 = 3;
export const CYCLE_WORK_HITS: i32 = 4;
export const CYCLE_WORK_COUNT: i32 = 5;

/** Counts, as configured. */
export let assetsCount: u32 = 0;
export let pairsCount: u32 = 0;
export let cycleExchanges: u32 = 0;
export let trianglesCount: u32 = 0;
export let diagonalsCount: u32 = 0;
/** Exchanges of a pair, padded to a multiple of two. */
export let offerStride: u32 = 0;

/** Assets that conversions lead to. */
export let conversionTo: usize = 0;
export let rates: usize = 0;
/** Exchange of the best offer per conversion, −1 without one. */
export let bestExchange: usize = 0;
export let offers: usize = 0;
/** One bit per pair, u64 words. */
export let dirtyPairs: usize = 0;
/** Two u32: 1 + the highest word of `dirtyPairs` with a mark, and the complement of the lowest; 0 without marks. */
export let dirtySpan: usize = 0;

/** Routes. */
export let triangles: usize = 0;
export let pairTriangleStart: usize = 0;
export let pairTriangles: usize = 0;
export let mids: usize = 0;
export let diagonalStart: usize = 0;
export let midDiagonal: usize = 0;
export let pairMidStart: usize = 0;
export let pairMids: usize = 0;
/** Conversions by the asset they leave. */
export let outStart: usize = 0;
export let outConversions: usize = 0;

/** Batch columns. */
export let ratePair: usize = 0;
export let rateExchange: usize = 0;
export let rateForward: usize = 0;
export let rateBackward: usize = 0;
export let rateTime: usize = 0;

/** Hit columns: legs, CYCLE_MAX_LEGS conversions, edge. */
export let cycleHitLegs: usize = 0;
export let cycleHitConversions: usize = 0;
export let cycleHitEdge: usize = 0;

export let cycleWork: usize = 0;
/** A cycle of any length: its conversions, u32; an f64 edge. */
export let foundConversions: usize = 0;
export let foundEdge: usize = 0;
/** Answers of `auditCycles`: cycles, profitable ones, legs of the best, 1 when complete; f64. */
export let auditResult: usize = 0;

/** Working memory: nothing in it outlives a call. */
export let labels: usize = 0;
export let treeParent: usize = 0;
export let treeNext: usize = 0;
export let treePrevious: usize = 0;
export let treeDepth: usize = 0;
/** One byte per asset: bits of `cycle-find.ts`. */
export let assetFlags: usize = 0;
export let queue: usize = 0;
export let gains: usize = 0;
/** Best product of a walk of 0 to CYCLE_MAX_LEGS − 1 legs from each asset. */
export let reaches: usize = 0;
export let path: usize = 0;

let end: usize = 0;

/** Lays out the state for a graph and its routes. @returns 1, or 0 without memory or when called again. */
export function configureCycles(
  assets: u32,
  pairs: u32,
  exchanges: u32,
  triangleRows: u32,
  midRows: u32,
  diagonalRows: u32,
  batchRows: u32,
  hitRows: u32,
): i32 {
  if (assetsCount != 0) return 0;
  offerStride = (exchanges + 1) & ~1;
  end = (__heap_base + 63) & ~63;
  placeRates(pairs);
  placeRoutes(assets, pairs, triangleRows, midRows, diagonalRows);
  placeColumns(batchRows, hitRows);
  placeWorking(assets, pairs);
  if (!growTo(end)) return 0;
  assetsCount = assets;
  pairsCount = pairs;
  cycleExchanges = exchanges;
  trianglesCount = triangleRows;
  diagonalsCount = diagonalRows;
  memory.fill(bestExchange, 0xff, (<usize>pairs) << 3);
  return 1;
}

function placeRates(pairs: usize): void {
  conversionTo = place(pairs << 2);
  rates = place(pairs << 5);
  bestExchange = place(pairs << 3);
  offers = place((pairs * 3 * offerStride) << 3);
  dirtyPairs = place(((pairs + 63) >> 6) << 3);
  dirtySpan = place(8);
  cycleWork = place((<usize>CYCLE_WORK_COUNT) << 3);
}

function placeRoutes(
  assets: usize,
  pairs: usize,
  triangleRows: usize,
  midRows: usize,
  diagonalRows: usize,
): void {
  triangles = place(triangleRows * 6);
  pairTriangleStart = place((pairs + 1) << 2);
  pairTriangles = place(triangleRows * 3 * 4);
  mids = place(midRows << 2);
  diagonalStart = place((diagonalRows + 1) << 2);
  midDiagonal = place(midRows << 2);
  pairMidStart = place((pairs + 1) << 2);
  pairMids = place(midRows << 3);
  outStart = place((assets + 1) << 2);
  outConversions = place(pairs << 2);
}

function placeColumns(batchRows: usize, hitRows: usize): void {
  ratePair = place(batchRows << 2);
  rateExchange = place(batchRows << 2);
  rateForward = place(batchRows << 3);
  rateBackward = place(batchRows << 3);
  rateTime = place(batchRows << 3);
  cycleHitLegs = place(hitRows << 2);
  cycleHitConversions = place((hitRows << 2) * CYCLE_MAX_LEGS);
  cycleHitEdge = place(hitRows << 3);
}

function placeWorking(assets: usize, pairs: usize): void {
  foundConversions = place(assets << 2);
  foundEdge = place(8);
  auditResult = place(32);
  labels = place(assets << 3);
  treeParent = place((assets + 1) << 2);
  treeNext = place((assets + 1) << 2);
  treePrevious = place((assets + 1) << 2);
  treeDepth = place((assets + 1) << 2);
  assetFlags = place(assets + 1);
  queue = place(assets << 2);
  gains = place(pairs << 4);
  reaches = place((assets << 3) * CYCLE_MAX_LEGS);
  path = place((assets + 1) << 2);
}

/** Gives the next `bytes`, on a cache line of their own. */
function place(bytes: usize): usize {
  const address = end;
  end = (end + bytes + 63) & ~63;
  return address;
}
