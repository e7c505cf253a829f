/**
 * The contract of the detection kernel: quotes in, hits and sizes out. Markets are named by index (symbol, exchange);
 * the host keeps the names. Two kernels fulfil it and give the same bits: `reference.ts` and the WASM module.
 *
 * A kernel holds its market state in flat arrays and nothing else: the same state and the same call give the same
 * answer. Views (`batch`, `hits`, book sides) are fixed for the life of the kernel; their contents belong to the caller
 * (`batch`, book sides) or to the last screening call (`hits`).
 */

import type { Level } from '../domain/book.ts';

/** How much state a kernel holds; fixed when it is created. See `KERNEL_LIMITS` for the bounds. */
export interface KernelCapacity {
  readonly symbolsCount: number;
  readonly exchangesCount: number;
  /** Books held at the same time. */
  readonly bookSlotsCount: number;
  /** Levels of one side of one book. */
  readonly bookLevelsCount: number;
}

/** Quote updates, one row each, written by the caller. Rows are applied in order. */
export interface QuoteBatch {
  readonly symbolIndex: Uint32Array;
  readonly exchangeIndex: Uint32Array;
  /** Quote units; 0 when nobody bids. */
  readonly bid: Float64Array;
  /** Base units; NaN when unknown. */
  readonly bidSize: Float64Array;
  /** Quote units; 0 when nobody asks. */
  readonly ask: Float64Array;
  /** Base units; NaN when unknown. */
  readonly askSize: Float64Array;
  /** Milliseconds since the epoch, on the clock that `ScreenParams.nowMs` is on. */
  readonly timeMs: Float64Array;
}

/** What a screening found, one row each: buy on one exchange, sell on another. */
export interface HitViews {
  readonly symbolIndex: Uint32Array;
  readonly buyExchangeIndex: Uint32Array;
  readonly sellExchangeIndex: Uint32Array;
  /** Net bid ÷ net ask − 1, both taker fees taken out. */
  readonly edgeRatio: Float64Array;
}

/** What a quote must fulfil to take part, and what makes a hit. */
export interface ScreenParams {
  readonly nowMs: number;
  /** Quotes of age (`nowMs` − time) up to and including this take part; Infinity: all. */
  readonly maxAgeMs: number;
  /** Quotes dated up to and including this far ahead of `nowMs` take part; Infinity: all. */
  readonly maxFutureMs: number;
  /** A hit has an edge strictly above this; at least −1 (every pair of quotes that take part). */
  readonly minEdgeRatio: number;
}

/** One stored quote. */
export interface StoredQuote {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  readonly timeMs: number;
  /** Bid × (1 − taker fee); 0 when the market does not take part. */
  readonly netBid: number;
  /** Ask × (1 + taker fee); Infinity when the market does not take part. */
  readonly netAsk: number;
}

/** One side of one book, best level first, written by the caller before `commitBook`. */
export interface BookSideViews {
  /** Quote units; bids falling, asks rising; equal neighbours are allowed. */
  readonly price: Float64Array;
  /** Base units, at least 0. */
  readonly size: Float64Array;
}

export interface BookViews {
  readonly bids: BookSideViews;
  readonly asks: BookSideViews;
}

/** `bad_*`: a level is not a finite positive price with a finite size of at least 0 in order; the slot is then empty. */
export type BookLoad = 'loaded' | 'bad_bid' | 'bad_ask';

export interface PairSizingRequest {
  /** Slot of the book that is bought from. */
  readonly askSlot: number;
  /** Slot of the book that is sold into. */
  readonly bidSlot: number;
  /** Fee of the bought leg, charged in quote units on top of the cost; above −1 and below 1. */
  readonly buyTakerRatio: number;
  /** Fee of the sold leg, taken from the proceeds in quote units; above −1 and below 1. */
  readonly sellTakerRatio: number;
  /** Largest size in base units; Infinity: no cap. */
  readonly maxSizeInBase: number;
  /** Most to pay for the bought leg, its fee included, quote units (within a rounding); Infinity: no cap. */
  readonly maxCostInQuote: number;
}

/** The size of greatest profit. All zero when nothing crosses. */
export interface PairSizing {
  readonly sizeInBase: number;
  /** Paid for the bought leg, fee included. */
  readonly costInQuote: number;
  /** Received for the sold leg, fee deducted. */
  readonly proceedsInQuote: number;
  readonly profitInQuote: number;
  /** Levels touched on each side. */
  readonly askLevelsCount: number;
  readonly bidLevelsCount: number;
  /** Price of the last level touched: the limit price that fills the whole size. */
  readonly askLimitInQuote: number;
  readonly bidLimitInQuote: number;
}

export interface PairCostRequest extends PairSizingRequest {
  /** Units of the quote asset paid that one unit of the quote asset received is worth; 1 when they are one; above 0. */
  readonly conversionRate: number;
  /** Part of the proceeds that is set aside for the price moving before they are there; 0 to below 1. */
  readonly riskRatio: number;
  /** Costs whatever the size, such as a withdrawal's, in units of the quote asset paid; at least 0. */
  readonly fixedCostInQuote: number;
}

/**
 * The size of greatest profit with what each step takes of it. The steps are amounts in the quote asset paid, costs
 * negative, and add up to `netInQuote` within f64's rounding. All but fixed and net are zero when nothing crosses.
 */
export interface PairCosts extends PairSizing {
  /** The size at the best prices: size × (best bid − best ask). */
  readonly grossInQuote: number;
  /** What the levels behind the best one cost. */
  readonly buyDepthInQuote: number;
  readonly sellDepthInQuote: number;
  readonly buyFeeInQuote: number;
  readonly sellFeeInQuote: number;
  /** Proceeds after the fee × (rate − 1). */
  readonly conversionInQuote: number;
  readonly riskInQuote: number;
  readonly fixedInQuote: number;
  readonly netInQuote: number;
  /** The taker fee on both legs at which this size earns nothing; 0 when nothing crosses. */
  readonly breakEvenTakerRatio: number;
  /** The least size that earns the fixed costs, 0 when there are none; null when no size does. */
  readonly breakEvenSizeInBase: number | null;
}

/** Work done since `resetWork`: the measure of work where clocks stand still. */
export interface KernelWork {
  readonly quotesAppliedCount: number;
  /** Applied, but the market does not take part until its next good quote, by first reason. */
  readonly quotesInvalidCount: number;
  readonly quotesOneSidedCount: number;
  /** Crossed or locked: bid at or above ask. */
  readonly quotesCrossedCount: number;
  readonly symbolsScreenedCount: number;
  /** Symbols screened × exchanges in use. */
  readonly exchangesComparedCount: number;
  readonly hitsCount: number;
  readonly booksLoadedCount: number;
  readonly pairsSizedCount: number;
  /** Levels touched by sized pairs, both sides. */
  readonly levelsWalkedCount: number;
}

export interface MarketKernel {
  readonly name: 'reference' | 'wasm';
  readonly capacity: KernelCapacity;
  readonly batch: QuoteBatch;
  /** Rows of `batch`. */
  readonly batchCapacityCount: number;
  readonly hits: HitViews;
  /**
   * Sets the taker fee of one market and nets its stored quote anew. Initially 0 everywhere.
   *
   * @throws {RangeError} on an index beyond the capacity or a fee that is not above −1 and below 1.
   */
  setTakerRatio(symbolIndex: number, exchangeIndex: number, takerRatio: number): void;
  /**
   * Stores the first `count` rows of `batch` and marks their symbols dirty. A row whose prices, sizes or time cannot be
   * used (see `KernelWork`) replaces the market's quote too: the market then takes no part until its next good quote.
   *
   * @returns how many of the rows do not take part.
   * @throws {RangeError} when `count` or an index of a row is beyond the capacity; nothing is applied then.
   */
  applyQuotes(count: number): number;
  /** Takes one market out until its next quote; its symbol becomes dirty. @throws {RangeError} on a bad index. */
  clearMarket(symbolIndex: number, exchangeIndex: number): void;
  /** Takes one exchange out of all symbols until their next quotes. @throws {RangeError} on a bad index. */
  clearExchange(exchangeIndex: number): void;
  /** The stored quote of one market; all fields 0 (net ask Infinity) before its first. @throws {RangeError} on a bad index. */
  readQuote(symbolIndex: number, exchangeIndex: number): StoredQuote;
  /**
   * Screens the symbols that changed since the last `screenDirty`, in rising order of index, and unmarks them: for each,
   * the best net bid and the best net ask of two different exchanges whose quotes take part. At most one hit a symbol.
   * Of equal prices the exchange with the lowest index is taken.
   *
   * @returns the number of rows in `hits`.
   * @throws {RangeError | TypeError} on parameters that are not as described.
   */
  screenDirty(params: ScreenParams): number;
  /** As `screenDirty`, for all symbols; dirty marks stay. */
  screenAll(params: ScreenParams): number;
  /**
   * All directed pairs of two different exchanges of one symbol with an edge above the threshold, greatest edge first;
   * equal edges in rising order of buy, then sell exchange.
   *
   * @returns the number of rows in `hits`.
   */
  screenPairs(symbolIndex: number, params: ScreenParams): number;
  /** The levels of one slot, to be written before `commitBook`. @throws {RangeError} on a bad slot. */
  bookViews(slot: number): BookViews;
  /**
   * Checks the levels written to `bookViews(slot)` and makes them the book of the slot.
   *
   * @throws {RangeError} when a count is beyond the capacity.
   */
  commitBook(slot: number, bidsCount: number, asksCount: number): BookLoad;
  /** Writes and commits a book. @throws {RangeError} when a side has more levels than the capacity. */
  loadBook(slot: number, bids: readonly Level[], asks: readonly Level[]): BookLoad;
  /**
   * The size of greatest profit between the asks of one book and the bids of another. Profit over size is concave and
   * piecewise linear, so the walk ends where the net bid no longer exceeds the net ask, or at a cap.
   *
   * @throws {RangeError | TypeError} on a bad slot, fee or cap.
   */
  sizePair(request: PairSizingRequest): PairSizing;
  /**
   * As `sizePair`, with all costs: conversion and risk lower what each unit brings, so that the size is the best one
   * after them; fixed costs do not move it.
   *
   * @throws {RangeError | TypeError} on a bad slot, fee, cap, rate, risk or fixed cost.
   */
  costPair(request: PairCostRequest): PairCosts;
  readWork(): KernelWork;
  resetWork(): void;
}
