import { describe, expect, test } from 'bun:test';
import { LIFE_HORIZONS_MS } from '../../src/detect/life/life.ts';
import { createHttpApp } from '../../src/http/app.ts';
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
