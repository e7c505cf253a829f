/** Everything the HTTP side needs, in memory and steered by the test: a market, a clock, a hub, a store. */

import { parseConfig } from '../../src/config.ts';
import { judgeQuote } from '../../src/detect/guards.ts';
import type { Book } from '../../src/domain/book.ts';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import type { Market } from '../../src/domain/market.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import type { Quote } from '../../src/domain/quote.ts';
import type { ExchangeStatus } from '../../src/feed/feed.ts';
import type { HttpServices, WebPages } from '../../src/http/services.ts';
import type { MarketSnapshot } from '../../src/pipeline/ports.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createTestCache } from './memory-cache.ts';
import { createMemoryHub } from './memory-hub.ts';
import { createMemoryStore } from './memory-store.ts';
import { createMemoryTelemetry, type MemoryTelemetry } from './memory-telemetry.ts';

export interface HttpWorld {
  readonly services: HttpServices & { readonly telemetry: MemoryTelemetry };
  readonly clock: FakeClock;
  readonly open: Opportunity[];
  readonly exchanges: ExchangeStatus[];
  /** Books that `fetchBook` gives, by `exchange symbol`; without one it says that the exchange has none. */
  readonly fetchable: Map<string, Book | Promise<Book>>;
  /** Calls of `fetchBook` so far, as `exchange symbol levels`. */
  readonly fetches: string[];
  readonly stop: AbortController;
  readonly store: OpportunityStore;
  addQuote(quote: Partial<Quote> & Pick<Quote, 'exchange' | 'symbol'>, takerBps?: number): void;
  addMarket(exchange: string, symbol: string, takerBps?: number): void;
  addBook(book: Book): void;
}

interface Row {
  readonly market: Market;
  readonly quote: Quote | null;
  readonly book: Book | null;
}

const PLAIN_PAGES: WebPages = {
  assets: [],
  renderPage: () => '<!doctype html>',
  renderDocs: () => '<!doctype html>',
};

export function createHttpWorld(
  env: Readonly<Record<string, string>> = {},
  web: WebPages = PLAIN_PAGES,
): HttpWorld {
  const clock = createFakeClock();
  const config = parseConfig(env);
  const rows = new Map<string, Row>();
  const open: Opportunity[] = [];
  const exchanges: ExchangeStatus[] = [];
  const fetchable = new Map<string, Book | Promise<Book>>();
  const fetches: string[] = [];
  const stop = new AbortController();
  const store = createMemoryStore();
  let requestsCount = 0;

  const put = (exchange: string, symbol: string, change: Partial<Row>) => {
    const key = `${exchange} ${symbol}`;
    const known = rows.get(key) ?? {
      market: createMarket(exchange, symbol),
      quote: null,
      book: null,
    };
    rows.set(key, { ...known, ...change });
    if (exchanges.every((status) => status.exchange !== exchange)) {
      exchanges.push(createExchangeStatus(exchange, clock.nowMs()));
    }
  };
  const toSnapshot = (row: Row): MarketSnapshot => ({
    ...row,
    ageMs: row.quote === null ? null : clock.nowMs() - row.quote.receivedAtMs,
    guard: judgeQuote(row.quote, clock.nowMs(), config),
  });

  return {
    clock,
    open,
    exchanges,
    fetchable,
    fetches,
    stop,
    store,
    addMarket: (exchange, symbol, takerBps = 10) =>
      put(exchange, symbol, { market: createMarket(exchange, symbol, takerBps) }),
    addQuote: (quote, takerBps = 10) =>
      put(quote.exchange, quote.symbol, {
        market: createMarket(quote.exchange, quote.symbol, takerBps),
        quote: { ...createQuote(clock.nowMs()), ...quote },
      }),
    addBook: (book) => put(book.exchange, book.symbol, { book }),
    services: {
      version: '0.1.0',
      startedAtMs: clock.nowMs(),
      config,
      clock,
      telemetry: createMemoryTelemetry(),
      kernel: { kind: 'reference', version: '1' },
      feed: {
        source: 'synthetic',
        exchanges: () => exchanges,
        fetchBook: async (exchange, symbol, levelsCount) => {
          fetches.push(`${exchange} ${symbol} ${levelsCount}`);
          const book = fetchable.get(`${exchange} ${symbol}`);
          if (book !== undefined) return book;
          throw new SpreadscopeError('exchange_not_supported', `${exchange} gives no books`);
        },
      },
      pipeline: {
        market: {
          symbols: () => [...new Set([...rows.values()].map(({ market }) => market.symbol))],
          snapshots: (symbol) =>
            [...rows.values()].filter(({ market }) => market.symbol === symbol).map(toSnapshot),
        },
        hub: createMemoryHub(clock.nowMs()),
        open: () => open,
        status: () => ({
          state: 'running',
          error: null,
          startedAtMs: clock.nowMs(),
          lastRoundAtMs: clock.nowMs(),
          roundsCount: 12,
          updatesCount: 340,
          candidatesCount: 5,
          openedCount: 2,
          closedCount: 1,
        }),
      },
      store,
      storeWriter: {
        stats: () => ({ queuedCount: 0, writtenCount: 3, droppedCount: 0, lastError: null }),
      },
      cache: createTestCache(clock),
      web,
      createRequestId: () => {
        requestsCount += 1;
        return `request-${requestsCount}`;
      },
      shutdown: stop.signal,
    },
  };
}

function createQuote(nowMs: number): Omit<Quote, 'exchange' | 'symbol'> {
  return { bid: 100, bidSize: 1, ask: 101, askSize: 2, exchangeTimeMs: nowMs, receivedAtMs: nowMs };
}

function createMarket(exchange: string, symbol: string, takerBps = 10): Market {
  const [base = '', quote = ''] = symbol.split('/');
  return {
    exchange,
    symbol,
    base,
    quote,
    takerBps,
    makerBps: 8,
    priceStep: '0.01',
    sizeStep: '0.0001',
    minSizeInBase: '0.0001',
    maxSizeInBase: null,
    minCostInQuote: '5',
    isActive: true,
  };
}

export function createExchangeStatus(exchange: string, nowMs: number): ExchangeStatus {
  return {
    exchange,
    state: 'live',
    transport: 'synthetic',
    reason: null,
    marketsCount: 1,
    updatesCount: 7,
    skippedCount: 0,
    failuresCount: 0,
    lastUpdateAtMs: nowMs,
    roundTripMs: 12.5,
    retryAtMs: null,
  };
}
