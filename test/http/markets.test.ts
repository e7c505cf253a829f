import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createExchangeStatus, createHttpWorld } from '../support/http-world.ts';

const SYMBOL = 'BTC/USDT';

function createWorld(env: Readonly<Record<string, string>> = {}) {
  const world = createHttpWorld(env);
  world.addQuote({ exchange: 'aster', symbol: SYMBOL, bid: 99, ask: 100, askSize: 1e-7 }, 10);
  world.addQuote({ exchange: 'borea', symbol: SYMBOL, bid: 101, ask: 102 }, 20);
  world.addQuote({ exchange: 'corvus', symbol: SYMBOL, bid: 0, bidSize: Number.NaN, ask: 97 });
  return { world, app: createHttpApp(world.services) };
}

async function readJson<Body>(app: ReturnType<typeof createHttpApp>, url: string): Promise<Body> {
  const response = await app.request(url);
  expect([url, response.status]).toEqual([url, 200]);
  return (await response.json()) as Body;
}

interface Tickers {
  readonly best: unknown;
  readonly tickers: readonly { exchange: string; guard: unknown; quote: unknown }[];
}

describe('/api/exchanges', () => {
  test('shows each exchange with its state and reason', async () => {
    const { world, app } = createWorld();
    const down = {
      ...createExchangeStatus('dorado', world.clock.nowMs()),
      state: 'down' as const,
      reason: { code: 'exchange_timeout' as const, message: 'No answer within 10 s.' },
      lastUpdateAtMs: null,
      retryAtMs: world.clock.nowMs() + 4_000,
    };
    world.exchanges.push(down);
    const body = await readJson<{ exchanges: unknown[] }>(app, '/api/exchanges');
    expect(body.exchanges).toHaveLength(4);
    expect(body.exchanges[3]).toEqual(down);
  });

  test('lists the symbols that are not watched, and why', async () => {
    const { app } = createWorld();
    expect(await readJson(app, '/api/exchanges')).toMatchObject({
      omittedSymbols: [
        { symbol: 'LONE/USDT', reason: 'fewer_than_two_exchanges', exchanges: ['kraken'] },
      ],
    });
  });
});

describe('/api/tickers', () => {
  test.each(['BTC-USDT', 'BTC%2FUSDT', 'BTC%2fUSDT'])('takes the symbol as %s', async (text) => {
    const { app } = createWorld();
    expect(await readJson(app, `/api/tickers/${text}`)).toMatchObject({ symbol: SYMBOL });
  });

  test('takes a derivative with its settlement asset', async () => {
    const { world, app } = createWorld();
    world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT:USDT-251226' });
    const body = await readJson(app, '/api/tickers/BTC-USDT:USDT-251226');
    expect(body).toMatchObject({ symbol: 'BTC/USDT:USDT-251226' });
    const encoded = await readJson(app, '/api/tickers/BTC%2FUSDT%3AUSDT-251226');
    expect(encoded).toMatchObject({ symbol: 'BTC/USDT:USDT-251226' });
  });

  test('gives prices and sizes as exact decimals, and null for what is missing', async () => {
    const { world, app } = createWorld();
    await world.clock.advance(250);
    const { tickers } = await readJson<Tickers>(app, '/api/tickers/BTC-USDT');
    expect(tickers[0]?.quote).toEqual({
      bid: '99',
      bidSizeInBase: '1',
      ask: '100',
      askSizeInBase: '0.0000001',
      exchangeTimeMs: world.clock.nowMs() - 250,
      receivedAtMs: world.clock.nowMs() - 250,
      ageMs: 250,
    });
    expect(tickers[2]).toMatchObject({
      guard: 'one_sided',
      quote: { bid: null, bidSizeInBase: null, ask: '97' },
    });
  });

  test('finds the best prices over the exchanges that take part', async () => {
    const { app } = createWorld();
    const { best } = await readJson<Tickers>(app, '/api/tickers/BTC-USDT');
    expect(best).toEqual({
      bid: { exchange: 'borea', price: '101' },
      ask: { exchange: 'aster', price: '100' },
    });
  });

  test('says that a quote is stale one millisecond after its time', async () => {
    const { world, app } = createWorld({ MAX_AGE_MS: '5000' });
    await world.clock.advance(5_000);
    const fresh = await readJson<Tickers>(app, '/api/tickers/BTC-USDT');
    expect(fresh.tickers[0]?.guard).toBeNull();
    await world.clock.advance(1);
    const stale = await readJson<Tickers>(app, '/api/tickers/BTC-USDT');
    expect(stale.tickers[0]?.guard).toBe('stale');
    expect(stale.best).toEqual({ bid: null, ask: null });
  });
});

describe('/api/spreads', () => {
  test('is a matrix of rows bought on and columns sold on, net of both taker fees', async () => {
    const { app } = createWorld();
    const body = await readJson<{ grossBps: unknown; netBps: unknown; best: unknown }>(
      app,
      '/api/spreads/BTC-USDT',
    );
    expect(body.grossBps).toEqual([
      [null, 100, null],
      [-294.118, null, null],
      [null, null, null],
    ]);
    // 101 × 0.998 / (100 × 1.001) and 99 × 0.999 / (102 × 1.002), each less one.
    expect(body.netBps).toEqual([
      [null, 69.73, null],
      [-323.177, null, null],
      [null, null, null],
    ]);
    expect(body.best).toEqual({
      buyExchange: 'aster',
      sellExchange: 'borea',
      grossBps: 100,
      netBps: 69.73,
    });
  });

  test('takes the configured fee in place of those of the exchanges', async () => {
    const { app } = createWorld({ TAKER_BPS: '0' });
    const body = await readJson<{ best: { netBps: number } }>(app, '/api/spreads/BTC-USDT');
    expect(body.best.netBps).toBe(100);
  });

  test('has no best where fewer than two exchanges can be used', async () => {
    const { world, app } = createWorld();
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDT' });
    expect(await readJson(app, '/api/spreads/ETH-USDT')).toMatchObject({
      grossBps: [[null]],
      best: null,
    });
  });
});

describe('/api/status', () => {
  test('counts what is left at each step, nearest first', async () => {
    const { world, app } = createWorld({ OPEN_EDGE_BPS: '60' });
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDT', bid: 99.9, ask: 100 });
    world.addQuote({ exchange: 'borea', symbol: 'ETH/USDT', bid: 100.1, ask: 100.2 });
    world.addQuote({ exchange: 'aster', symbol: 'SOL/USDT' });
    const { screening } = await readJson<{ screening: object }>(app, '/api/status');
    expect(screening).toMatchObject({
      symbolsCount: 3,
      marketsCount: 6,
      usableMarketsCount: 5,
      guardCounts: { one_sided: 1 },
      comparableSymbolsCount: 2,
      grossPositiveCount: 2,
      netPositiveCount: 1,
      aboveThresholdCount: 1,
    });
    expect(screening).toMatchObject({
      nearest: [
        { symbol: SYMBOL, netBps: 69.73 },
        { symbol: 'ETH/USDT', grossBps: 10 },
      ],
    });
  });

  test('screens at most once a second', async () => {
    const { world, app } = createWorld();
    const count = async () =>
      (await readJson<{ screening: { symbolsCount: number } }>(app, '/api/status')).screening
        .symbolsCount;
    expect(await count()).toBe(1);
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDT' });
    await world.clock.advance(999);
    expect(await count()).toBe(1);
    await world.clock.advance(1);
    expect(await count()).toBe(2);
  });
});
