import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import { loadCcxt } from '../../../src/feed/drivers/ccxt/load-ccxt.ts';
import type { FeedMarkets } from '../../../src/feed/feed.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
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

const soon = () => AbortSignal.timeout(15_000);
const exchangesOf = ({ markets }: FeedMarkets) => [
  ...new Set(markets.map((each) => each.exchange)),
];

describe('loading the markets of many exchanges', () => {
  test('an exchange that is dead is passed over, tried again and announced when it is back', async () => {
    const { feed, servers, status, books } = start();
    await servers.poloniex.fault('die');
    const announced: FeedMarkets[] = [];
    feed.onMarkets((markets) => announced.push(markets));
    expect(exchangesOf(await feed.loadMarkets(soon()))).toEqual(['binance', 'bybit']);
    expect(status('poloniex')).toMatchObject({
      state: 'down',
      reason: { code: 'exchange_network', message: 'poloniex cannot be reached' },
      marketsCount: 0,
    });
    expect(status('poloniex').retryAtMs).toBeGreaterThan(Date.now() - 1_000);
    expect(announced).toEqual([]);

    await servers.poloniex.fault(null);
    await until('poloniex is announced', () => announced.length > 0);
    expect(announced.map(exchangesOf)).toEqual([['binance', 'bybit', 'poloniex']]);
    await until('its markets are read', () => status('poloniex').updatesCount > 0);
    expect(status('poloniex')).toMatchObject({ state: 'live', marketsCount: 2 });
    expect(books.size).toBe(0);
  });

  test('an exchange that hangs holds the others up only so long', async () => {
    const { feed, servers, status } = start({ feed: { loadWaitMs: 100, callTimeoutMs: 5_000 } });
    await servers.bybit.fault('hang');
    const startedAtMs = performance.now();
    expect(exchangesOf(await feed.loadMarkets(soon()))).toEqual(['binance', 'poloniex']);
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    expect(status('bybit').state).toBe('connecting');
  });

  test('unknown exchanges are left out with their reason and not tried again', async () => {
    const { feed, status, logged } = start({
      feed: { exchanges: ['binance', 'bybit', 'no-such'] },
    });
    expect(exchangesOf(await feed.loadMarkets(soon()))).toEqual(['binance', 'bybit']);
    expect(status('no-such')).toMatchObject({
      state: 'down',
      reason: { code: 'exchange_unknown', message: 'no-such is not an exchange that ccxt knows' },
      retryAtMs: null,
    });
    expect(logged.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('with no exchange at all it fails, and says why of each', async () => {
    const { feed, servers } = start({ ids: ['binance', 'bybit'] });
    await servers.binance.fault('geo-block');
    await servers.bybit.fault('rate-limit');
    const failure = await feed.loadMarkets(soon()).catch((error: unknown) => error);
    expect(isSpreadscopeError(failure, 'exchange_failed')).toBe(true);
    expect(failure).toHaveProperty(
      'message',
      'no exchange could be loaded (binance: exchange_geo_blocked, bybit: exchange_rate_limited)',
    );
  });

  test('when all fail for one reason, that is the code', async () => {
    const { feed } = start({ feed: { exchanges: ['no-such', 'nor-this'] } });
    const failure = await feed.loadMarkets(soon()).catch((error: unknown) => error);
    expect(isSpreadscopeError(failure, 'exchange_unknown')).toBe(true);
  });

  test('text that is no JSON instead of markets is bad data', async () => {
    const { feed, servers, status } = start();
    for (const server of Object.values(servers)) await server.fault('garbage');
    const failure = await feed.loadMarkets(soon()).catch((error: unknown) => error);
    expect(isSpreadscopeError(failure, 'exchange_bad_data')).toBe(true);
    for (const id of Object.keys(servers)) {
      expect(status(id).reason?.code).toBe('exchange_bad_data');
    }
  });

  test('a symbol that one exchange has is listed and not read', async () => {
    const { feed } = start({ feed: { symbols: [BTC, 'XRP/USDT'] } });
    const { markets, omitted } = await feed.loadMarkets(soon());
    expect(new Set(markets.map(({ symbol }) => symbol))).toEqual(new Set([BTC]));
    expect(omitted).toEqual([
      { symbol: 'XRP/USDT', reason: 'fewer_than_two_exchanges', exchanges: [] },
    ]);
  });

  test('left to itself, it takes every symbol that two exchanges share', async () => {
    const { feed } = start({ feed: { symbols: 'auto' } });
    const { markets } = await feed.loadMarkets(soon());
    expect(new Set(markets.map(({ symbol }) => symbol))).toEqual(new Set([BTC, ETH]));
  });

  test('an aborted signal ends it with the reason', async () => {
    const { feed, servers } = start();
    await servers.binance.fault('hang');
    const reason = new Error('enough');
    const controller = new AbortController();
    const loading = feed.loadMarkets(controller.signal).catch((error: unknown) => error);
    controller.abort(reason);
    expect(await loading).toBe(reason);
  });

  test('a taker fee of the caller replaces those of the exchanges', async () => {
    const { feed } = start({ feed: { takerBpsOverride: 2.5 } });
    const { markets } = await feed.loadMarkets(soon());
    expect(new Set(markets.map(({ takerBps }) => takerBps))).toEqual(new Set([2.5]));
  });
});

describe('trying again', () => {
  test('waits twice as long after each failure, on the clock that it was given', async () => {
    const clock = createFakeClock();
    const { feed, servers, status } = start({
      ids: ['binance', 'bybit'],
      feed: { clock, random: () => 0.5 },
    });
    await servers.bybit.fault('die');
    await feed.loadMarkets(soon());
    for (const [failuresCount, waitMs] of [
      [1, 500],
      [2, 1_000],
      [3, 2_000],
    ] as const) {
      await until('it is down', () => status('bybit').failuresCount === failuresCount);
      await until('it waits', () => clock.sleepsMs.includes(waitMs));
      expect(status('bybit').retryAtMs).toBe(clock.nowMs() + waitMs);
      await clock.advance(waitMs - 1);
      expect(status('bybit').state).toBe('down');
      await clock.advance(1);
    }
  });

  test('waits as long as the exchange asks for', async () => {
    const clock = createFakeClock();
    const { feed, servers, status } = start({ feed: { clock, random: () => 0 } });
    await servers.binance.fault('rate-limit');
    await feed.loadMarkets(soon());
    expect(status('binance').reason).toEqual({
      code: 'exchange_rate_limited',
      message: 'binance refuses requests because its rate limit is exceeded (HTTP 429)',
    });
    expect(status('binance').retryAtMs).toBe(clock.nowMs() + 1_000);
  });
});

describe('markets over time', () => {
  test('are loaded anew, and announced when something changed', async () => {
    const { feed, servers, status } = start({
      ids: ['binance', 'bybit'],
      feed: { marketsRefreshMs: 60 },
    });
    const { markets } = await feed.loadMarkets(soon());
    expect(markets).toHaveLength(4);
    const announced: FeedMarkets[] = [];
    feed.onMarkets((each) => announced.push(each));
    const loads = () =>
      servers.bybit.requests.filter(({ path }) => path === '/v5/market/instruments-info').length;
    await until('two more loads', () => loads() >= 3);
    expect(announced).toEqual([]);

    servers.bybit.suspend(ETH);
    await until('the change is announced', () => announced.length > 0);
    expect(announced[0]?.omitted).toEqual([
      { symbol: ETH, reason: 'fewer_than_two_exchanges', exchanges: ['binance'] },
    ]);
    await until('it is not read any more', () => status('binance').marketsCount === 1);
  });

  test('stay as they are when loading them anew fails', async () => {
    const { feed, servers, status, logged } = start({ feed: { marketsRefreshMs: 60 } });
    await feed.loadMarkets(soon());
    await servers.bybit.fault('rate-limit');
    const warned = () => logged.some(({ message }) => message.includes('loaded anew'));
    await until('it failed', () => warned() || status('bybit').state === 'down');
    expect(status('bybit').marketsCount).toBe(2);
  });
});

describe('every exchange of ccxt', () => {
  test('can be opened, and one that cannot be reached says so', async () => {
    const { exchanges } = await loadCcxt();
    // A port that was free a moment ago: connections to it are refused.
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const { port } = server;
    await server.stop(true);
    const nowhere = { rest: `http://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${port}` };
    const { feed } = start({
      feed: {
        exchanges,
        symbols: [BTC],
        urlOverrides: Object.fromEntries(exchanges.map((id) => [id, nowhere])),
        loadWaitMs: 5_000,
      },
    });
    await feed.loadMarkets(soon());
    const codes = new Map(feed.exchanges().map((each) => [each.exchange, each.reason?.code]));
    expect(codes.size).toBe(104);
    const withCode = (code: string | undefined) =>
      [...codes].filter(([, each]) => each === code).map(([id]) => id);
    expect(withCode('exchange_network')).toHaveLength(98);
    // Their market lists are for customers.
    expect(withCode('exchange_authentication')).toEqual(['alpaca', 'mudrex']);
    // ccxt brings their market lists along.
    expect(withCode(undefined)).toEqual(['bit2c', 'coincheck', 'coinspot', 'paymium']);
  });
});
