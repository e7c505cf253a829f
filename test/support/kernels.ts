/** Both kernels for tests: one body runs once per kernel, the kernel's name is in the title. */

import { describe } from 'bun:test';
import type { KernelCapacity, MarketKernel, ScreenParams } from '../../src/kernel/kernel.ts';
import { loadKernelModule } from '../../src/kernel/load-file.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createWasmKernel } from '../../src/kernel/wasm.ts';

export type CreateKernel = (capacity?: Partial<KernelCapacity>) => MarketKernel;

const SMALL: KernelCapacity = {
  symbolsCount: 4,
  exchangesCount: 3,
  bookSlotsCount: 2,
  bookLevelsCount: 20,
};

const wasmModule = await loadKernelModule();

export const createReference: CreateKernel = (capacity) =>
  createReferenceKernel({ ...SMALL, ...capacity });

export const createWasm: CreateKernel = (capacity) =>
  createWasmKernel(wasmModule, { ...SMALL, ...capacity });

/** Runs `body` for the reference and for the WASM kernel. */
export function describeKernels(title: string, body: (create: CreateKernel) => void): void {
  describe(`${title} (reference)`, () => body(createReference));
  describe(`${title} (wasm)`, () => body(createWasm));
}

/** One row of a batch; sizes default to 1 and time to 0. */
export interface QuoteRow {
  readonly symbol: number;
  readonly exchange: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize?: number;
  readonly askSize?: number;
  readonly timeMs?: number;
}

/** Writes `rows` to the batch and applies them. */
export function applyRows(kernel: MarketKernel, rows: readonly QuoteRow[]): number {
  const { batch } = kernel;
  for (const [row, quote] of rows.entries()) {
    batch.symbolIndex[row] = quote.symbol;
    batch.exchangeIndex[row] = quote.exchange;
    batch.bid[row] = quote.bid;
    batch.bidSize[row] = quote.bidSize ?? 1;
    batch.ask[row] = quote.ask;
    batch.askSize[row] = quote.askSize ?? 1;
    batch.timeMs[row] = quote.timeMs ?? 0;
  }
  return kernel.applyQuotes(rows.length);
}

/** A hit as `[symbol, buy, sell, edge]`. */
export type Hit = readonly [symbol: number, buy: number, sell: number, edge: number];

export function readHits(kernel: MarketKernel, count: number): readonly Hit[] {
  const { symbolIndex, buyExchangeIndex, sellExchangeIndex, edgeRatio } = kernel.hits;
  return Array.from({ length: count }, (_, row) => [
    symbolIndex[row] ?? -1,
    buyExchangeIndex[row] ?? -1,
    sellExchangeIndex[row] ?? -1,
    edgeRatio[row] ?? Number.NaN,
  ]);
}

/** Parameters under which every quote takes part and every profit is a hit. */
export const ANY_AGE: ScreenParams = {
  nowMs: 0,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFutureMs: Number.POSITIVE_INFINITY,
  minEdgeRatio: 0,
};

/** Hits of a full screening. */
export function screen(kernel: MarketKernel, params: Partial<ScreenParams> = {}): readonly Hit[] {
  return readHits(kernel, kernel.screenAll({ ...ANY_AGE, ...params }));
}
