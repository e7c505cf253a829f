/** Small builders of market data for tests; every field can be given. */

import type { Book, Level } from '../../src/domain/book.ts';
import { type Market, parseSymbol } from '../../src/domain/market.ts';
import type { Quote } from '../../src/domain/quote.ts';

export const START_MS = 1_700_000_000_000;

export function market(exchange: string, symbol: string, given: Partial<Market> = {}): Market {
  return {
    exchange,
    symbol,
    ...parseSymbol(symbol),
    takerBps: 0,
    makerBps: 0,
    priceStep: null,
    sizeStep: null,
    minSizeInBase: null,
    maxSizeInBase: null,
    minCostInQuote: null,
    isActive: true,
    ...given,
  };
}

export function quote(
  exchange: string,
  symbol: string,
  bid: number,
  ask: number,
  given: Partial<Quote> = {},
): Quote {
  return {
    exchange,
    symbol,
    bid,
    bidSize: 1,
    ask,
    askSize: 1,
    exchangeTimeMs: null,
    receivedAtMs: START_MS,
    ...given,
  };
}

export function book(
  exchange: string,
  symbol: string,
  bids: readonly Level[],
  asks: readonly Level[],
  given: Partial<Book> = {},
): Book {
  return { exchange, symbol, bids, asks, exchangeTimeMs: null, receivedAtMs: START_MS, ...given };
}
