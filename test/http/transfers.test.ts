import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';

const TERMS = JSON.stringify({
  networks: {
    kraken: {
      BTC: {
        Bitcoin: { withdraw: true, deposit: true, fee: '0.0002', transferMs: 600_000 },
        Lightning: { withdraw: true, deposit: true, fee: 0 },
      },
    },
    okx: { BTC: { BTC: { withdraw: false, deposit: true, fee: 0.0001, limits: {} } } },
  },
  balances: { okx: { BTC: '0.25' } },
});

function createWorld() {
  const world = createHttpWorld({ TERMS });
  for (const exchange of ['kraken', 'okx', 'gate']) world.addMarket(exchange, 'BTC/USDT');
  const app = createHttpApp(world.services);
  return { world, app };
}

describe('GET /api/transfers/{asset}', () => {
  test('gives networks, the ways between exchanges or the reason, and what is held', async () => {
    const { app } = createWorld();
    const response = await app.request('/api/transfers/BTC');
    expect(response.status).toBe(200);
    const body = await response.json();
    expect(body).toMatchObject({ asset: 'BTC', source: 'synthetic' });
    expect(body.networks).toHaveLength(3);
    const routeOf = (from: string, to: string) =>
      body.routes.find(
        (route: { fromExchange: string; toExchange: string }) =>
          route.fromExchange === from && route.toExchange === to,
      );
    expect(body.routes).toHaveLength(6);
    expect(routeOf('kraken', 'okx')).toMatchObject({
      reason: null,
      hops: [{ network: 'BTC', feeInAsset: '0.0002', transferMs: 600_000, isTimeAssumed: false }],
    });
    expect(routeOf('okx', 'kraken')).toMatchObject({
      hops: [],
      reason: { code: 'withdrawal_off', asset: 'BTC', exchange: 'okx', networks: ['BTC'] },
    });
    expect(routeOf('gate', 'okx').reason).toEqual({
      code: 'networks_unknown',
      asset: 'BTC',
      exchange: 'gate',
    });
    expect(body.balances).toEqual([{ exchange: 'okx', asset: 'BTC', amountInAsset: '0.25' }]);
  });

  test('says of an asset that nobody trades that it is not known', async () => {
    const { app } = createWorld();
    const response = await app.request('/api/transfers/DOGE');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'asset_unknown' });
  });

  test('refuses what is no asset', async () => {
    const { app } = createWorld();
    expect((await app.request('/api/transfers/BTC%20USDT')).status).toBe(400);
  });
});
