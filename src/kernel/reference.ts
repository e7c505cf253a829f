/** The reference kernel: plain TypeScript over flat arrays. What it answers is the truth that the WASM kernel must match. */

import { BATCH_CAPACITY_COUNT, checkCapacity, toHitsCapacity } from './capacity.ts';
import { createCheckedKernel } from './checked-kernel.ts';
import { SIZING_COUNT, WORK_COUNT } from './core.ts';
import type { HitViews, KernelCapacity, MarketKernel, QuoteBatch } from './kernel.ts';
import { createReferenceBooks } from './reference-books.ts';
import { createReferenceQuotes } from './reference-quotes.ts';
import { createReferenceScreen } from './reference-screen.ts';

/**
 * A kernel in plain TypeScript.
 *
 * @throws {TypeError} when a count of `capacity` is not a number.
 * @throws {SpreadscopeError} `kernel_capacity` when it is out of bounds.
 */
export function createReferenceKernel(capacity: KernelCapacity): MarketKernel {
  const checked = checkCapacity(capacity);
  const work = new Float64Array(WORK_COUNT);
  const sizing = new Float64Array(SIZING_COUNT);
  const batch = createBatch(BATCH_CAPACITY_COUNT);
  const hits = createHits(toHitsCapacity(checked));
  const quotes = createReferenceQuotes(checked, batch, work);
  const core = {
    name: 'reference' as const,
    batch,
    hits,
    work,
    sizing,
    ...quotes.operations,
    ...createReferenceScreen(checked, quotes.state, hits, work),
    ...createReferenceBooks(checked, sizing, work),
  };
  return createCheckedKernel(core, checked);
}

function createBatch(rowsCount: number): QuoteBatch {
  return {
    symbolIndex: new Uint32Array(rowsCount),
    exchangeIndex: new Uint32Array(rowsCount),
    bid: new Float64Array(rowsCount),
    bidSize: new Float64Array(rowsCount),
    ask: new Float64Array(rowsCount),
    askSize: new Float64Array(rowsCount),
    timeMs: new Float64Array(rowsCount),
  };
}

function createHits(rowsCount: number): HitViews {
  return {
    symbolIndex: new Uint32Array(rowsCount),
    buyExchangeIndex: new Uint32Array(rowsCount),
    sellExchangeIndex: new Uint32Array(rowsCount),
    edgeRatio: new Float64Array(rowsCount),
  };
}
