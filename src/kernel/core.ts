/**
 * What a kernel's implementation provides: the operations of the contract without checks of their arguments, over flat
 * arrays. `createCheckedKernel` makes a `MarketKernel` of it, so that both kernels refuse the same calls in the same words.
 */

import type { BookViews, HitViews, MarketKernel, QuoteBatch, StoredQuote } from './kernel.ts';

/** Places of the counters in `KernelCore.work`. */
export const WORK = {
  quotesApplied: 0,
  quotesInvalid: 1,
  quotesOneSided: 2,
  quotesCrossed: 3,
  symbolsScreened: 4,
  exchangesCompared: 5,
  hits: 6,
  booksLoaded: 7,
  pairsSized: 8,
  levelsWalked: 9,
} as const;

/** Length of `KernelCore.work`. */
export const WORK_COUNT = 10;

/** Places of the results in `KernelCore.sizing`. */
export const SIZING = {
  size: 0,
  cost: 1,
  proceeds: 2,
  profit: 3,
  askLevels: 4,
  bidLevels: 5,
  askLimit: 6,
  bidLimit: 7,
  gross: 8,
  buyDepth: 9,
  sellDepth: 10,
  buyFee: 11,
  sellFee: 12,
  conversion: 13,
  risk: 14,
  fixed: 15,
  net: 16,
  breakEvenTaker: 17,
  breakEvenSize: 18,
} as const;

/** Length of `KernelCore.sizing`. */
export const SIZING_COUNT = 20;

/** Answers of `KernelCore.commitBook`. */
export const COMMIT = { loaded: 0, badBid: 1, badAsk: 2 } as const;

export interface KernelCore {
  readonly name: MarketKernel['name'];
  readonly batch: QuoteBatch;
  readonly hits: HitViews;
  /** Counters in the order of `WORK`. */
  readonly work: Float64Array;
  /** Results of the last `sizePair`, or of the last `costPair` with those of its steps, in the order of `SIZING`. */
  readonly sizing: Float64Array;
  setTakerRatio(symbolIndex: number, exchangeIndex: number, takerRatio: number): void;
  /** @returns −1, or the first row with an index beyond the capacity (then nothing was applied). */
  applyQuotes(count: number): number;
  clearMarket(symbolIndex: number, exchangeIndex: number): void;
  clearExchange(exchangeIndex: number): void;
  readQuote(symbolIndex: number, exchangeIndex: number): StoredQuote;
  screenDirty(nowMs: number, maxAgeMs: number, maxFutureMs: number, minEdge: number): number;
  screenAll(nowMs: number, maxAgeMs: number, maxFutureMs: number, minEdge: number): number;
  screenPairs(
    symbolIndex: number,
    nowMs: number,
    maxAgeMs: number,
    maxFutureMs: number,
    minEdge: number,
  ): number;
  bookViews(slot: number): BookViews;
  /** @returns a value of `COMMIT`. */
  commitBook(slot: number, bidsCount: number, asksCount: number): number;
  /** Leaves its results in `sizing`. */
  sizePair(
    askSlot: number,
    bidSlot: number,
    buyTakerRatio: number,
    sellTakerRatio: number,
    maxSizeInBase: number,
    maxCostInQuote: number,
  ): void;
  /** Leaves its results in `sizing`. */
  costPair(
    askSlot: number,
    bidSlot: number,
    buyTakerRatio: number,
    sellTakerRatio: number,
    maxSizeInBase: number,
    maxCostInQuote: number,
    conversionRate: number,
    riskRatio: number,
    fixedCostInQuote: number,
  ): void;
}
