/**
 * From the newest market state to judged pairs: screen the symbols that changed, list their pairs above the threshold,
 * confirm each at depth. Pure: it reads no clock, fetches nothing and keeps nothing between calls.
 */

import type { Book } from '../domain/book.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { Quote } from '../domain/quote.ts';
import type { MarketKernel, ScreenParams } from '../kernel/kernel.ts';
import { toPriceRatio } from './costs/leg-fee.ts';
import { type Guard, isSkewed, judgeMarket, medianPriceOf } from './guards.ts';
import type { MarketRecord, MarketState } from './market-state.ts';
import { confirmModes } from './modes/confirm-modes.ts';
import { confirmPair, type PairConfirmation } from './pair.ts';
import type { DetectionSettings } from './settings.ts';
import type { AccountView } from './transfer/transfer-terms.ts';

/** A directed pair of markets of one symbol. */
export interface Pair {
  readonly buy: MarketRecord;
  readonly sell: MarketRecord;
}

/** A pair, judged. */
export interface Judgement {
  readonly pair: Pair;
  readonly confirmation: PairConfirmation;
  /** Sides whose depth is not known or too old to be used; ask for it. */
  readonly wanted: readonly MarketRecord[];
}

export interface Detector {
  /** Pairs above the opening threshold at the top of book, of symbols that changed since the last call. */
  screenChanged(nowMs: number): readonly Pair[];
  /** As `screenChanged`, of all symbols. */
  screenAll(nowMs: number): readonly Pair[];
  /** @param isOpen - true when the pair's opportunity is open: it then lives down to the closing threshold. */
  judge(pair: Pair, isOpen: boolean, nowMs: number): Judgement;
}

export interface DetectorOptions {
  readonly kernel: MarketKernel;
  readonly state: MarketState;
  readonly settings: DetectionSettings;
  /** A recording without books is judged by its quotes; elsewhere depth is fetched. */
  readonly source: MarketDataSource;
  /** Networks, volatility and balances; absent: all that is sold is held, and nothing is moved. */
  readonly account?: AccountView;
}

export function createDetector(options: DetectorOptions): Detector {
  const { kernel, state, settings, source, account } = options;
  const paramsAt = (nowMs: number): ScreenParams => ({
    nowMs,
    maxAgeMs: settings.maxAgeMs,
    maxFutureMs: settings.maxFutureMs,
    minEdgeRatio: settings.openEdgeBps / 10_000,
  });
  const symbols: (readonly MarketRecord[])[] = [];

  const recordsAt = (symbolIndex: number): readonly MarketRecord[] => {
    const known = symbols[symbolIndex];
    if (known !== undefined) return known;
    const symbol = state.symbols()[symbolIndex];
    if (symbol === undefined) throw new Error(`BUG: no symbol has index ${symbolIndex}`);
    const records = state.recordsOf(symbol);
    symbols[symbolIndex] = records;
    return records;
  };

  const pairsOf = (hitsCount: number, params: ScreenParams): readonly Pair[] => {
    const symbolIndices = Array.from(kernel.hits.symbolIndex.subarray(0, hitsCount));
    return symbolIndices.flatMap((symbolIndex) => {
      const count = kernel.screenPairs(symbolIndex, params);
      return Array.from({ length: count }, (_, row) => ({
        buy: recordWith(recordsAt(symbolIndex), kernel.hits.buyExchangeIndex[row]),
        sell: recordWith(recordsAt(symbolIndex), kernel.hits.sellExchangeIndex[row]),
      }));
    });
  };

  const guardOf = ({ buy, sell }: Pair, nowMs: number): Guard | null => {
    const hasBand = settings.priceBandBps < Number.POSITIVE_INFINITY;
    const medianPrice = hasBand ? medianPriceOf(recordsAt(buy.symbolIndex), nowMs, settings) : null;
    return (
      judgeMarket(buy, nowMs, settings, medianPrice) ??
      judgeMarket(sell, nowMs, settings, medianPrice)
    );
  };

  const judge = (pair: Pair, isOpen: boolean, nowMs: number): Judgement => {
    const { buy, sell } = pair;
    const guard = guardOf(pair, nowMs);
    if (guard !== null) return { pair, confirmation: rejection(`guard_${guard}`), wanted: [] };
    if (buy.quote !== null && sell.quote !== null) {
      const isApart = isSkewed(buy.quote, sell.quote, settings.maxSkewMs);
      if (isApart) return { pair, confirmation: rejection('legs_skewed'), wanted: [] };
    }
    const leastBps = isOpen ? settings.closeEdgeBps : settings.openEdgeBps;
    if (!isAbove(topEdgeBps(buy, sell), leastBps)) {
      return { pair, confirmation: rejection('edge_below_threshold'), wanted: [] };
    }
    const wanted = [buy, sell].filter((side) => needsDepth(side, source, nowMs, settings));
    const buyBook = depthOfMarket(buy, source);
    const sellBook = depthOfMarket(sell, source);
    if (buyBook === null || sellBook === null) {
      return { pair, confirmation: rejection('book_unavailable'), wanted };
    }
    const bought = { market: buy.market, book: buyBook };
    const sold = { market: sell.market, book: sellBook };
    const confirmAt = (minEdgeBps: number) =>
      account === undefined
        ? confirmPair(kernel, bought, sold, minEdgeBps, settings, nowMs)
        : confirmModes({ kernel, settings, account }, bought, sold, minEdgeBps, nowMs);
    const opening = confirmAt(settings.openEdgeBps);
    const isLowered = isOpen && !opening.found && isShort(opening.reason);
    return { pair, confirmation: isLowered ? confirmAt(settings.closeEdgeBps) : opening, wanted };
  };

  return {
    screenChanged: (nowMs) => {
      const params = paramsAt(nowMs);
      return pairsOf(kernel.screenDirty(params), params);
    },
    screenAll: (nowMs) => {
      const params = paramsAt(nowMs);
      return pairsOf(kernel.screenAll(params), params);
    },
    judge,
  };
}

/** A fetched book older than this share of the age limit is fetched anew. */
const REFRESH_AGE_RATIO = 0.2;
/** Fetched books are refreshed at least this often where age is not limited, milliseconds. */
const MAX_REFRESH_MS = 1_000;

/** True when the depth of a live market is not known, or was fetched too long ago. */
export function needsDepth(
  { book, fetchedBook }: MarketRecord,
  source: MarketDataSource,
  nowMs: number,
  settings: DetectionSettings,
): boolean {
  if (book !== null || source === 'recording') return false;
  const refreshMs = Math.min(MAX_REFRESH_MS, settings.maxAgeMs * REFRESH_AGE_RATIO);
  return fetchedBook === null || nowMs - fetchedBook.receivedAtMs > refreshMs;
}

/** The book that a market would be judged by; null when none is known. */
export function depthOfMarket(record: MarketRecord, source: MarketDataSource): Book | null {
  const { quote, book, fetchedBook } = record;
  if (book !== null) return book;
  if (source !== 'recording') return fetchedBook;
  return quote === null ? null : toOneLevelBook(quote);
}

/** All that a recording of quotes knows of the depth. An unknown size is no size. */
function toOneLevelBook(quote: Quote): Book {
  const { exchange, symbol, exchangeTimeMs, receivedAtMs } = quote;
  return {
    exchange,
    symbol,
    bids: quote.bidSize > 0 ? [[quote.bid, quote.bidSize]] : [],
    asks: quote.askSize > 0 ? [[quote.ask, quote.askSize]] : [],
    exchangeTimeMs,
    receivedAtMs,
  };
}

type Quoted = Pick<MarketRecord, 'market' | 'quote'>;

/** Net edge of the first unit, basis points; NaN without a quote. */
export function topEdgeBps(buy: Quoted, sell: Quoted): number {
  const ask = buy.quote?.ask ?? Number.NaN;
  const bid = sell.quote?.bid ?? Number.NaN;
  const netAsk = ask * (1 + toPriceRatio(buy.market, 'buy'));
  const netBid = bid * (1 - toPriceRatio(sell.market, 'sell'));
  return (netBid / netAsk - 1) * 10_000;
}

/** True when a lower threshold could be reached. */
function isShort(reason: Extract<PairConfirmation, { found: false }>['reason']): boolean {
  return reason === 'edge_below_threshold' || reason === 'edge_short_after_transfer';
}

function isAbove(value: number, threshold: number): boolean {
  return value > threshold;
}

function recordWith(
  records: readonly MarketRecord[],
  exchangeIndex: number | undefined,
): MarketRecord {
  const record = records.find((candidate) => candidate.exchangeIndex === exchangeIndex);
  if (record === undefined) throw new Error(`BUG: no market has exchange index ${exchangeIndex}`);
  return record;
}

function rejection(
  reason: Extract<PairConfirmation, { found: false }>['reason'],
): PairConfirmation {
  return { found: false, reason };
}
