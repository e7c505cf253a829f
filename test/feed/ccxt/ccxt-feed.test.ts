import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { BTC, ETH, type Harness, startHarness, until } from './harness.ts';

// Waits end when what they wait for happens; this bounds them on a busy machine.
setDefaultTimeout(TEST_TIMEOUT_MS);

let harness: Harness | null = null;

function start(...options: Parameters<typeof startHarness>): Harness {
  harness = startHarness(...options);
  return harness;
}

afterEach(async () => {
  await harness?.close();
  harness = null;
});

describe('ccxt feed over three exchanges in their own wire formats', () => {
  test('markets come with the fees, steps and limits that each exchange states', async () => {
    const { feed } = start();
    const { markets, omitted, maxLevelsCount } = await feed.loadMarkets(AbortSignal.timeout(5_000));
    expect(markets.map(({ exchange, symbol }) => `${exchange} ${symbol}`).sort()).toEqual([
      'binance BTC/USDT',
      'binance ETH/USDT',
      'bybit BTC/USDT',
      'bybit ETH/USDT',
      'poloniex BTC/USDT',
      'poloniex ETH/USDT',
    ]);
    expect(markets.find(({ exchange }) => exchange === 'binance')).toEqual({
      exchange: 'binance',
      symbol: BTC,
      base: 'BTC',
      quote: 'USDT',
      takerBps: 10,
      makerBps: 10,
      feeSide: 'get',
      priceStep: '0.01',
      sizeStep: '0.0001',
      minSizeInBase: '0.0001',
      maxSizeInBase: '9000',
      minCostInQuote: '5',
      isActive: true,
    });
    expect(omitted).toEqual([]);
    expect(maxLevelsCount).toBe(10);
    expect(feed.source).toBe('live');
  });

  test('books stream by WebSocket from each, and follow what each publishes', async () => {
    const { servers, books, read, status } = start();
    for (const [index, server] of Object.values(servers).entries()) {
      server.setBook(BTC, [[100 + index, 1]], [[102 + index, 2]]);
      server.setBook(ETH, [[10, 1]], [[11, 1]]);
    }
    await read();
    await until('six books', () => books.size === 6);
    expect(books.get(`bybit ${BTC}`)).toMatchObject({ bids: [[101, 1]], asks: [[103, 2]] });
    for (const server of Object.values(servers)) {
      server.setBook(
        BTC,
        [
          [200, 3],
          [199.5, 4],
        ],
        [[202.25, 5]],
      );
    }
    const follows = (id: string) => books.get(`${id} ${BTC}`)?.bids[0]?.[0] === 200;
    await until('all follow', () => ['binance', 'bybit', 'poloniex'].every(follows));
    for (const id of ['binance', 'bybit', 'poloniex']) {
      const book = books.get(`${id} ${BTC}`);
      expect(book?.bids).toEqual([
        [200, 3],
        [199.5, 4],
      ]);
      expect(book?.asks).toEqual([[202.25, 5]]);
      expect(status(id)).toMatchObject({ state: 'live', transport: 'websocket', reason: null });
    }
  });

  test('an exchange whose WebSocket is blocked is polled, until streams work again', async () => {
    const { servers, quotes, books, read, status, logged } = start();
    for (const server of Object.values(servers)) {
      server.setBook(BTC, [[100, 1]], [[102, 2]]);
      server.setBook(ETH, [[10, 1]], [[11, 1]]);
    }
    await servers.bybit.fault('no-websocket');
    await read();
    await until('it is polled', () => quotes.has(`bybit ${BTC}`));
    expect(status('bybit')).toMatchObject({ transport: 'rest', state: 'live' });
    expect(logged.map(({ message }) => message)).toContain(
      'bybit: streams fail while requests succeed, it is polled for a while',
    );
    await servers.bybit.fault(null);
    await until('it streams', () => books.has(`bybit ${BTC}`));
    expect(status('bybit')).toMatchObject({ transport: 'websocket', state: 'live' });
  });

  test('quotes stream, in several subscriptions, where books would be too many', async () => {
    const symbols = Array.from({ length: 120 }, (_, index) => `C${index}/USDT`);
    const { servers, quotes, read, status, spans } = start({
      ids: ['binance', 'bybit'],
      server: { symbols, republishIntervalMs: 100 },
      feed: { stallTimeoutMs: 10_000 },
    });
    for (const server of Object.values(servers)) {
      for (const symbol of symbols) server.setBook(symbol, [[100, 1]], [[101, 2]]);
    }
    await read();
    await until('all quotes', () => quotes.size === 240);
    expect(quotes.get('bybit C119/USDT')).toMatchObject({
      bid: 100,
      bidSize: 1,
      ask: 101,
      askSize: 2,
    });
    expect(quotes.get('binance C0/USDT')).toMatchObject({
      bid: 100,
      bidSize: 1,
      ask: 101,
      askSize: 2,
    });
    expect(status('binance')).toMatchObject({ transport: 'websocket', marketsCount: 120 });
    const subscriptions = spans().filter(
      ({ attributes }) => attributes['exchange.operation'] === 'watchBidsAsks',
    );
    const counts = subscriptions.map(({ attributes }) => attributes['arbitrage.symbols_count']);
    expect(counts.sort()).toEqual([100, 100, 20, 20]);
  });
});
