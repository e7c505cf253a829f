import { describe, expect, test } from 'bun:test';
import { LIFE_HORIZONS_MS } from '../../src/detect/life/life.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { sampleSpreads } from '../../src/pipeline/spread-sampling.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { createOpportunitySample } from '../support/opportunity-samples.ts';

async function createWorld() {
  const world = createHttpWorld();
  const closed = [true, false].map((isThere, index) => ({
    ...createOpportunitySample({
      id: `c${index}`,
      openedAtMs: index,
      closedAtMs: 100 * index + 50,
    }),
    life: {
      edgeBpsSeconds: 2.5,
      survival: LIFE_HORIZONS_MS.map((afterMs) => ({ afterMs, isThere })),
    },
  }));
  await world.store.write([...closed, createOpportunitySample({ id: 'open', openedAtMs: 3 })]);
  return createHttpApp(world.services);
}

describe('/api/statistics/life', () => {
  test('counts what has closed, with shares', async () => {
    const app = await createWorld();
    const response = await app.request('/api/statistics/life');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      source: 'synthetic',
      closedCount: 2,
      edgeBpsSeconds: 5,
      ghostKnownCount: 2,
      ghostCount: 1,
      ghostShareRatio: 0.5,
      survival: LIFE_HORIZONS_MS.map((afterMs) => ({ afterMs, survivedRatio: 0.5 })),
    });
  });

  test('filters, and has no share of nothing', async () => {
    const app = await createWorld();
    const read = async (query: string) =>
      (await app.request(`/api/statistics/life?${query}`)).json() as Promise<object>;
    expect(await read('fromMs=1')).toMatchObject({ closedCount: 1, ghostShareRatio: 1 });
    expect(await read('toMs=1')).toMatchObject({ closedCount: 1, ghostShareRatio: 0 });
    expect(await read('symbol=Q-Q')).toMatchObject({
      closedCount: 0,
      medianLivedMs: null,
      ghostShareRatio: null,
      closeReasons: [],
    });
  });
});

describe('/api/statistics/spreads and /api/statistics/index', () => {
  const read = async (app: ReturnType<typeof createHttpApp>, path: string) => {
    const response = await app.request(path);
    return { status: response.status, body: await response.json() };
  };

  test('show what is usual, what is now, and the index', async () => {
    const world = createHttpWorld();
    world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT', bid: 100, ask: 100.5 });
    world.addQuote({ exchange: 'borea', symbol: 'BTC/USDT', bid: 201, ask: 202 });
    world.addMarket('corvus', 'BTC/USDT');
    const app = createHttpApp(world.services);
    const before = await read(app, '/api/statistics/spreads/BTC-USDT');
    expect(before.body).toMatchObject({ index: null, exchanges: [], medianBps: [], pairs: [] });
    sampleSpreads(world.services.pipeline.market, world.spreads);
    expect((await read(app, '/api/statistics/index')).body.indexes).toEqual([]);

    world.addQuote({ exchange: 'borea', symbol: 'BTC/USDT', bid: 102.51, ask: 102.6 });
    sampleSpreads(world.services.pipeline.market, world.spreads);
    const { body } = await read(app, '/api/statistics/spreads/BTC-USDT');
    expect(body).toMatchObject({ exchanges: ['aster', 'borea'], omittedPairsCount: 0 });
    expect(body.latestBps[0][1]).toBeCloseTo(200, 3);
    expect(body.latestBps[0][0]).toBeNull();
    expect(body.zScore).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(body.pairs).toMatchObject([
      { buyExchange: 'aster', sellExchange: 'borea', samplesCount: 1, verdict: 'unknown' },
      { buyExchange: 'borea', sellExchange: 'aster' },
    ]);
    const { indexes } = (await read(app, '/api/statistics/index')).body;
    expect(indexes).toMatchObject([{ symbol: 'BTC/USDT', samplesCount: 1 }]);
    expect(indexes[0].latestRatio).toBeCloseTo(102.555 / 100.25, 6);
  });

  test('do not know symbols that are not watched', async () => {
    const app = createHttpApp(createHttpWorld().services);
    expect(await read(app, '/api/statistics/spreads/Q-Q')).toMatchObject({ status: 404 });
  });
});
