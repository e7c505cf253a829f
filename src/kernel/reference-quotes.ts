/** Quotes of the reference kernel: stores updates, nets them of the taker fee and decides which take part. */

import { at } from './at.ts';
import { WORK } from './core.ts';
import type { KernelCapacity, QuoteBatch, StoredQuote } from './kernel.ts';

/** Flat market state, indexed by symbol × exchangesCount + exchange. */
export interface ReferenceQuotes {
  readonly bid: Float64Array;
  readonly bidSize: Float64Array;
  readonly ask: Float64Array;
  readonly askSize: Float64Array;
  readonly timeMs: Float64Array;
  readonly takerRatio: Float64Array;
  /** 0 where the market takes no part. */
  readonly netBid: Float64Array;
  /** Infinity where the market takes no part. */
  readonly netAsk: Float64Array;
  /** 1 per symbol that changed since the last dirty screening. */
  readonly isDirty: Uint8Array;
  /** 1 + the highest index a quote came for: what a full screening covers. */
  readonly used: { symbolsCount: number; exchangesCount: number };
}

/** Why a quote takes no part; null when it does. A first match in this order. */
type QuoteFault = 'invalid' | 'one_sided' | 'crossed' | null;

const FAULT_COUNTERS = {
  invalid: WORK.quotesInvalid,
  one_sided: WORK.quotesOneSided,
  crossed: WORK.quotesCrossed,
} as const;

export function createReferenceQuotes(
  capacity: KernelCapacity,
  batch: QuoteBatch,
  work: Float64Array,
) {
  const state = createState(capacity);
  const indexOf = (symbolIndex: number, exchangeIndex: number): number =>
    symbolIndex * capacity.exchangesCount + exchangeIndex;

  const applyRow = (row: number): void => {
    const symbolIndex = at(batch.symbolIndex, row);
    const exchangeIndex = at(batch.exchangeIndex, row);
    const index = indexOf(symbolIndex, exchangeIndex);
    for (const field of ['bid', 'bidSize', 'ask', 'askSize', 'timeMs'] as const) {
      state[field][index] = at(batch[field], row);
    }
    const fault = net(state, index);
    if (fault !== null) add(work, FAULT_COUNTERS[fault]);
    state.isDirty[symbolIndex] = 1;
    state.used.symbolsCount = Math.max(state.used.symbolsCount, symbolIndex + 1);
    state.used.exchangesCount = Math.max(state.used.exchangesCount, exchangeIndex + 1);
  };

  const clearMarket = (symbolIndex: number, exchangeIndex: number): void => {
    const index = indexOf(symbolIndex, exchangeIndex);
    for (const field of ['bid', 'bidSize', 'ask', 'askSize', 'timeMs'] as const) {
      state[field][index] = 0;
    }
    if (at(state.netBid, index) > 0) state.isDirty[symbolIndex] = 1;
    net(state, index);
  };

  const operations = {
    setTakerRatio: (symbolIndex: number, exchangeIndex: number, takerRatio: number): void => {
      const index = indexOf(symbolIndex, exchangeIndex);
      state.takerRatio[index] = takerRatio;
      const wasUsed = at(state.netBid, index) > 0;
      net(state, index);
      if (wasUsed || at(state.netBid, index) > 0) state.isDirty[symbolIndex] = 1;
    },
    applyQuotes: (count: number): number => {
      for (let row = 0; row < count; row += 1) {
        if (at(batch.symbolIndex, row) >= capacity.symbolsCount) return row;
        if (at(batch.exchangeIndex, row) >= capacity.exchangesCount) return row;
      }
      for (let row = 0; row < count; row += 1) applyRow(row);
      add(work, WORK.quotesApplied, count);
      return -1;
    },
    clearMarket,
    clearExchange: (exchangeIndex: number): void => {
      for (let symbolIndex = 0; symbolIndex < state.used.symbolsCount; symbolIndex += 1) {
        clearMarket(symbolIndex, exchangeIndex);
      }
    },
    readQuote: (symbolIndex: number, exchangeIndex: number): StoredQuote => {
      const index = indexOf(symbolIndex, exchangeIndex);
      return {
        bid: at(state.bid, index),
        bidSize: at(state.bidSize, index),
        ask: at(state.ask, index),
        askSize: at(state.askSize, index),
        timeMs: at(state.timeMs, index),
        netBid: at(state.netBid, index),
        netAsk: at(state.netAsk, index),
      };
    },
  };
  return { state, operations };
}

function createState(capacity: KernelCapacity): ReferenceQuotes {
  const marketsCount = capacity.symbolsCount * capacity.exchangesCount;
  return {
    bid: new Float64Array(marketsCount),
    bidSize: new Float64Array(marketsCount),
    ask: new Float64Array(marketsCount),
    askSize: new Float64Array(marketsCount),
    timeMs: new Float64Array(marketsCount),
    takerRatio: new Float64Array(marketsCount),
    netBid: new Float64Array(marketsCount),
    netAsk: new Float64Array(marketsCount).fill(Number.POSITIVE_INFINITY),
    isDirty: new Uint8Array(capacity.symbolsCount),
    used: { symbolsCount: 0, exchangesCount: 0 },
  };
}

/** Nets one stored quote, or takes it out; says why. */
function net(state: ReferenceQuotes, index: number): QuoteFault {
  const takerRatio = at(state.takerRatio, index);
  const netBid = at(state.bid, index) * (1 - takerRatio);
  const netAsk = at(state.ask, index) * (1 + takerRatio);
  const fault = findFault(state, index, netBid, netAsk);
  state.netBid[index] = fault === null ? netBid : 0;
  state.netAsk[index] = fault === null ? netAsk : Number.POSITIVE_INFINITY;
  return fault;
}

function findFault(
  state: ReferenceQuotes,
  index: number,
  netBid: number,
  netAsk: number,
): QuoteFault {
  const bid = at(state.bid, index);
  const ask = at(state.ask, index);
  const isPriced = isPriceOrNone(bid) && isPriceOrNone(ask);
  const isSized = isSize(at(state.bidSize, index), bid) && isSize(at(state.askSize, index), ask);
  if (!isPriced || !isSized || !Number.isFinite(at(state.timeMs, index))) return 'invalid';
  if (bid === 0 || ask === 0) return 'one_sided';
  if (bid >= ask) return 'crossed';
  // A price at the end of the number range may leave it when the fee is applied.
  return netBid > 0 && netAsk > 0 && netAsk < Number.POSITIVE_INFINITY ? null : 'invalid';
}

function isPriceOrNone(price: number): boolean {
  return price >= 0 && price < Number.POSITIVE_INFINITY;
}

/** A size is unknown (NaN) or finite and positive; of a side without a price it does not matter. */
function isSize(size: number, price: number): boolean {
  return price === 0 || Number.isNaN(size) || (size > 0 && size < Number.POSITIVE_INFINITY);
}

function add(work: Float64Array, counter: number, count = 1): void {
  work[counter] = at(work, counter) + count;
}
