import { describe, expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import { openFile } from '../../../src/feed/drivers/replay/open-file.ts';
import {
  createReplayFeed,
  type ReplayOptions,
} from '../../../src/feed/drivers/replay/replay-feed.ts';
import type { Feed, FeedBatch } from '../../../src/feed/feed.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeFeedContract } from '../feed-contract.ts';
import { bookLine, HEADER_LINE, marketLine, openLines, quoteLine } from '../recording/lines.ts';

const LINES = [
  HEADER_LINE,
  marketLine('a', 'BTC/USDT'),
  marketLine('b', 'BTC/USDT'),
  marketLine('b', 'ETH/USDT'),
  quoteLine('a', 'BTC/USDT', 1_000),
  bookLine(
    'b',
    'BTC/USDT',
    1_000,
    [
      ['99', '1'],
      ['98', '2'],
    ],
    [['100', '1']],
  ),
  quoteLine('b', 'ETH/USDT', 1_500),
  quoteLine('a', 'BTC/USDT', 2_000, '102', '103'),
];

const signal = () => new AbortController().signal;

function replay(lines: readonly string[], options: Partial<ReplayOptions> = {}) {
  return createReplayFeed({
    open: openLines(lines),
    speed: 'max',
    clock: createFakeClock(),
    ...options,
  });
}

const batchesOf = (feed: Feed): Promise<FeedBatch[]> => Array.fromAsync(feed.batches(signal()));

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((reason: unknown) => reason);
  return isSpreadscopeError(error) ? error.code : String(error);
}

describeFeedContract('replay', {
  createHarness: async () => ({
    feed: replay(LINES),
    produce: async () => undefined,
    dispose: async () => undefined,
  }),
});

describe('replay', () => {
  test('the first pass finds markets, depth, times and symbols on one exchange only', async () => {
    const feed = replay(LINES);
    const loaded = await feed.loadMarkets(signal());
    expect(loaded.markets).toHaveLength(3);
    expect(loaded.maxLevelsCount).toBe(2);
    expect(loaded.omitted).toEqual([
      { symbol: 'ETH/USDT', reason: 'fewer_than_two_exchanges', exchanges: ['b'] },
    ]);
    expect(feed.facts()).toMatchObject({
      quotesCount: 3,
      booksCount: 1,
      fromMs: 1_000,
      toMs: 2_000,
      badLinesCount: 0,
    });
  });

  test('symbols on one exchange only are left out, with their updates, when they are not kept', async () => {
    const feed = replay(LINES, { keepSingleExchangeSymbols: false });
    const { markets } = await feed.loadMarkets(signal());
    expect(markets.map((market) => market.symbol)).toEqual(['BTC/USDT', 'BTC/USDT']);
    expect((await batchesOf(feed)).map((batch) => batch.atMs)).toEqual([1_000, 2_000]);
    expect(await codeOf(feed.fetchBook('b', 'ETH/USDT', 5, signal()))).toBe('symbol_unknown');
  });

  test('all updates of one time form one batch', async () => {
    const batches = await batchesOf(replay(LINES));
    expect(batches.map((batch) => [batch.atMs, batch.quotes.length, batch.books.length])).toEqual([
      [1_000, 1, 1],
      [1_500, 1, 0],
      [2_000, 1, 0],
    ]);
  });

  test('a market that changes twice at one time comes in two batches of that time', async () => {
    const lines = [
      ...LINES.slice(0, 3),
      quoteLine('a', 'BTC/USDT', 5, '1'),
      quoteLine('b', 'BTC/USDT', 5, '2'),
      bookLine('a', 'BTC/USDT', 5),
    ];
    const batches = await batchesOf(replay(lines));
    expect(batches.map((batch) => [batch.atMs, batch.quotes.length, batch.books.length])).toEqual([
      [5, 2, 0],
      [5, 0, 1],
    ]);
  });

  test('the same recording gives the same batches, at any speed and on every pass', async () => {
    const feed = replay(LINES);
    const first = await batchesOf(feed);
    expect(JSON.stringify(await batchesOf(feed))).toBe(JSON.stringify(first));

    const clock = createFakeClock();
    const paced = batchesOf(replay(LINES, { speed: 4, clock }));
    await clock.advance(10_000);
    expect(await paced).toEqual(first);
  });

  test('batches come at the recorded times divided by the speed', async () => {
    const clock = createFakeClock();
    const arrivals: number[] = [];
    const done = (async () => {
      const feed = replay(LINES, { speed: 10, clock });
      for await (const _batch of feed.batches(signal())) arrivals.push(clock.monotonicMs());
    })();
    for (let step = 0; step < 100; step += 1) await clock.advance(1);
    await done;
    expect(arrivals).toEqual([0, 50, 100]);
  });

  test('at full speed the clock is never asked to sleep', async () => {
    const clock = createFakeClock();
    await batchesOf(replay(LINES, { clock }));
    expect(clock.sleepsMs).toEqual([]);
  });

  test('an abort during a wait ends the batches without a throw', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const feed = replay(LINES, { speed: 1, clock });
    const batches = Array.fromAsync(feed.batches(controller.signal));
    await clock.advance(100);
    controller.abort();
    expect(await batches).toHaveLength(1);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('speed %d is refused', (speed) => {
    expect(() => replay(LINES, { speed })).toThrow(RangeError);
  });

  test('a taker fee given from outside replaces every recorded one, zero included', async () => {
    for (const takerBps of [0, 25]) {
      const { markets } = await replay(LINES, { takerBpsOverride: takerBps }).loadMarkets(signal());
      expect(markets.map((market) => market.takerBps)).toEqual([takerBps, takerBps, takerBps]);
    }
    const { markets } = await replay(LINES, { takerBpsOverride: null }).loadMarkets(signal());
    expect(markets.map((market) => market.takerBps)).toEqual([10, 10, 10]);
  });

  test('a book on demand is the newest recorded one at that moment', async () => {
    const lines = [...LINES, bookLine('b', 'BTC/USDT', 3_000, [['97', '5']], [])];
    const feed = replay(lines);
    await feed.loadMarkets(signal());
    expect(await codeOf(feed.fetchBook('b', 'BTC/USDT', 5, signal()))).toBe('exchange_bad_data');
    const seen: number[] = [];
    for await (const _batch of feed.batches(signal())) {
      seen.push((await feed.fetchBook('b', 'BTC/USDT', 5, signal())).bids[0]?.[0] ?? 0);
    }
    expect(seen).toEqual([99, 99, 99, 97]);
  });

  test('a book is that of the moment of the question, even when the next batch comes before the answer', async () => {
    const feed = replay([...LINES, bookLine('b', 'BTC/USDT', 3_000, [['97', '5']], [])]);
    await feed.loadMarkets(signal());
    const asked: ReturnType<Feed['fetchBook']>[] = [];
    for await (const batch of feed.batches(signal())) {
      if (batch.atMs === 2_000) asked.push(feed.fetchBook('b', 'BTC/USDT', 5, signal()));
    }
    expect((await Promise.all(asked)).map((book) => book.receivedAtMs)).toEqual([1_000]);
  });

  test('where only quotes were recorded the book is one level made of the quote', async () => {
    const feed = replay(LINES);
    await batchesOf(feed);
    expect(await feed.fetchBook('a', 'BTC/USDT', 5, signal())).toEqual({
      exchange: 'a',
      symbol: 'BTC/USDT',
      bids: [[102, 1]],
      asks: [[103, 2]],
      exchangeTimeMs: null,
      receivedAtMs: 2_000,
    });
  });

  test('a quote without a side makes a book without it, and one without sizes makes none', async () => {
    const oneSided = JSON.stringify({
      type: 'quote',
      exchange: 'a',
      symbol: 'BTC/USDT',
      bid: '5',
      bidSize: '1',
      receivedAtMs: 1,
    });
    const feed = replay([...LINES.slice(0, 2), oneSided]);
    await batchesOf(feed);
    expect(await feed.fetchBook('a', 'BTC/USDT', 5, signal())).toMatchObject({
      bids: [[5, 1]],
      asks: [],
    });

    const sizeless = oneSided.replace('"bidSize":"1",', '');
    const other = replay([...LINES.slice(0, 2), sizeless]);
    await batchesOf(other);
    expect(await codeOf(other.fetchBook('a', 'BTC/USDT', 5, signal()))).toBe('exchange_bad_data');
  });

  test('a bad line is an error before the first batch, with its number', async () => {
    const lines = [...LINES, quoteLine('a', 'BTC/USDT', 1_999)];
    const message = 'line 9: receivedAtMs: expected at least 2000, got 1999';
    await expect(replay(lines).loadMarkets(signal())).rejects.toThrow(message);
    await expect(batchesOf(replay(lines))).rejects.toThrow(message);
  });

  test('bad lines are counted and left out when they are skipped', async () => {
    const lines = [...LINES, quoteLine('a', 'BTC/USDT', 1_999), 'garbage'];
    const feed = replay(lines, { skipBad: true });
    expect(await batchesOf(feed)).toEqual(await batchesOf(replay(LINES)));
    expect(feed.facts()).toMatchObject({
      badLinesCount: 2,
      firstBadLine: 'line 9: receivedAtMs: expected at least 2000, got 1999',
    });
  });

  test('exchanges are live while it plays and closed when it has ended', async () => {
    const feed = replay(LINES);
    expect(feed.exchanges()).toEqual([]);
    await feed.loadMarkets(signal());
    expect(feed.exchanges().map((status) => [status.exchange, status.state])).toEqual([
      ['a', 'live'],
      ['b', 'live'],
    ]);
    await batchesOf(feed);
    expect(feed.exchanges()[1]).toMatchObject({
      state: 'closed',
      reason: { code: 'closed' },
      marketsCount: 2,
      updatesCount: 2,
      skippedCount: 0,
      lastUpdateAtMs: 1_500,
    });
  });

  test('an aborted load is refused with the reason of its signal', async () => {
    const reason = new Error('enough');
    await expect(replay(LINES).loadMarkets(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('a recording on disk plays, and a missing file is an error that says so', async () => {
    const path = `${import.meta.dir}/../recording/lines.ts`;
    await expect(replay([], { open: openFile(path) }).loadMarkets(signal())).rejects.toThrow(
      'line 1:',
    );
    const missing = replay([], { open: openFile('/no/such/file') });
    await expect(missing.loadMarkets(signal())).rejects.toThrow('ENOENT');
  });
});
