import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { book } from '../support/markets.ts';

function createWorld() {
  const world = createHttpWorld();
  world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT', bid: 100, bidSize: 1, ask: 101 }, 0);
  world.addQuote({ exchange: 'borea', symbol: 'BTC/USDT', bid: 99, bidSize: 9, ask: 102 }, 0);
  world.addQuote({ exchange: 'aster', symbol: 'USDC/USDT', bid: 0.98, ask: 0.981 }, 0);
  const app = createHttpApp(world.services);
  const get = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, body: await response.json() };
  };
  return { world, get };
}

describe('/api/convert', () => {
  test('gives the best path for the amount from what is known', async () => {
    const { get } = createWorld();
    const { status, body } = await get('/api/convert?from=BTC&to=USDT&amount=2');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      source: 'synthetic',
      from: 'BTC',
      to: 'USDT',
      amountIn: '2',
      found: true,
      amountOut: '198',
      legs: [{ exchange: 'borea', side: 'sell', hasDepth: false, levelsCount: 1 }],
    });
  });

  test('fetches the books of the best path', async () => {
    const { world, get } = createWorld();
    const bids = [
      [100, 1],
      [99.5, 5],
    ] as const;
    const times = { receivedAtMs: world.clock.nowMs() };
    world.fetchable.set('aster BTC/USDT', book('aster', 'BTC/USDT', bids, [[101, 1]], times));
    const { body } = await get('/api/convert?from=BTC&to=USDT&amount=2');
    expect(body).toMatchObject({
      amountOut: '199.5',
      legs: [{ exchange: 'aster', hasDepth: true, levelsCount: 2 }],
    });
    expect(world.fetches).toContain('aster BTC/USDT 100');
  });

  test('says why there is none', async () => {
    const { world, get } = createWorld();
    expect((await get('/api/convert?from=BTC&to=USDT&amount=500')).body).toMatchObject({
      found: false,
      reason: 'too_thin',
    });
    expect(await get('/api/convert?from=BTC&to=EUR&amount=1')).toMatchObject({
      status: 404,
      body: { code: 'asset_unknown' },
    });
    await world.clock.advance(6_000);
    expect((await get('/api/convert?from=BTC&to=USDT&amount=1')).body).toMatchObject({
      found: false,
      reason: 'no_usable_path',
    });
  });

  test.each([
    ['from=BTC&to=USDT&amount=0', 'amount'],
    ['from=BTC&to=USDT&amount=-1', 'amount'],
    ['from=BTC&to=USDT&amount=1e5', 'amount'],
    ['from=BTC&to=USDT', 'amount'],
    ['from=BTC&to=BTC&amount=1', 'to'],
    ['from=B/C&to=USDT&amount=1', 'from'],
    ['from=BTC&to=USDT&amount=1&maxLegs=5', 'maxLegs'],
    ['from=BTC&to=USDT&amount=1&legs=2', 'legs'],
  ])('refuses %s and names %s', async (query, field) => {
    const { get } = createWorld();
    const { status, body } = await get(`/api/convert?${query}`);
    expect(status).toBe(400);
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
  });
});

describe('/api/valuation', () => {
  test('values the quote assets by live prices', async () => {
    const { world, get } = createWorld();
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDC', bid: 10, ask: 10.1 });
    const { status, body } = await get('/api/valuation');
    expect(status).toBe(200);
    expect(body).toMatchObject({ reference: 'USDT', pegs: [] });
    const usdc = body.assets.find(({ asset }: { asset: string }) => asset === 'USDC');
    expect(usdc).toMatchObject({ sellRate: 0.98, path: ['USDC', 'USDT'], reason: null });
    expect(usdc.rate).toBeCloseTo(0.9805, 12);
  });

  test('gives null and the reason when prices are stale', async () => {
    const { world, get } = createWorld();
    world.addQuote({ exchange: 'aster', symbol: 'ETH/USDC', bid: 10, ask: 10.1 });
    await world.clock.advance(6_000);
    const { body } = await get('/api/valuation?in=USDT');
    expect(body.assets).toContainEqual({
      asset: 'USDC',
      rate: null,
      sellRate: null,
      buyRate: null,
      path: [],
      reason: 'no_usable_path',
    });
    expect(await get('/api/valuation?in=EUR')).toMatchObject({ status: 404 });
  });
});
