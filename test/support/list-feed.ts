/** A feed of batches given in advance: each is delivered when the one before was taken. */

import type { Book } from '../../src/domain/book.ts';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import type { Market, MarketDataSource } from '../../src/domain/market.ts';
import type { ExchangeStatus, Feed, FeedBatch } from '../../src/feed/feed.ts';

export interface ListFeedOptions {
  readonly source: MarketDataSource;
  readonly markets: readonly Market[];
  readonly batches: Iterable<FeedBatch> | AsyncIterable<FeedBatch>;
  /** Depth that can be fetched, by exchange and symbol. */
  readonly depth?: readonly Book[];
  /** While false, no exchange can be loaded. */
  readonly isReachable?: () => boolean;
  readonly downExchanges?: () => readonly string[];
}

export function createListFeed(options: ListFeedOptions): Feed {
  const exchanges = [...new Set(options.markets.map(({ exchange }) => exchange))];
  const statusOf = (exchange: string): ExchangeStatus => {
    const isDown = options.downExchanges?.().includes(exchange) ?? false;
    return {
      exchange,
      state: isDown ? 'down' : 'live',
      transport: 'recording',
      reason: isDown ? { code: 'exchange_network', message: 'told to be down' } : null,
      marketsCount: options.markets.filter((market) => market.exchange === exchange).length,
      updatesCount: 0,
      skippedCount: 0,
      failuresCount: 0,
      lastUpdateAtMs: null,
      roundTripMs: null,
      clockOffsetMs: null,
      retryAtMs: null,
    };
  };
  return {
    source: options.source,
    loadMarkets: async () => {
      if (options.isReachable?.() === false) {
        throw new SpreadscopeError('exchange_network', 'no exchange yet');
      }
      return { markets: options.markets, omitted: [], maxLevelsCount: 0 };
    },
    onMarkets: () => () => undefined,
    batches: async function* (signal) {
      for await (const batch of options.batches) {
        if (signal.aborted) return;
        yield batch;
      }
    },
    fetchBook: async (exchange, symbol) => {
      const found = options.depth?.find(
        (book) => book.exchange === exchange && book.symbol === symbol,
      );
      if (found === undefined) throw new SpreadscopeError('symbol_unknown', 'no depth was given');
      return found;
    },
    exchanges: () => exchanges.map(statusOf),
    close: async () => undefined,
  };
}
