import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Book, Level } from '../../../src/domain/book.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { createCcxtFeed } from '../../../src/feed/drivers/ccxt/ccxt-feed.ts';
import type { Feed, FeedBatch } from '../../../src/feed/feed.ts';
import { startExchangeServer } from '../../support/exchanges/exchange-server.ts';
import {
  type PoloniexCapture,
  readPoloniexCapture,
  startPoloniexCaptureServer,
} from '../../support/exchanges/poloniex-capture.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { requirement } from '../../support/requirement.ts';
import { sharedDataPath } from '../../support/shared-data.ts';
import { createLogMemory, createSpanMemory, until } from './harness.ts';

// Waits end when what they wait for happens; this bounds them on a busy machine.
setDefaultTimeout(TEST_TIMEOUT_MS);

const HTTP = sharedDataPath('poloniex-capture-2022/http.txt');
const WS = sharedDataPath('poloniex-capture-2022/ws.txt');
const isThere = requirement('the recorded Poloniex traffic', HTTP !== null && WS !== null);

/** Books straight from the recorded messages: a map of prices a side, sorted when looked at. */
class PlainBooks {
  readonly #sides = new Map<string, Map<string, string>>();

  /** @returns the book that the message changed. */
  apply(body: string): Pick<Book, 'symbol' | 'bids' | 'asks' | 'exchangeTimeMs'> {
    const { action, data } = JSON.parse(body);
    expect(data).toHaveLength(1);
    const [{ symbol, bids, asks, ts }] = data;
    for (const [side, levels] of Object.entries({ bids, asks })) {
      const key = `${symbol} ${side}`;
      if (action === 'snapshot') this.#sides.set(key, new Map());
      for (const [price, size] of levels as [string, string][]) this.#store(key, price, size);
    }
    return {
      symbol: symbol.replace('_', '/'),
      bids: this.#sorted(`${symbol} bids`, -1),
      asks: this.#sorted(`${symbol} asks`, 1),
      exchangeTimeMs: ts,
    };
  }

  #store(key: string, price: string, size: string): void {
    if (Number(size) === 0) this.#sides.get(key)?.delete(String(Number(price)));
    else this.#sides.get(key)?.set(String(Number(price)), size);
  }

  #sorted(key: string, direction: 1 | -1): readonly Level[] {
    const levels = [...(this.#sides.get(key) ?? [])].map(
      ([price, size]): Level => [Number(price), Number(size)],
    );
    return levels.sort((a, b) => (a[0] - b[0]) * direction);
  }
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The feed needs a second exchange that lists the same symbols; it stays silent. */
async function startCaptureFeed() {
  const capture = readPoloniexCapture(HTTP ?? '', WS ?? '');
  const symbols = capture.ids.map((id) => id.replace('_', '/'));
  const poloniex = startPoloniexCaptureServer(capture);
  const other = startExchangeServer('bybit', { symbols });
  const feed = createCcxtFeed({
    exchanges: ['poloniex', 'bybit'],
    symbols,
    bookLevelsCount: 1_000,
    clock: systemClock,
    random: Math.random,
    tracer: createSpanMemory().tracer,
    logger: createLogMemory().logger,
    takerBpsOverride: null,
    urlOverrides: { poloniex: poloniex.urls, bybit: other.urls },
    closeTimeoutMs: 100,
  });
  closers.push(poloniex.close, other.close, () => feed.close());
  const loaded = await feed.loadMarkets(AbortSignal.timeout(5_000));
  await until('every symbol is subscribed to', () => poloniex.isSubscribed);
  return { capture, feed, poloniex, loaded };
}

describe.skipIf(!isThere)('recorded Poloniex traffic through ccxt', () => {
  test('markets have the steps and limits of the recorded answer', async () => {
    const { capture, loaded } = await startCaptureFeed();
    expect(loaded.omitted).toEqual([]);
    const recorded = new Map<string, Record<string, string>>(
      JSON.parse(capture.markets).map((each: { symbol: string; symbolTradeLimit: object }) => [
        each.symbol.replace('_', '/'),
        each.symbolTradeLimit,
      ]),
    );
    const markets = loaded.markets.filter(({ exchange }) => exchange === 'poloniex');
    expect(markets).toHaveLength(capture.ids.length);
    for (const market of markets) {
      const limits = recorded.get(market.symbol);
      expect(Number(market.priceStep)).toBe(Number(`1e-${limits?.priceScale}`));
      expect(Number(market.sizeStep)).toBe(Number(`1e-${limits?.quantityScale}`));
      expect(Number(market.minSizeInBase)).toBe(Number(limits?.minQuantity));
      expect(Number(market.minCostInQuote)).toBe(Number(limits?.minAmount));
    }
  });

  test('each of its messages gives the book that the message alone gives', async () => {
    const { capture, feed, poloniex } = await startCaptureFeed();
    expect(capture.messages.length).toBeGreaterThan(280);
    const books = new PlainBooks();
    const next = booksOf(feed, 'poloniex');
    for (const [index, message] of capture.messages.entries()) {
      poloniex.send(index, index + 1);
      const { symbol, bids, asks, exchangeTimeMs } = await next();
      expect({ symbol, bids, asks, exchangeTimeMs }).toEqual(books.apply(message));
    }
  });

  test('sent at once, all messages give the same books in the end', async () => {
    const { capture, feed, poloniex } = await startCaptureFeed();
    const expected = toLastBooks(capture);
    poloniex.send(0, capture.messages.length);
    const last = new Map<string, Book>();
    const next = booksOf(feed, 'poloniex');
    const isDone = (symbol: string, timeMs: number | null) =>
      last.get(symbol)?.exchangeTimeMs === timeMs;
    while (![...expected].every(([symbol, book]) => isDone(symbol, book.exchangeTimeMs))) {
      const book = await next();
      last.set(book.symbol, book);
    }
    for (const [symbol, { bids, asks }] of expected) {
      expect(last.get(symbol)).toMatchObject({ symbol, bids, asks });
    }
    expect(last.size).toBe(capture.ids.length);
  });
});

function toLastBooks({ messages }: PoloniexCapture) {
  const books = new PlainBooks();
  return new Map(
    messages.map((message) => {
      const book = books.apply(message);
      return [book.symbol, book] as const;
    }),
  );
}

/** A function that gives the next book of one exchange. */
function booksOf(feed: Feed, exchange: string): () => Promise<Book> {
  const stopping = new AbortController();
  closers.push(async () => stopping.abort());
  const batches = feed.batches(stopping.signal)[Symbol.asyncIterator]();
  const waiting: Book[] = [];
  return async () => {
    while (waiting.length === 0) {
      const { value, done }: IteratorResult<FeedBatch> = await batches.next();
      if (done === true) throw new Error('the feed ended');
      waiting.push(...value.books.filter((book) => book.exchange === exchange));
    }
    const book = waiting.shift();
    if (book === undefined) throw new Error('BUG: no book waits');
    return book;
  };
}
