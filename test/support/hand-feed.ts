/** A feed whose quotes, books and exchange states a test sets by hand, over a real clock. */

import { systemClock } from '../../src/domain/clock.ts';
import { type ErrorCode, SpreadscopeError } from '../../src/domain/errors.ts';
import type { Funding } from '../../src/domain/funding.ts';
import type { Market } from '../../src/domain/market.ts';
import type { AssetNetwork } from '../../src/domain/network.ts';
import type { Quote } from '../../src/domain/quote.ts';
import { createConflatingQueue } from '../../src/feed/conflation.ts';
import type { ExchangeStatus, Feed, FeedMarkets } from '../../src/feed/feed.ts';

export interface HandFeed extends Feed {
  /** Bid and ask of one market, arrived now. */
  quote(exchange: string, symbol: string, bid: number, ask: number): void;
  setState(exchange: string, state: 'live' | 'down'): void;
  setMarkets(markets: readonly Market[]): void;
  fund(funding: Funding): void;
  setNetworks(networks: readonly AssetNetwork[]): void;
}

export function createHandFeed(markets: readonly Market[]): HandFeed {
  const queue = createConflatingQueue(systemClock);
  const states = new Map<string, 'live' | 'down'>();
  const listeners = new Set<(markets: FeedMarkets) => void>();
  let loaded: FeedMarkets = { markets, omitted: [], maxLevelsCount: 10 };
  let networks: readonly AssetNetwork[] = [];
  let updatesCount = 0;
  let lastUpdateAtMs: number | null = null;
  let isClosed = false;
  const refuse = (code: ErrorCode, message: string): never => {
    throw new SpreadscopeError(code, message);
  };
  const statusOf = (exchange: string): ExchangeStatus => {
    const state = isClosed ? 'closed' : (states.get(exchange) ?? 'live');
    return {
      exchange,
      state,
      transport: 'websocket',
      reason: state === 'live' ? null : { code: 'exchange_network', message: 'told to be down' },
      marketsCount: loaded.markets.filter((market) => market.exchange === exchange).length,
      updatesCount,
      skippedCount: queue.skippedCount(exchange),
      failuresCount: 0,
      lastUpdateAtMs,
      roundTripMs: 1,
      clockOffsetMs: null,
      retryAtMs: null,
    };
  };
  return {
    source: 'synthetic',
    loadMarkets: async () => loaded,
    onMarkets: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    batches: (signal) => queue.batches(signal),
    fetchBook: async (exchange, symbol, levelsCount) => {
      const isKnown = loaded.markets.some((m) => m.exchange === exchange && m.symbol === symbol);
      if (!isKnown) refuse('symbol_unknown', `${exchange}: no ${symbol}`);
      const times = { exchangeTimeMs: null, receivedAtMs: Date.now() };
      const bids = [[99, 1] as const, [98, 2] as const].slice(0, levelsCount);
      const asks = [[101, 1] as const, [102, 2] as const].slice(0, levelsCount);
      return { exchange, symbol, bids, asks, ...times };
    },
    exchanges: () => [...new Set(loaded.markets.map(({ exchange }) => exchange))].map(statusOf),
    networks: () => networks,
    setNetworks: (next) => {
      networks = next;
    },
    close: async () => {
      isClosed = true;
      queue.close();
    },
    quote: (exchange, symbol, bid, ask) => {
      updatesCount += 1;
      lastUpdateAtMs = Date.now();
      queue.pushQuote(toQuote(exchange, symbol, bid, ask, lastUpdateAtMs));
    },
    fund: (funding) => queue.pushFunding(funding),
    setState: (exchange, state) => void states.set(exchange, state),
    setMarkets: (next) => {
      loaded = { ...loaded, markets: next };
      for (const listener of listeners) listener(loaded);
    },
  };
}

function toQuote(
  exchange: string,
  symbol: string,
  bid: number,
  ask: number,
  receivedAtMs: number,
): Quote {
  const sizes = { bidSize: 1, askSize: Number.NaN };
  return { exchange, symbol, bid, ask, ...sizes, exchangeTimeMs: null, receivedAtMs };
}
