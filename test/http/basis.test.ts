import { describe, expect, test } from 'bun:test';
import { createHttpApp } from '../../src/http/app.ts';
import { datedAt102, perpetualAt100, spotAt100 } from '../support/basis-markets.ts';
import { sampleBasisEdge } from '../support/basis-samples.ts';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';
import { judgeResponse, type OpenApiDocument } from './contract.ts';

function setUp() {
  const world = createHttpWorld({ BASIS_NOTIONAL: '1000' });
  const app = createHttpApp(world.services);
  const get = (path: string) => app.request(path);
  const judge = async (path: string, response: Response) => {
    const document = (await (await get('/openapi.json')).json()) as OpenApiDocument;
    return judgeResponse(document, path, response);
  };
  return { world, get, judge };
}

function addAll({ addBasisMarket, clock }: HttpWorld): void {
  const nextFundingAtMs = clock.nowMs() + 3_600_000;
  addBasisMarket(spotAt100());
  addBasisMarket(perpetualAt100({ funding: { nextFundingAtMs } }));
  addBasisMarket(
    datedAt102({ contract: { kind: 'dated', expiryMs: clock.nowMs() + 73 * 86_400_000 } }),
  );
}

describe('GET /api/basis', () => {
  test('gives carries of each kind, exact, with the rate of each perpetual', async () => {
    const { world, get, judge } = setUp();
    addAll(world);
    const response = await get('/api/basis');
    expect(await judge('/api/basis', response.clone())).toEqual([]);
    const answer = await response.json();
    expect(answer).toMatchObject({
      ...{ source: 'synthetic', notionalInQuote: 1000, horizonDays: 30, pairsCount: 4 },
      kindCounts: { perpetual_spot: 2, perpetual_perpetual: 0, dated_spot: 2 },
      reasonCounts: { carry_not_positive: 2 },
      funding: [{ symbol: 'BTC/USDT:USDT', ratePerHour: '0.0001', annualisedRatio: 0.876 }],
    });
    expect(answer.edges.map((edge: { kind: string }) => edge.kind)).toEqual([
      'perpetual_spot',
      'dated_spot',
    ]);
    expect(answer.edges[0]).toMatchObject({ profitInQuote: '67.1785', dayCount: 'ACT/365' });
    expect(answer.misses[0].sentence).toStartWith('nothing to earn');
  });

  test('takes a kind, a notional, a horizon and a limit', async () => {
    const { world, get } = setUp();
    addAll(world);
    const dated = await (await get('/api/basis?kind=dated_spot&notional=500&limit=1')).json();
    expect(dated).toMatchObject({ pairsCount: 2, notionalInQuote: 500 });
    expect(dated.edges).toHaveLength(1);
    expect(dated.edges[0]).toMatchObject({ kind: 'dated_spot', sizeInBase: '5' });
    const short = await (await get('/api/basis?kind=perpetual_spot&horizonDays=1')).json();
    expect(short.misses[0].reason).toMatchObject({ code: 'costs_not_covered', daysHeld: 1 });
    expect(await (await get('/api/basis?base=ETH')).json()).toMatchObject({ pairsCount: 0 });
  });

  test('fetches books that do not stream when a base is named', async () => {
    const { world, get } = setUp();
    const top = { ...spotAt100({ bids: [[99.9, 1]], asks: [[100, 1]] }), hasDepth: false };
    world.addBasisMarket(top);
    const nextFundingAtMs = world.clock.nowMs() + 3_600_000;
    world.addBasisMarket(perpetualAt100({ funding: { nextFundingAtMs } }));
    const blind = await (await get('/api/basis')).json();
    expect(blind.reasonCounts).toMatchObject({ depth_unknown: 1 });
    world.fetchable.set('spot-exchange BTC/USDT', {
      ...{ exchange: 'spot-exchange', symbol: 'BTC/USDT', exchangeTimeMs: null },
      ...{ bids: [[99.9, 100]], asks: [[100, 100]], receivedAtMs: world.clock.nowMs() },
    });
    const seen = await (await get('/api/basis?base=BTC')).json();
    expect(seen.edges[0]).toMatchObject({ profitInQuote: '67.1785', long: { hasDepth: true } });
  });

  test('is empty where no contract is watched', async () => {
    const { world, get } = setUp();
    world.addQuote({ exchange: 'kraken', symbol: 'BTC/USDT' });
    expect(await (await get('/api/basis')).json()).toMatchObject({ pairsCount: 0, funding: [] });
  });

  test.each(['kind=other', 'notional=0', 'horizonDays=0.001', 'limit=201', 'unknown=1'])(
    'refuses %s',
    async (query) => {
      const response = await setUp().get(`/api/basis?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_input' });
    },
  );
});

test('GET /api/basis/history gives what was kept, newest first', async () => {
  const { world, get, judge } = setUp();
  const kept = [1, 3, 2].map((atMs) => ({
    source: 'live' as const,
    edge: sampleBasisEdge({ atMs }),
  }));
  await world.store.writeBasis(kept);
  const response = await get('/api/basis/history?base=BTC&kind=perpetual_spot&limit=2');
  expect(await judge('/api/basis/history', response.clone())).toEqual([]);
  const { snapshots } = await response.json();
  expect(snapshots.map(({ edge }: { edge: { atMs: number } }) => edge.atMs)).toEqual([3, 2]);
  expect(await (await get('/api/basis/history?kind=dated_spot')).json()).toMatchObject({
    snapshots: [],
  });
});
