import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { book } from '../support/markets.ts';

const SYMBOL = 'BTC/USDT';

function createWorld() {
  const world = createHttpWorld();
  const add = (exchange: string, bid: number, ask: number, size: number) =>
    world.addQuote({ exchange, symbol: SYMBOL, bid, bidSize: size, ask, askSize: size }, 0);
  add('aster', 99, 100, 1);
  add('borea', 99, 100.5, 2);
  add('corvus', 102, 104, 5);
  const app = createHttpApp(world.services);
  const get = async (query = '') => {
    const response = await app.request(`/api/multi/BTC-USDT${query}`);
    return { status: response.status, body: await response.json() };
  };
  return { world, get, app };
}

describe('/api/multi', () => {
  test('says what each exchange gives and takes', async () => {
    const { get } = createWorld();
    const { status, body } = await get();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      symbol: SYMBOL,
      sizeInBase: '3',
      costInQuote: '301',
      proceedsInQuote: '306',
      profitInQuote: '5',
      buys: [
        { exchange: 'aster', sizeInBase: '1', amountInQuote: '100', limitPriceInQuote: '100' },
        { exchange: 'borea', sizeInBase: '2', amountInQuote: '201', levelsCount: 1 },
      ],
      sells: [{ exchange: 'corvus', sizeInBase: '3', amountInQuote: '306' }],
    });
    expect(body.exchanges).toContainEqual({ exchange: 'aster', depth: 'quote' });
  });

  test('uses fetched depth, unless it is too old', async () => {
    const { world, get } = createWorld();
    const nowMs = world.clock.nowMs();
    const asks = [
      [100, 1],
      [100.1, 1],
    ] as const;
    const old = { receivedAtMs: nowMs - 5_001 };
    const stale = book('borea', SYMBOL, [[99, 1]], [[90, 9]], old);
    world.fetchable.set('borea BTC/USDT', stale);
    const fresh = { receivedAtMs: nowMs };
    world.fetchable.set('aster BTC/USDT', book('aster', SYMBOL, [[99, 1]], asks, fresh));
    const { body } = await get();
    expect(body.exchanges).toEqual([
      { exchange: 'aster', depth: 'book' },
      { exchange: 'borea', depth: 'quote' },
      { exchange: 'corvus', depth: 'quote' },
    ]);
    expect(body.buys[0]).toMatchObject({ exchange: 'aster', sizeInBase: '2', levelsCount: 2 });
    expect(body.profitInQuote).toBe('6.9');
  });

  test('leaves out what fails a guard, and keeps to the limits', async () => {
    const { world, get, app } = createWorld();
    expect((await get('?maxBase=0.5')).body).toMatchObject({ sizeInBase: '0.5' });
    expect((await get('?minEdgeBps=200')).body).toMatchObject({ sizeInBase: '0', edgeBps: null });
    await world.clock.advance(6_000);
    const { body } = await get();
    expect(body).toMatchObject({ sizeInBase: '0', buys: [], sells: [] });
    expect(body.exchanges[0]).toEqual({ exchange: 'aster', depth: 'none' });
    expect((await app.request('/api/multi/ETH-USDT')).status).toBe(404);
    expect((await get('?minEdgeBps=-1')).status).toBe(400);
  });
});
