import { describe, expect, test } from 'bun:test';
import type { Book } from '../../src/domain/book.ts';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { FETCH_TIMEOUT_MS } from '../../src/http/depth.ts';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';

const SYMBOL = 'BTC/USDT';
const URL = '/api/market-data/BTC-USDT';

interface MarketData {
  readonly cache: { readonly hit: boolean; readonly ttlMs: number };
  readonly exchanges: readonly {
    readonly exchange: string;
    readonly book: {
      readonly origin: string;
      readonly bids: readonly unknown[];
      readonly ageMs: number;
    } | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

function createBook(world: HttpWorld, exchange: string): Book {
  return {
    exchange,
    symbol: SYMBOL,
    bids: [
      [99.5, 1e-7],
      [99, 2],
    ],
    asks: [[100, 3]],
    exchangeTimeMs: null,
    receivedAtMs: world.clock.nowMs(),
  };
}

/** `aster` streams its book, `borea` gives it on demand. */
function createWorld(env: Readonly<Record<string, string>> = {}) {
  const world = createHttpWorld(env);
  world.addQuote({ exchange: 'aster', symbol: SYMBOL });
  world.addQuote({ exchange: 'borea', symbol: SYMBOL });
  world.addBook(createBook(world, 'aster'));
  world.fetchable.set(`borea ${SYMBOL}`, createBook(world, 'borea'));
  const app = createHttpApp(world.services);
  const read = async (url = URL) => (await (await app.request(url)).json()) as MarketData;
  return { world, app, read };
}

function spanOf({ services }: HttpWorld) {
  const [newest] = services.telemetry.recentTraces.list(1);
  return newest?.spans.find((span) => span.name === 'arbitrage.fetch_market_data');
}

describe('market data', () => {
  test('fetches the books that do not stream, once while they live in the cache', async () => {
    const { world, read } = createWorld({ CACHE_TTL_MS: '30000', BOOK_LEVELS: '50' });
    const first = await read();
    expect(first.cache).toEqual({ hit: false, ttlMs: 30_000 });
    expect(first.exchanges.map(({ book }) => book?.origin)).toEqual(['stream', 'fetched']);
    expect(first.exchanges[1]?.book?.bids).toEqual([
      ['99.5', '0.0000001'],
      ['99', '2'],
    ]);
    expect(spanOf(world)?.attributes['cache.hit']).toBe(false);

    await world.clock.advance(29_999);
    const second = await read();
    expect(second.cache.hit).toBe(true);
    expect(second.exchanges[1]?.book).toMatchObject({ origin: 'cache', ageMs: 29_999 });
    expect(spanOf(world)?.attributes['cache.hit']).toBe(true);
    expect(world.fetches).toEqual([`borea ${SYMBOL} 50`]);

    world.fetchable.set(`borea ${SYMBOL}`, createBook(world, 'borea'));
    await world.clock.advance(1);
    expect((await read()).exchanges[1]?.book?.origin).toBe('fetched');
  });

  test('never caches quotes', async () => {
    const { world, read } = createWorld();
    await read();
    world.addQuote({ exchange: 'borea', symbol: SYMBOL, bid: 123.25, ask: 124 });
    expect(await read()).toMatchObject({
      cache: { hit: true },
      exchanges: [{}, { quote: { bid: '123.25' } }],
    });
  });

  test('cuts books to the levels that are asked for', async () => {
    const { world, read } = createWorld();
    const { exchanges } = await read(`${URL}?levels=1`);
    expect(exchanges.map(({ book }) => book?.bids.length)).toEqual([1, 1]);
    expect((await read(`${URL}?levels=2`)).exchanges[1]?.book?.bids).toHaveLength(2);
    expect(world.fetches).toHaveLength(1);
  });

  test('asks nobody for depth when none is wanted', async () => {
    const { world, read } = createWorld();
    const body = await read(`${URL}?levels=0`);
    expect(body.exchanges.map(({ book, error }) => [book, error])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(world.fetches).toEqual([]);
  });

  test('gives what it has when an exchange fails, with the reason', async () => {
    const { world, read } = createWorld();
    world.addQuote({ exchange: 'corvus', symbol: SYMBOL });
    const refused = new SpreadscopeError('exchange_rate_limited', 'corvus asks to wait');
    const failing = Promise.reject(refused);
    failing.catch(() => {});
    world.fetchable.set(`corvus ${SYMBOL}`, failing);
    const { exchanges } = await read();
    expect(exchanges[1]?.book?.origin).toBe('fetched');
    expect(exchanges[2]).toMatchObject({
      book: null,
      error: { code: 'exchange_rate_limited', message: 'corvus asks to wait' },
    });
  });

  test('does not show an unexpected failure as it is', async () => {
    const { world, read } = createWorld();
    const failing = Promise.reject(new Error('key=hunter2'));
    failing.catch(() => {});
    world.fetchable.set(`borea ${SYMBOL}`, failing);
    expect((await read()).exchanges[1]?.error).toEqual({
      code: 'exchange_failed',
      message: 'The exchange gave no book.',
    });
  });

  test('waits no longer than the bound for an exchange that hangs', async () => {
    const { world, read } = createWorld();
    world.fetchable.set(`borea ${SYMBOL}`, new Promise<Book>(() => {}));
    const pending = read();
    await world.clock.advance(FETCH_TIMEOUT_MS - 1);
    const isSettled = await Promise.race([pending.then(() => true), Promise.resolve(false)]);
    expect(isSettled).toBe(false);
    await world.clock.advance(1);
    expect((await pending).exchanges[1]?.error?.code).toBe('exchange_timeout');
  });

  test('does not ask an exchange that is down', async () => {
    const { world, read } = createWorld();
    const status = world.exchanges[1];
    if (status === undefined) throw new Error('BUG: borea is missing');
    const reason = { code: 'exchange_maintenance' as const, message: 'Back at noon.' };
    world.exchanges[1] = { ...status, state: 'down', reason };
    expect((await read()).exchanges[1]?.error).toEqual(reason);
    expect(world.fetches).toEqual([]);
  });

  test('asks an exchange once for requests that come together', async () => {
    const { world, read } = createWorld();
    const bodies = await Promise.all([read(), read(), read()]);
    expect(bodies.map(({ exchanges }) => exchanges[1]?.book?.origin)).toEqual([
      'fetched',
      'fetched',
      'fetched',
    ]);
    expect(world.fetches).toHaveLength(1);
  });

  test('takes a cache that fails for a miss', async () => {
    const { world } = createWorld();
    const fail = () => Promise.reject(new SpreadscopeError('cache_unavailable', 'refused'));
    const cache = { ...world.services.cache, get: fail, set: fail };
    const app = createHttpApp({ ...world.services, cache });
    const body = (await (await app.request(URL)).json()) as MarketData;
    expect(body.exchanges[1]?.book?.origin).toBe('fetched');
  });
});
