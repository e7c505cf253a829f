/** What each market and each exchange of a recording looked like at the moment that the replay has reached. */

import type { Book, Level } from '../../../domain/book.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import type { Market } from '../../../domain/market.ts';
import type { Quote } from '../../../domain/quote.ts';
import type { ExchangeReason, ExchangeStatus, FeedBatch } from '../../feed.ts';

interface MarketState {
  quote: Quote | null;
  book: Book | null;
}

interface ExchangeState {
  readonly markets: Map<string, MarketState>;
  updatesCount: number;
  lastUpdateAtMs: number | null;
}

export interface RecordedState {
  apply(batch: FeedBatch): void;
  /**
   * The newest book; where there was none, one level a side made of the newest quote.
   *
   * @throws {SpreadscopeError} `exchange_unknown`, `symbol_unknown`, or `exchange_bad_data` when nothing was recorded
   * yet or the quote has no sizes.
   */
  bookOf(exchange: string, symbol: string): Book;
  /** @param reason - null while the recording plays. */
  statuses(reason: ExchangeReason | null): readonly ExchangeStatus[];
}

export function createRecordedState(markets: readonly Market[]): RecordedState {
  const exchanges = new Map<string, ExchangeState>();
  for (const { exchange, symbol } of markets) {
    const state = exchanges.get(exchange) ?? createExchangeState();
    state.markets.set(symbol, { quote: null, book: null });
    exchanges.set(exchange, state);
  }

  const applyTo = (update: Quote | Book, change: (market: MarketState) => void): void => {
    const exchange = exchanges.get(update.exchange);
    const market = exchange?.markets.get(update.symbol);
    if (exchange === undefined || market === undefined) return;
    change(market);
    exchange.updatesCount += 1;
    exchange.lastUpdateAtMs = update.receivedAtMs;
  };

  return {
    apply: ({ quotes, books }) => {
      for (const quote of quotes) applyTo(quote, (market) => (market.quote = quote));
      for (const book of books) applyTo(book, (market) => (market.book = book));
    },
    bookOf: (exchange, symbol) => {
      const { quote, book } = findMarket(exchanges, exchange, symbol);
      if (book !== null) return book;
      if (quote !== null) return toOneLevelBook(quote);
      throw badData(`${exchange}: nothing was recorded for ${symbol} so far`);
    },
    statuses: (reason) =>
      [...exchanges].map(([exchange, state]) => toStatus(exchange, state, reason)),
  };
}

function createExchangeState(): ExchangeState {
  return { markets: new Map(), updatesCount: 0, lastUpdateAtMs: null };
}

function findMarket(
  exchanges: ReadonlyMap<string, ExchangeState>,
  exchange: string,
  symbol: string,
): MarketState {
  const found = exchanges.get(exchange);
  if (found === undefined) {
    throw new SpreadscopeError('exchange_unknown', `${exchange}: not in the recording`);
  }
  const market = found.markets.get(symbol);
  if (market !== undefined) return market;
  throw new SpreadscopeError('symbol_unknown', `${exchange}: the recording has no ${symbol}`);
}

function toOneLevelBook(quote: Quote): Book {
  const { exchange, symbol, exchangeTimeMs, receivedAtMs } = quote;
  const sideOf = (price: number, size: number): readonly Level[] => {
    if (price > 0 && Number.isNaN(size)) {
      throw badData(`${exchange}: ${symbol} was recorded without sizes`);
    }
    return price > 0 && size > 0 ? [[price, size]] : [];
  };
  return {
    exchange,
    symbol,
    bids: sideOf(quote.bid, quote.bidSize),
    asks: sideOf(quote.ask, quote.askSize),
    exchangeTimeMs,
    receivedAtMs,
  };
}

function badData(message: string): SpreadscopeError {
  return new SpreadscopeError('exchange_bad_data', message);
}

function toStatus(
  exchange: string,
  state: ExchangeState,
  reason: ExchangeReason | null,
): ExchangeStatus {
  return {
    exchange,
    state: reason === null ? 'live' : 'closed',
    transport: 'recording',
    reason,
    marketsCount: state.markets.size,
    updatesCount: state.updatesCount,
    skippedCount: 0,
    failuresCount: 0,
    lastUpdateAtMs: state.lastUpdateAtMs,
    roundTripMs: null,
    clockOffsetMs: null,
    retryAtMs: null,
  };
}
