/** Makes the contract's kernel of a core: checks arguments, names results. */

import type { Level } from '../domain/book.ts';
import { at } from './at.ts';
import { BATCH_CAPACITY_COUNT } from './capacity.ts';
import {
  checkCostRequest,
  checkCount,
  checkIndex,
  checkScreenParams,
  checkSizingRequest,
  checkTakerRatio,
} from './checks.ts';
import { COMMIT, type KernelCore, SIZING, WORK } from './core.ts';
import type {
  BookLoad,
  BookSideViews,
  KernelCapacity,
  KernelWork,
  MarketKernel,
  PairCostRequest,
  PairCosts,
  PairSizing,
  PairSizingRequest,
  ScreenParams,
} from './kernel.ts';

/** A kernel over `core`, whose arrays have room for `capacity` (already checked). */
export function createCheckedKernel(core: KernelCore, capacity: KernelCapacity): MarketKernel {
  return {
    name: core.name,
    capacity,
    batch: core.batch,
    batchCapacityCount: BATCH_CAPACITY_COUNT,
    hits: core.hits,
    ...marketOperations(core, capacity),
    ...screenOperations(core, capacity),
    ...bookOperations(core, capacity),
    readWork: () => toKernelWork(core.work),
    resetWork: () => {
      core.work.fill(0);
    },
  };
}

function marketOperations(core: KernelCore, capacity: KernelCapacity) {
  const checkMarket = (symbolIndex: number, exchangeIndex: number): void => {
    checkIndex('symbolIndex', symbolIndex, capacity.symbolsCount);
    checkIndex('exchangeIndex', exchangeIndex, capacity.exchangesCount);
  };
  return {
    setTakerRatio: (symbolIndex: number, exchangeIndex: number, takerRatio: number): void => {
      checkMarket(symbolIndex, exchangeIndex);
      checkTakerRatio('takerRatio', takerRatio);
      core.setTakerRatio(symbolIndex, exchangeIndex, takerRatio);
    },
    applyQuotes: (count: number): number => {
      checkCount('count', count, BATCH_CAPACITY_COUNT);
      const before = unusedCount(core.work);
      const badRow = core.applyQuotes(count);
      if (badRow >= 0) throw badBatchRow(core, capacity, badRow);
      return unusedCount(core.work) - before;
    },
    clearMarket: (symbolIndex: number, exchangeIndex: number): void => {
      checkMarket(symbolIndex, exchangeIndex);
      core.clearMarket(symbolIndex, exchangeIndex);
    },
    clearExchange: (exchangeIndex: number): void => {
      checkIndex('exchangeIndex', exchangeIndex, capacity.exchangesCount);
      core.clearExchange(exchangeIndex);
    },
    readQuote: (symbolIndex: number, exchangeIndex: number) => {
      checkMarket(symbolIndex, exchangeIndex);
      return core.readQuote(symbolIndex, exchangeIndex);
    },
  };
}

function screenOperations(core: KernelCore, capacity: KernelCapacity) {
  return {
    screenDirty: (params: ScreenParams): number => {
      checkScreenParams(params);
      const { nowMs, maxAgeMs, maxFutureMs, minEdgeRatio } = params;
      return core.screenDirty(nowMs, maxAgeMs, maxFutureMs, minEdgeRatio);
    },
    screenAll: (params: ScreenParams): number => {
      checkScreenParams(params);
      const { nowMs, maxAgeMs, maxFutureMs, minEdgeRatio } = params;
      return core.screenAll(nowMs, maxAgeMs, maxFutureMs, minEdgeRatio);
    },
    screenPairs: (symbolIndex: number, params: ScreenParams): number => {
      checkIndex('symbolIndex', symbolIndex, capacity.symbolsCount);
      checkScreenParams(params);
      const { nowMs, maxAgeMs, maxFutureMs, minEdgeRatio } = params;
      return core.screenPairs(symbolIndex, nowMs, maxAgeMs, maxFutureMs, minEdgeRatio);
    },
  };
}

function bookOperations(core: KernelCore, capacity: KernelCapacity) {
  const bookViews = (slot: number) => {
    checkIndex('slot', slot, capacity.bookSlotsCount);
    return core.bookViews(slot);
  };
  const commitBook = (slot: number, bidsCount: number, asksCount: number): BookLoad => {
    checkIndex('slot', slot, capacity.bookSlotsCount);
    checkCount('bidsCount', bidsCount, capacity.bookLevelsCount);
    checkCount('asksCount', asksCount, capacity.bookLevelsCount);
    return toBookLoad(core.commitBook(slot, bidsCount, asksCount));
  };
  return {
    bookViews,
    commitBook,
    loadBook: (slot: number, bids: readonly Level[], asks: readonly Level[]): BookLoad => {
      const views = bookViews(slot);
      checkCount('bids.length', bids.length, capacity.bookLevelsCount);
      checkCount('asks.length', asks.length, capacity.bookLevelsCount);
      writeSide(views.bids, bids);
      writeSide(views.asks, asks);
      return commitBook(slot, bids.length, asks.length);
    },
    sizePair: (request: PairSizingRequest): PairSizing => {
      checkSizingRequest(request, capacity.bookSlotsCount);
      core.sizePair(
        request.askSlot,
        request.bidSlot,
        request.buyTakerRatio,
        request.sellTakerRatio,
        request.maxSizeInBase,
        request.maxCostInQuote,
      );
      return toPairSizing(core.sizing);
    },
    costPair: (request: PairCostRequest): PairCosts => {
      checkCostRequest(request, capacity.bookSlotsCount);
      core.costPair(
        request.askSlot,
        request.bidSlot,
        request.buyTakerRatio,
        request.sellTakerRatio,
        request.maxSizeInBase,
        request.maxCostInQuote,
        request.conversionRate,
        request.riskRatio,
        request.fixedCostInQuote,
      );
      return toPairCosts(core.sizing);
    },
  };
}

function writeSide(side: BookSideViews, levels: readonly Level[]): void {
  const { price, size } = side;
  for (let index = 0; index < levels.length; index += 1) {
    const level = levels[index];
    price[index] = level === undefined ? Number.NaN : level[0];
    size[index] = level === undefined ? Number.NaN : level[1];
  }
}

function toBookLoad(code: number): BookLoad {
  if (code === COMMIT.loaded) return 'loaded';
  return code === COMMIT.badBid ? 'bad_bid' : 'bad_ask';
}

function badBatchRow(core: KernelCore, capacity: KernelCapacity, row: number): RangeError {
  const symbolIndex = at(core.batch.symbolIndex, row);
  const exchangeIndex = at(core.batch.exchangeIndex, row);
  return new RangeError(
    `batch row ${row}: expected a symbol index below ${capacity.symbolsCount} and an exchange index below ` +
      `${capacity.exchangesCount}, got ${symbolIndex} and ${exchangeIndex}`,
  );
}

function unusedCount(work: Float64Array): number {
  return (
    at(work, WORK.quotesInvalid) + at(work, WORK.quotesOneSided) + at(work, WORK.quotesCrossed)
  );
}

function toPairSizing(sizing: Float64Array): PairSizing {
  return {
    sizeInBase: at(sizing, SIZING.size),
    costInQuote: at(sizing, SIZING.cost),
    proceedsInQuote: at(sizing, SIZING.proceeds),
    profitInQuote: at(sizing, SIZING.profit),
    askLevelsCount: at(sizing, SIZING.askLevels),
    bidLevelsCount: at(sizing, SIZING.bidLevels),
    askLimitInQuote: at(sizing, SIZING.askLimit),
    bidLimitInQuote: at(sizing, SIZING.bidLimit),
  };
}

function toPairCosts(sizing: Float64Array): PairCosts {
  const breakEvenSize = at(sizing, SIZING.breakEvenSize);
  return {
    sizeInBase: at(sizing, SIZING.size),
    costInQuote: at(sizing, SIZING.cost),
    proceedsInQuote: at(sizing, SIZING.proceeds),
    profitInQuote: at(sizing, SIZING.profit),
    askLevelsCount: at(sizing, SIZING.askLevels),
    bidLevelsCount: at(sizing, SIZING.bidLevels),
    askLimitInQuote: at(sizing, SIZING.askLimit),
    bidLimitInQuote: at(sizing, SIZING.bidLimit),
    grossInQuote: at(sizing, SIZING.gross),
    buyDepthInQuote: at(sizing, SIZING.buyDepth),
    sellDepthInQuote: at(sizing, SIZING.sellDepth),
    buyFeeInQuote: at(sizing, SIZING.buyFee),
    sellFeeInQuote: at(sizing, SIZING.sellFee),
    conversionInQuote: at(sizing, SIZING.conversion),
    riskInQuote: at(sizing, SIZING.risk),
    fixedInQuote: at(sizing, SIZING.fixed),
    netInQuote: at(sizing, SIZING.net),
    breakEvenTakerRatio: at(sizing, SIZING.breakEvenTaker),
    breakEvenSizeInBase: Number.isNaN(breakEvenSize) ? null : breakEvenSize,
  };
}

function toKernelWork(work: Float64Array): KernelWork {
  return {
    quotesAppliedCount: at(work, WORK.quotesApplied),
    quotesInvalidCount: at(work, WORK.quotesInvalid),
    quotesOneSidedCount: at(work, WORK.quotesOneSided),
    quotesCrossedCount: at(work, WORK.quotesCrossed),
    symbolsScreenedCount: at(work, WORK.symbolsScreened),
    exchangesComparedCount: at(work, WORK.exchangesCompared),
    hitsCount: at(work, WORK.hits),
    booksLoadedCount: at(work, WORK.booksLoaded),
    pairsSizedCount: at(work, WORK.pairsSized),
    levelsWalkedCount: at(work, WORK.levelsWalked),
  };
}
