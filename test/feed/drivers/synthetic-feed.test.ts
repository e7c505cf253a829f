import { describe, expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import { createReplayFeed } from '../../../src/feed/drivers/replay/replay-feed.ts';
import {
  createSyntheticEngine,
  STEP_MS,
  type SyntheticUpdate,
} from '../../../src/feed/drivers/synthetic/engine.ts';
import { createSyntheticFeed } from '../../../src/feed/drivers/synthetic/synthetic-feed.ts';
import {
  createSyntheticRecording,
  type SyntheticRecordingOptions,
} from '../../../src/feed/drivers/synthetic/synthetic-recording.ts';
import type { FeedBatch } from '../../../src/feed/feed.ts';
import { recordFeed } from '../../../src/feed/recording/record-feed.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeFeedContract } from '../feed-contract.ts';
import { createMemorySink, openBytes } from '../recording/lines.ts';

const SHAPE = { seed: 7, exchangesCount: 4, symbolsCount: 6, updatesPerSecond: 400 };
const START_MS = 1_700_000_000_000;

const signal = () => new AbortController().signal;

/** Batches of a feed whose clock moves by `advanceMs` again and again. */
async function run(shape: typeof SHAPE, advanceMs: number, times: number) {
  const clock = createFakeClock(START_MS);
  const feed = createSyntheticFeed({ ...shape, clock });
  const controller = new AbortController();
  const batches: FeedBatch[] = [];
  const done = (async () => {
    for await (const batch of feed.batches(controller.signal)) batches.push(batch);
  })();
  for (let step = 0; step < times; step += 1) await clock.advance(advanceMs);
  controller.abort();
  await done;
  return { feed, batches, clock };
}

/** As `run`, with a consumer that takes one batch and then stays away for `awayMs`. */
async function runSlowly(shape: typeof SHAPE, awayMs: number, times: number) {
  const clock = createFakeClock(START_MS);
  const feed = createSyntheticFeed({ ...shape, clock });
  const iterator = feed.batches(signal())[Symbol.asyncIterator]();
  const batches: FeedBatch[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const { value } = await iterator.next();
    if (value !== undefined) batches.push(value);
    if (turn < times - 1) await clock.advance(awayMs);
  }
  return { feed, batches, clock };
}

function replayText(text: string) {
  const open = openBytes(new TextEncoder().encode(text));
  return createReplayFeed({ open, speed: 'max', clock: createFakeClock() });
}

const recordingText = (options: Partial<SyntheticRecordingOptions> = {}): string =>
  [...createSyntheticRecording({ ...SHAPE, startMs: START_MS, durationMs: 500, ...options })].join(
    '',
  );

const batchesOf = (text: string) => Array.fromAsync(replayText(text).batches(signal()));

describeFeedContract('synthetic', {
  createHarness: async () => {
    const clock = createFakeClock(START_MS);
    return {
      feed: createSyntheticFeed({ ...SHAPE, clock }),
      produce: () => clock.advance(10),
      dispose: async () => undefined,
    };
  },
});

describe('synthetic feed', () => {
  test('the same seed gives the same batches and another seed gives others', async () => {
    const first = await run(SHAPE, 10, 30);
    const second = await run(SHAPE, 10, 30);
    expect(JSON.stringify(second.batches)).toBe(JSON.stringify(first.batches));
    const other = await run({ ...SHAPE, seed: 8 }, 10, 30);
    expect(JSON.stringify(other.batches)).not.toBe(JSON.stringify(first.batches));
  });

  test('the first batch has every market, at the time of the start', async () => {
    const { feed, batches } = await run(SHAPE, 0, 1);
    const { markets } = await feed.loadMarkets(signal());
    const [first] = batches;
    expect(first?.atMs).toBe(START_MS);
    expect((first?.quotes.length ?? 0) + (first?.books.length ?? 0)).toBe(markets.length);
  });

  test('every update arrives at the time of its batch when the consumer keeps up, and was sent before', async () => {
    const { batches } = await run(SHAPE, 10, 30);
    expect(batches.map((batch) => batch.atMs)).toEqual(
      Array.from({ length: 31 }, (_, index) => START_MS + 10 * index),
    );
    for (const batch of batches) {
      for (const update of [...batch.quotes, ...batch.books]) {
        expect(update.receivedAtMs).toBe(batch.atMs);
        expect(update.exchangeTimeMs ?? Infinity).toBeLessThan(update.receivedAtMs);
      }
    }
  });

  test('updates come at the configured rate, spread over all markets', async () => {
    const { feed } = await run({ ...SHAPE, updatesPerSecond: 1_000 }, 10, 1_000);
    const statuses = feed.exchanges();
    const updatesCount = statuses.reduce((sum, status) => sum + status.updatesCount, 0);
    const { markets } = await feed.loadMarkets(signal());
    // A market chosen twice in one step changes once.
    expect(updatesCount - markets.length).toBeGreaterThan(10_000 * 0.7);
    expect(updatesCount - markets.length).toBeLessThan(10_000 * 1.1);
  });

  test('at the lowest rate every market still has its turn', async () => {
    const shape = { ...SHAPE, exchangesCount: 2, symbolsCount: 2, updatesPerSecond: 1 };
    const lines = [...createSyntheticRecording({ ...shape, startMs: 0, durationMs: 10_000 })];
    const updates = lines.map((line) => JSON.parse(line)).filter((line) => line.receivedAtMs > 0);
    expect(new Set(updates.map((update) => `${update.exchange} ${update.symbol}`)).size).toBe(4);
  });

  test('a slow consumer gets the newest state, and what it missed is counted', async () => {
    const slow = await runSlowly(SHAPE, 1_000, 3);
    const prompt = await run(SHAPE, 10, 200);
    const newest = (batches: readonly FeedBatch[]) => {
      const states = new Map<string, unknown>();
      for (const batch of batches) {
        for (const update of [...batch.quotes, ...batch.books]) {
          states.set(`${update.exchange} ${update.symbol}`, update);
        }
      }
      return [...states].sort(([a], [b]) => (a < b ? -1 : 1));
    };
    expect(newest(slow.batches)).toEqual(newest(prompt.batches));
    expect(slow.batches).toHaveLength(3);
    const total = (feed: typeof slow.feed, of: 'skippedCount' | 'updatesCount') =>
      feed.exchanges().reduce((sum, status) => sum + status[of], 0);
    const delivered = slow.batches.reduce(
      (sum, batch) => sum + batch.quotes.length + batch.books.length,
      0,
    );
    expect(total(slow.feed, 'updatesCount')).toBe(total(prompt.feed, 'updatesCount'));
    expect(total(slow.feed, 'skippedCount')).toBe(total(slow.feed, 'updatesCount') - delivered);
    expect(total(slow.feed, 'skippedCount')).toBeGreaterThan(0);
    expect(total(prompt.feed, 'skippedCount')).toBe(0);
  });

  test('after a long sleep the market goes on where it was, at the present time', async () => {
    const { batches, clock } = await runSlowly(SHAPE, 3_600_000, 2);
    expect(batches).toHaveLength(2);
    const last = batches[1];
    expect(last?.atMs).toBe(clock.nowMs());
    const times = [...(last?.quotes ?? []), ...(last?.books ?? [])].map(
      (each) => each.receivedAtMs,
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(clock.nowMs() - 5_000);
  });

  test('a clock that is set back does not stop the market', async () => {
    const clock = createFakeClock(START_MS);
    let setBackMs = 0;
    const feed = createSyntheticFeed({
      ...SHAPE,
      clock: { ...clock, nowMs: () => clock.nowMs() - setBackMs },
    });
    const iterator = feed.batches(signal())[Symbol.asyncIterator]();
    await iterator.next();
    setBackMs = 3_600_000;
    const next = iterator.next();
    await clock.advance(10);
    expect((await next).value?.atMs).toBe(START_MS + 10 - setBackMs);
  });

  test('some exchanges stream books and some quotes, whose depth on demand begins with the quote', async () => {
    const { feed, batches } = await run(SHAPE, 10, 50);
    const quotes = new Map(
      batches
        .flatMap((batch) => batch.quotes)
        .map((each) => [`${each.exchange} ${each.symbol}`, each]),
    );
    const books = new Map(
      batches
        .flatMap((batch) => batch.books)
        .map((each) => [`${each.exchange} ${each.symbol}`, each]),
    );
    expect(quotes.size).toBeGreaterThan(0);
    expect(books.size).toBeGreaterThan(0);
    for (const quote of quotes.values()) {
      const book = await feed.fetchBook(quote.exchange, quote.symbol, 20, signal());
      expect([book.bids[0], book.asks[0]]).toEqual([
        [quote.bid, quote.bidSize],
        [quote.ask, quote.askSize],
      ]);
      expect([book.bids.length, book.asks.length]).toEqual([20, 20]);
    }
    for (const book of books.values()) {
      const again = await feed.fetchBook(book.exchange, book.symbol, 20, signal());
      expect([again.bids, again.asks]).toEqual([book.bids, book.asks]);
    }
  });

  test('as many levels come as are asked for', async () => {
    const { feed } = await run(SHAPE, 10, 1);
    const book = await feed.fetchBook('synthetic-vega', 'BTC/USDT', 3, signal());
    expect([book.bids.length, book.asks.length]).toEqual([3, 3]);
  });

  test('before the first batch there is no book', async () => {
    const feed = createSyntheticFeed({ ...SHAPE, clock: createFakeClock() });
    const error = await feed
      .fetchBook('synthetic-vega', 'BTC/USDT', 3, signal())
      .catch((reason: unknown) => reason);
    expect(isSpreadscopeError(error, 'exchange_bad_data')).toBe(true);
  });

  test('prices and sizes are whole numbers of their steps, and bids are below asks', async () => {
    const { feed, batches } = await run({ ...SHAPE, symbolsCount: 40 }, 10, 20);
    const { markets } = await feed.loadMarkets(signal());
    const steps = new Map(markets.map((each) => [`${each.exchange} ${each.symbol}`, each]));
    for (const quote of batches.flatMap((batch) => batch.quotes)) {
      const market = steps.get(`${quote.exchange} ${quote.symbol}`);
      const decimals = (step: string | null | undefined) => (step ?? '').split('.')[1]?.length ?? 0;
      expect(Number(quote.bid.toFixed(decimals(market?.priceStep)))).toBe(quote.bid);
      expect(Number(quote.askSize.toFixed(decimals(market?.sizeStep)))).toBe(quote.askSize);
      expect(quote.bid).toBeLessThan(quote.ask);
    }
  });

  test('taker fees are 4 to 10 basis points and differ by exchange, unless given', async () => {
    const load = async (options: object) => {
      const feed = createSyntheticFeed({
        ...SHAPE,
        exchangesCount: 8,
        clock: createFakeClock(),
        ...options,
      });
      return (await feed.loadMarkets(signal())).markets;
    };
    const fees = new Map((await load({})).map((market) => [market.exchange, market.takerBps]));
    expect(Math.min(...fees.values())).toBeGreaterThanOrEqual(4);
    expect(Math.max(...fees.values())).toBeLessThanOrEqual(10);
    expect(new Set(fees.values()).size).toBeGreaterThan(4);
    expect(new Set((await load({ takerBps: 0 })).map((market) => market.takerBps))).toEqual(
      new Set([0]),
    );
  });

  test('names of exchanges cannot be taken for real ones, and every symbol is on two of them', async () => {
    const feed = createSyntheticFeed({
      ...SHAPE,
      exchangesCount: 64,
      symbolsCount: 200,
      clock: createFakeClock(),
    });
    const { markets, omitted } = await feed.loadMarkets(signal());
    expect(new Set(markets.map((market) => market.exchange)).size).toBe(64);
    expect(markets.every((market) => market.exchange.startsWith('synthetic-'))).toBe(true);
    expect(new Set(markets.map((market) => market.symbol)).size).toBe(200);
    expect(omitted).toEqual([]);
    const two = createSyntheticFeed({
      ...SHAPE,
      exchangesCount: 2,
      symbolsCount: 50,
      clock: createFakeClock(),
    });
    expect((await two.loadMarkets(signal())).omitted).toEqual([]);
  });

  test.each([
    ['seed', 0, -1],
    ['seed', 4_294_967_295, 4_294_967_296],
    ['exchangesCount', 2, 1],
    ['exchangesCount', 64, 65],
    ['symbolsCount', 1, 0],
    ['updatesPerSecond', 1, 0],
    ['updatesPerSecond', 1_000_000, 1.5],
  ])('%s is accepted at %d and refused at %d', (name, accepted, refused) => {
    const clock = createFakeClock();
    expect(createSyntheticFeed({ ...SHAPE, clock, [name]: accepted }).source).toBe('synthetic');
    expect(() => createSyntheticFeed({ ...SHAPE, clock, [name]: refused })).toThrow(
      `${name}: expected`,
    );
  });

  test('a second consumer at the same time is refused', async () => {
    const { feed } = await run(SHAPE, 10, 1);
    const first = feed.batches(signal())[Symbol.asyncIterator]();
    void first.next();
    await expect(feed.batches(signal())[Symbol.asyncIterator]().next()).rejects.toThrow('BUG:');
    await feed.close();
  });
});

describe('synthetic dislocations', () => {
  const MINUTES = 3;
  const SHAPE_OF_DEMO = { seed: 1, exchangesCount: 8, symbolsCount: 24, updatesPerSecond: 400 };

  test('several opportunities a minute survive the fees, for a while, and most of the time there is none', () => {
    const { openedCount, openRatio, medianLifeMs } = measureEdges(
      SHAPE_OF_DEMO,
      MINUTES * 60_000,
      2,
    );
    expect(openedCount / MINUTES).toBeGreaterThan(3);
    expect(openedCount / MINUTES).toBeLessThan(120);
    expect(openRatio).toBeLessThan(0.4);
    expect(medianLifeMs).toBeGreaterThan(100);
    expect(medianLifeMs).toBeLessThan(5_000);
  });
});

/** Plain bookkeeping over the updates: pairs whose best prices give an edge above `openBps` after both fees. */
function measureEdges(shape: typeof SHAPE, durationMs: number, openBps: number) {
  const fees = new Map<string, number>();
  const tops = new Map<string, Map<string, { bid: number; ask: number }>>();
  const openSince = new Map<string, number>();
  const livesMs: number[] = [];
  const openTimes = new Set<number>();
  const judge = (symbol: string, atMs: number) => {
    const exchanges = [...(tops.get(symbol) ?? [])];
    for (const [buy, { ask }] of exchanges) {
      for (const [sell, { bid }] of exchanges) {
        const cost = ask * (1 + (fees.get(buy) ?? 0) / 10_000);
        const edgeBps = ((bid * (1 - (fees.get(sell) ?? 0) / 10_000)) / cost - 1) * 10_000;
        const key = `${symbol} ${buy} ${sell}`;
        const since = openSince.get(key);
        if (since === undefined && edgeBps > openBps) openSince.set(key, atMs);
        if (since === undefined || edgeBps > openBps) continue;
        livesMs.push(atMs - since);
        openSince.delete(key);
      }
    }
  };
  const engine = createSyntheticEngine(shape);
  for (const { market } of engine.plans) fees.set(market.exchange, market.takerBps);
  for (let atMs = 0; atMs <= durationMs; atMs += STEP_MS) {
    for (const update of engine.step(atMs)) {
      const { exchange, symbol, bid, ask } = topOf(update);
      tops.set(symbol, (tops.get(symbol) ?? new Map()).set(exchange, { bid, ask }));
      judge(symbol, atMs);
    }
    if (openSince.size > 0) openTimes.add(atMs);
  }
  const inOrder = livesMs.sort((a, b) => a - b);
  return {
    openedCount: livesMs.length,
    openRatio: openTimes.size / (durationMs / STEP_MS),
    medianLifeMs: inOrder[Math.floor(inOrder.length / 2)] ?? 0,
  };
}

function topOf(update: SyntheticUpdate) {
  if (update.type === 'quote') return update.quote;
  const { exchange, symbol, bids, asks } = update.book;
  return { exchange, symbol, bid: bids[0]?.[0] ?? 0, ask: asks[0]?.[0] ?? Infinity };
}

describe('synthetic recordings', () => {
  test('the recording made at once, the recording of the feed and the feed itself hold the same batches', async () => {
    const { batches } = await run(SHAPE, 10, 50);
    const made = recordingText();
    expect(await batchesOf(made)).toEqual(batches);

    const clock = createFakeClock(START_MS);
    const memory = createMemorySink();
    const feed = createSyntheticFeed({ ...SHAPE, clock });
    const recorded = recordFeed(feed, memory.sink, { clock, durationMs: 505, signal: signal() });
    for (let step = 0; step < 101; step += 1) await clock.advance(5);
    expect((await recorded).raisedTimesCount).toBe(0);
    const body = (text: string) => text.slice(text.indexOf('\n'));
    expect(body(memory.text())).toBe(body(made));
    expect(JSON.stringify(await batchesOf(memory.text()))).toBe(JSON.stringify(batches));
  });

  test('recording a replay gives the same bytes again', async () => {
    const made = recordingText();
    const memory = createMemorySink();
    const options = { clock: createFakeClock(), durationMs: Infinity, signal: signal() };
    await recordFeed(replayText(made), memory.sink, options);
    const body = (text: string) => text.slice(text.indexOf('\n'));
    expect(body(memory.text())).toBe(body(made));
  });

  test('a longer recording begins with the shorter one', () => {
    const short = recordingText({ durationMs: 200 });
    expect(recordingText({ durationMs: 400 }).startsWith(short)).toBe(true);
  });

  test('a recording of no time holds the first step', async () => {
    const batches = await batchesOf(recordingText({ durationMs: 0 }));
    expect(batches.map((batch) => batch.atMs)).toEqual([START_MS]);
  });
});
