import { afterEach, describe, expect, test } from 'bun:test';
import { BTC, ETH, type Harness, startHarness, until } from './harness.ts';

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
});
