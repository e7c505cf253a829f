/** Everything the HTTP side needs, in memory and steered by the test: a market, a clock, a hub, a store. */

import { toDetectionSettings } from '../../src/app.ts';
import { createMemoryCache } from '../../src/cache/drivers/memory.ts';
import { parseConfig } from '../../src/config.ts';
import type { BasisMarket } from '../../src/detect/basis/basis-market.ts';
import { createCycleDetector } from '../../src/detect/cycles/cycle-detector.ts';
import { createDetector } from '../../src/detect/detector.ts';
import type { UnwatchedSymbol } from '../../src/detect/explain/parts.ts';
import { createSpreadBook, type SpreadBook } from '../../src/detect/life/spread-book.ts';
import { createMarketState, toQuote } from '../../src/detect/market-state.ts';
import type { Book } from '../../src/domain/book.ts';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import type { Quote } from '../../src/domain/quote.ts';
import type { ExchangeStatus } from '../../src/feed/feed.ts';
import type { HttpServices, WebPages } from '../../src/http/services.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createAccount } from '../../src/pipeline/account.ts';
import { explainNow } from '../../src/pipeline/explaining.ts';
import { createHub } from '../../src/pipeline/hub.ts';
import { createMarketView } from '../../src/pipeline/market-view.ts';
import { transfersNow } from '../../src/pipeline/transfers.ts';
import type { OpportunityStore } from '../../src/store/store.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { createReferenceCycles } from './cycle-kernels.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { market } from './markets.ts';
import { createMemoryStore } from './memory-store.ts';

export interface HttpWorld {
  readonly services: HttpServices;
  /** Log lines so far, as JSON. */
  readonly logs: string[];
  readonly clock: FakeClock;
  readonly open: Opportunity[];
  /** Symbols that are not watched. */
  readonly unwatched: UnwatchedSymbol[];
  readonly spreads: SpreadBook;
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
  /** Adds a market with its book and, of a perpetual, its funding. */
  addBasisMarket(source: BasisMarket): void;
}

const CAPACITY = { symbolsCount: 8, exchangesCount: 8, bookSlotsCount: 2, bookLevelsCount: 100 };

const PLAIN_PAGES: WebPages = {
  assets: [],
  renderPage: () => '<!doctype html>',
  renderDocs: () => '<!doctype html>',
};

export function createHttpWorld(
  env: Readonly<Record<string, string>> = {},
  web: WebPages = PLAIN_PAGES,
  store: OpportunityStore = createMemoryStore(),
): HttpWorld {
  const clock = createFakeClock();
  const config = parseConfig(env);
  const settings = toDetectionSettings(config);
  const kernel = createReferenceKernel(CAPACITY);
  const state = createMarketState(kernel, settings.takerBps, config.terms.fees);
  const account = createAccount({ terms: config.terms });
  const detector = createDetector({ kernel, state, settings, source: 'synthetic', account });
  const cycleDetector = createCycleDetector({
    createKernel: createReferenceCycles,
    maxLegs: config.maxLegs,
    state,
    settings,
    source: 'synthetic',
  });
  const cycles = { judge: cycleDetector.judge, isOpen: () => false, maxLegs: config.maxLegs };
  const open: Opportunity[] = [];
  const spreads = createSpreadBook({ windowCount: 60, maxPairsCount: 100 });
  const unwatched: UnwatchedSymbol[] = [];
  const exchanges: ExchangeStatus[] = [];
  const fetchable = new Map<string, Book | Promise<Book>>();
  const fetches: string[] = [];
  const stop = new AbortController();
  const logs: string[] = [];
  const telemetry = createTelemetry({
    serviceName: 'test',
    env: { OTEL_TRACES_EXPORTER: 'none', TELEMETRY_RECENT_TRACES: '50' },
    log: { write: (line) => logs.push(line) },
  });
  let requestsCount = 0;

  const addMarket = (exchange: string, symbol: string, takerBps = 10) => {
    const limits = { priceStep: '0.01', sizeStep: '0.0001', minSizeInBase: '0.0001' };
    state.setMarkets([market(exchange, symbol, { takerBps, makerBps: 8, ...limits })]);
    if (exchanges.some((status) => status.exchange === exchange)) return;
    exchanges.push(createExchangeStatus(exchange, clock.nowMs()));
  };

  return {
    clock,
    open,
    unwatched,
    spreads,
    exchanges,
    fetchable,
    fetches,
    stop,
    store,
    logs,
    addMarket,
    addQuote: (quote, takerBps = 10) => {
      addMarket(quote.exchange, quote.symbol, takerBps);
      state.apply([{ ...createQuote(clock.nowMs()), ...quote }], []);
    },
    addBook: (book) => state.apply([], [book]),
    addBasisMarket: ({ market: terms, bids, asks, hasDepth, funding }) => {
      const { exchange, symbol } = terms;
      state.setMarkets([terms]);
      const times = { exchangeTimeMs: null, receivedAtMs: clock.nowMs() };
      const whole = { exchange, symbol, bids, asks, ...times };
      if (hasDepth) state.apply([], [whole]);
      else state.apply([toQuote(whole)], []);
      if (funding !== null) state.setFunding([{ ...funding, ...times }]);
    },
    services: {
      version: '0.1.0',
      startedAtMs: clock.nowMs(),
      config,
      clock,
      telemetry,
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
        market: createMarketView(state, settings, () => clock.nowMs()),
        hub: createHub({ startedAtMs: clock.nowMs() }),
        open: () => open,
        pegs: () => [],
        transfers: (asset) => transfersNow(asset, { state, account }, settings),
        omitted: () => [
          { symbol: 'LONE/USDT', reason: 'fewer_than_two_exchanges', exchanges: ['kraken'] },
        ],
        explain: (query) =>
          explainNow(
            {
              state,
              detector,
              settings,
              source: 'synthetic',
              isOpen: () => false,
              unwatched,
              cycles,
            },
            exchanges,
            clock.nowMs(),
            query,
          ),
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
      spreads,
      storeWriter: {
        stats: () => ({ queuedCount: 0, writtenCount: 3, droppedCount: 0, lastError: null }),
      },
      cache: createMemoryCache({ maxEntriesCount: 100, clock }),
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
    clockOffsetMs: null,
    retryAtMs: null,
  };
}
