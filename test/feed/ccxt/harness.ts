/** A ccxt feed over local exchanges, with what it logged, traced and delivered. */

import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Book } from '../../../src/domain/book.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { Quote } from '../../../src/domain/quote.ts';
import { createCcxtFeed } from '../../../src/feed/drivers/ccxt/ccxt-feed.ts';
import type { CcxtFeedOptions } from '../../../src/feed/drivers/ccxt/options.ts';
import type { ExchangeStatus, Feed } from '../../../src/feed/feed.ts';
import type { Logger } from '../../../src/telemetry/telemetry.ts';
import {
  type ExchangeServer,
  type ExchangeServerOptions,
  type LocalExchangeId,
  startExchangeServer,
} from '../../support/exchanges/exchange-server.ts';
import { WAIT_MS } from '../../support/patience.ts';

export const BTC = 'BTC/USDT';
export const ETH = 'ETH/USDT';

export interface Harness {
  readonly feed: Feed;
  readonly servers: Readonly<Record<LocalExchangeId, ExchangeServer>>;
  readonly logged: readonly { readonly level: string; readonly message: string }[];
  /** Newest update of each `exchange symbol`, once `read` was called. */
  readonly books: ReadonlyMap<string, Book>;
  readonly quotes: ReadonlyMap<string, Quote>;
  spans(): readonly ReadableSpan[];
  status(exchange: string): ExchangeStatus;
  /** Loads markets and begins to take batches. */
  read(): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly ids?: readonly LocalExchangeId[];
  readonly server?: Partial<ExchangeServerOptions>;
  readonly feed?: Partial<CcxtFeedOptions>;
}

/** Short bounds, so that faults show soon; a tenth of the jitter's range, so that retries come soon. */
const TEST_TIMES = {
  requestTimeoutMs: 2_000,
  callTimeoutMs: 5_000,
  bookTimeoutMs: 2_000,
  loadWaitMs: 10_000,
  pollIntervalMs: 20,
  stallTimeoutMs: 500,
  streamRetryMs: 1_000,
  closeTimeoutMs: 100,
};

export function startHarness(options: HarnessOptions = {}): Harness {
  const { ids = ['binance', 'bybit', 'poloniex'] } = options;
  const symbols = options.server?.symbols ?? [BTC, ETH];
  const defaults = { symbols, priceDigits: 2, sizeDigits: 4, republishIntervalMs: 25 };
  const servers = Object.fromEntries(
    ids.map((id) => [id, startExchangeServer(id, { ...defaults, ...options.server })]),
  ) as Record<LocalExchangeId, ExchangeServer>;
  const spans = createSpanMemory();
  const logs = createLogMemory();
  const feed = createCcxtFeed({
    exchanges: ids,
    symbols,
    bookLevelsCount: 10,
    clock: systemClock,
    random: () => 0.1,
    tracer: spans.tracer,
    logger: logs.logger,
    takerBpsOverride: null,
    urlOverrides: Object.fromEntries(ids.map((id) => [id, servers[id].urls])),
    ...TEST_TIMES,
    ...options.feed,
  });
  return { feed, servers, logged: logs.lines, spans: spans.list, ...createTaker(feed, servers) };
}

function createTaker(feed: Feed, servers: Readonly<Record<string, ExchangeServer>>) {
  const books = new Map<string, Book>();
  const quotes = new Map<string, Quote>();
  const reading = new AbortController();
  let taking: Promise<void> = Promise.resolve();
  const take = async () => {
    for await (const batch of feed.batches(reading.signal)) {
      for (const book of batch.books) books.set(`${book.exchange} ${book.symbol}`, book);
      for (const quote of batch.quotes) quotes.set(`${quote.exchange} ${quote.symbol}`, quote);
    }
  };
  return {
    books,
    quotes,
    status: (exchange: string): ExchangeStatus => {
      const found = feed.exchanges().find((each) => each.exchange === exchange);
      if (found === undefined)
        throw new RangeError(`exchange: expected a watched one, got ${exchange}`);
      return found;
    },
    read: async () => {
      await feed.loadMarkets(reading.signal);
      taking = take();
    },
    close: async () => {
      await feed.close();
      reading.abort();
      await taking;
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

export function createSpanMemory() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer('test'), list: () => exporter.getFinishedSpans() };
}

export function createLogMemory() {
  const lines: { level: string; message: string }[] = [];
  const log: Logger['log'] = (level, message) => {
    lines.push({ level, message });
  };
  const logger: Logger = {
    log,
    debug: (message) => log('debug', message),
    info: (message) => log('info', message),
    warn: (message) => log('warn', message),
    error: (message) => log('error', message),
  };
  return { logger, lines };
}

/** @throws {Error} when `isTrue` does not become true in time; names what was waited for. */
export async function until(
  what: string,
  isTrue: () => boolean,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const endsAtMs = performance.now() + timeoutMs;
  while (!isTrue()) {
    if (performance.now() > endsAtMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}
