/** What every feed driver must do; each driver's test runs this suite with its own source behind it. */

import { describe, expect, test } from 'bun:test';
import type { Book } from '../../src/domain/book.ts';
import { isSpreadscopeError } from '../../src/domain/errors.ts';
import { type Market, parseSymbol } from '../../src/domain/market.ts';
import type { Feed, FeedBatch } from '../../src/feed/feed.ts';

/** A feed with a source that delivers at least two batches and covers at least two exchanges. */
export interface FeedHarness {
  readonly feed: Feed;
  /** Lets the source bring new updates: moves a clock, sends messages; nothing to do for a source that flows by itself. */
  produce(): Promise<void>;
  /** Frees servers and files; the feed itself is closed by the suite. */
  dispose(): Promise<void>;
}

export interface FeedContractOptions {
  readonly createHarness: () => Promise<FeedHarness>;
  /** Batches to look at; a recording with fewer ends earlier. Default 5. */
  readonly batchesCount?: number;
}

export function describeFeedContract(name: string, options: FeedContractOptions): void {
  const batchesCount = options.batchesCount ?? 5;

  const withHarness = async (use: (harness: FeedHarness) => Promise<void>): Promise<void> => {
    const harness = await options.createHarness();
    try {
      await use(harness);
    } finally {
      await harness.feed.close();
      await harness.dispose();
    }
  };

  describe(`${name} keeps the feed contract`, () => {
    test('markets are unique, well formed and consistent with what is omitted', () =>
      withHarness(async ({ feed }) => {
        const loaded = await feed.loadMarkets(neverAborted());
        expect(loaded.markets.length).toBeGreaterThan(0);
        expect(new Set(loaded.markets.map(keyOf)).size).toBe(loaded.markets.length);
        for (const market of loaded.markets) expectMarket(market);
        expect(Number.isInteger(loaded.maxLevelsCount) && loaded.maxLevelsCount >= 0).toBe(true);
        for (const { reason, exchanges } of loaded.omitted) {
          if (reason === 'fewer_than_two_exchanges') expect(exchanges.length).toBeLessThan(2);
        }
      }));

    test('every exchange of the markets has a status', () =>
      withHarness(async ({ feed }) => {
        const { markets } = await feed.loadMarkets(neverAborted());
        const statuses = feed.exchanges();
        const names = statuses.map((status) => status.exchange);
        expect(new Set(names).size).toBe(names.length);
        for (const { exchange } of markets) expect(names).toContain(exchange);
        for (const status of statuses) {
          expect(status.state === 'live').toBe(status.reason === null);
          expect(status.retryAtMs === null || status.state === 'down').toBe(true);
        }
      }));

    test('batches bring known markets, each at most once, in an order of time', () =>
      withHarness(async (harness) => {
        const { markets, maxLevelsCount } = await harness.feed.loadMarkets(neverAborted());
        const known = new Set(markets.map(keyOf));
        const batches = await takeBatches(harness, batchesCount);
        expect(batches.length).toBeGreaterThanOrEqual(Math.min(2, batchesCount));
        for (const [index, batch] of batches.entries()) {
          expect(batch.atMs).toBeGreaterThanOrEqual(batches[index - 1]?.atMs ?? 0);
          expectBatch(batch, known, maxLevelsCount);
        }
      }));

    test('updates are counted and dated for their exchange', () =>
      withHarness(async (harness) => {
        await harness.feed.loadMarkets(neverAborted());
        const batches = await takeBatches(harness, batchesCount);
        const update = batches.flatMap(updatesOf).at(-1);
        const status = harness.feed.exchanges().find((each) => each.exchange === update?.exchange);
        expect(status?.updatesCount).toBeGreaterThan(0);
        expect(status?.lastUpdateAtMs ?? 0).toBeGreaterThanOrEqual(
          update?.receivedAtMs ?? Infinity,
        );
      }));

    test('an aborted signal ends the batches without a throw, before they begin and while they wait', () =>
      withHarness(async (harness) => {
        await harness.feed.loadMarkets(neverAborted());
        const before = harness.feed.batches(AbortSignal.abort())[Symbol.asyncIterator]();
        expect((await before.next()).done).toBe(true);

        const controller = new AbortController();
        const batches = harness.feed.batches(controller.signal)[Symbol.asyncIterator]();
        await nextBatch(batches, harness);
        controller.abort();
        expect(await drain(batches)).toBeLessThanOrEqual(1);
      }));

    test('a book on demand is ordered, best level first', () =>
      withHarness(async (harness) => {
        await harness.feed.loadMarkets(neverAborted());
        const update = (await takeBatches(harness, batchesCount)).flatMap(updatesOf)[0];
        if (update === undefined) throw new Error('no update came');
        const { exchange, symbol } = update;
        const book = await harness.feed.fetchBook(exchange, symbol, 5, neverAborted());
        expect([book.exchange, book.symbol]).toEqual([exchange, symbol]);
        expectBook(book);
      }));

    test('a book of an unknown exchange or symbol is refused with a code', () =>
      withHarness(async ({ feed }) => {
        const { markets } = await feed.loadMarkets(neverAborted());
        const exchange = markets[0]?.exchange ?? '';
        expect(await codeOf(feed.fetchBook('no-such', 'BTC/USDT', 5, neverAborted()))).toBe(
          'exchange_unknown',
        );
        expect(await codeOf(feed.fetchBook(exchange, 'NO/SUCH', 5, neverAborted()))).toBe(
          'symbol_unknown',
        );
      }));

    test('an aborted request for a book is refused with the reason of its signal', () =>
      withHarness(async ({ feed }) => {
        const { markets } = await feed.loadMarkets(neverAborted());
        const reason = new Error('enough');
        const { exchange = '', symbol = '' } = markets[0] ?? {};
        const book = feed.fetchBook(exchange, symbol, 5, AbortSignal.abort(reason));
        await expect(book).rejects.toBe(reason);
      }));

    test('closing ends the batches, and closing twice is harmless', () =>
      withHarness(async (harness) => {
        await harness.feed.loadMarkets(neverAborted());
        const batches = harness.feed.batches(neverAborted())[Symbol.asyncIterator]();
        await nextBatch(batches, harness);
        await harness.feed.close();
        await harness.feed.close();
        expect(await drain(batches)).toBeLessThanOrEqual(1);
        for (const status of harness.feed.exchanges()) expect(status.state).toBe('closed');
      }));

    test('a listener for markets can be taken away', () =>
      withHarness(async ({ feed }) => {
        const stop = feed.onMarkets(() => undefined);
        expect(stop()).toBeUndefined();
      }));
  });
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

type Batches = AsyncIterator<FeedBatch, unknown, undefined>;

async function nextBatch(batches: Batches, harness: FeedHarness): Promise<FeedBatch | null> {
  const next = batches.next();
  await harness.produce();
  const { done, value } = await next;
  return done === true ? null : value;
}

async function takeBatches(harness: FeedHarness, count: number): Promise<readonly FeedBatch[]> {
  const controller = new AbortController();
  const batches = harness.feed.batches(controller.signal)[Symbol.asyncIterator]();
  const taken: FeedBatch[] = [];
  while (taken.length < count) {
    const batch = await nextBatch(batches, harness);
    if (batch === null) break;
    taken.push(batch);
  }
  controller.abort();
  await drain(batches);
  return taken;
}

/** Number of batches that still come before the end. */
async function drain(batches: Batches): Promise<number> {
  let count = 0;
  while ((await batches.next()).done !== true) count += 1;
  return count;
}

function keyOf(market: { readonly exchange: string; readonly symbol: string }): string {
  return `${market.exchange} ${market.symbol}`;
}

function updatesOf(batch: FeedBatch) {
  return [...batch.quotes, ...batch.books];
}

function expectMarket(market: Market): void {
  expect(parseSymbol(market.symbol)).toEqual({ base: market.base, quote: market.quote });
  expect(Number.isFinite(market.takerBps) && Number.isFinite(market.makerBps)).toBe(true);
  for (const step of [market.priceStep, market.sizeStep, market.minSizeInBase]) {
    expect(step === null || /^\d+(\.\d+)?$/.test(step)).toBe(true);
  }
}

function expectBatch(batch: FeedBatch, known: ReadonlySet<string>, maxLevels: number): void {
  const keys = updatesOf(batch).map(keyOf);
  expect(keys.length).toBeGreaterThan(0);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) expect(known.has(key)).toBe(true);
  for (const update of updatesOf(batch)) {
    expect(update.receivedAtMs).toBeLessThanOrEqual(batch.atMs);
  }
  for (const quote of batch.quotes) {
    expect(quote.bid >= 0 && quote.ask >= 0).toBe(true);
    expect(Number.isFinite(quote.bid) && Number.isFinite(quote.ask)).toBe(true);
  }
  for (const book of batch.books) {
    expect(Math.max(book.bids.length, book.asks.length)).toBeLessThanOrEqual(maxLevels);
    expectBook(book);
  }
}

function expectBook({ bids, asks }: Book): void {
  for (const [price, size] of [...bids, ...asks]) expect(price > 0 && size > 0).toBe(true);
  expect(bids.every(([price], index) => index === 0 || price < (bids[index - 1]?.[0] ?? 0))).toBe(
    true,
  );
  expect(asks.every(([price], index) => index === 0 || price > (asks[index - 1]?.[0] ?? 0))).toBe(
    true,
  );
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return isSpreadscopeError(error) ? error.code : String(error);
  }
  return 'no error';
}
