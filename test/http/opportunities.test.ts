import { afterAll, describe, expect, test } from 'bun:test';
import { ProxyTracerProvider } from '@opentelemetry/api';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createPgliteStore } from '../../src/store/drivers/pglite.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { createOpportunitySample } from '../support/opportunity-samples.ts';

interface Page {
  readonly opportunities: readonly Opportunity[];
  readonly nextCursor: string | null;
}

const tracer = new ProxyTracerProvider().getTracer('test');
const store = await createPgliteStore({ dataDir: 'memory', tracer });
await store.migrate();

afterAll(() => store.close());

const cycleSample: Opportunity = {
  ...createOpportunitySample({ id: 'f', openedAtMs: 50, closedAtMs: 60, edgeBps: 2 }),
  kind: 'cycle',
  symbol: 'ADA>BTC>USDT',
  base: 'ADA',
  quote: 'ADA',
};

/** The same samples each time: a repeated write changes nothing. */
async function createWorld() {
  const world = createHttpWorld({}, undefined, store);
  const app = createHttpApp(world.services);
  const samples = [
    createOpportunitySample({ id: 'a', openedAtMs: 100, closedAtMs: 150, edgeBps: 3 }),
    createOpportunitySample({ id: 'b', openedAtMs: 200, closedAtMs: 250, symbol: 'ETH/USDT' }),
    createOpportunitySample({ id: 'c', openedAtMs: 300, sellExchange: 'corvus' }),
    createOpportunitySample({ id: 'd', openedAtMs: 400, revision: 2, edgeBps: 40 }),
    createOpportunitySample({ id: 'e', openedAtMs: 400 }),
    cycleSample,
  ];
  await world.store.write(samples);
  world.open.push(...samples.filter(({ state }) => state === 'open'));
  const read = async (query: string) => {
    const response = await app.request(`/api/opportunities${query}`);
    expect([query, response.status]).toEqual([query, 200]);
    return (await response.json()) as Page;
  };
  const idsOf = async (query: string) => (await read(query)).opportunities.map(({ id }) => id);
  return { world, app, read, idsOf };
}

describe('/api/opportunities', () => {
  test('gives the newest opened first', async () => {
    const { idsOf } = await createWorld();
    expect(await idsOf('')).toEqual(['e', 'd', 'c', 'b', 'a', 'f']);
  });

  test.each([
    ['?symbol=ETH-USDT', ['b']],
    ['?symbol=ETH%2FUSDT', ['b']],
    ['?symbol=ADA%3EBTC%3EUSDT', ['f']],
    ['?exchange=corvus', ['c']],
    ['?state=open', ['e', 'd', 'c']],
    ['?state=closed', ['b', 'a', 'f']],
    ['?fromMs=200&toMs=400', ['c', 'b']],
    ['?minEdgeBps=12.5', ['e', 'd', 'c', 'b']],
    ['?minEdgeBps=12.6', ['d']],
    ['?state=open&minEdgeBps=12.6', ['d']],
    ['?state=open&exchange=aster&symbol=BTC-USDT&fromMs=301', ['e', 'd']],
  ])('filters by %s', async (query, ids) => {
    const { idsOf } = await createWorld();
    expect(await idsOf(query)).toEqual(ids);
  });

  test.each(['', '&state=open'])('gives every opportunity once, page by page%s', async (filter) => {
    const { read, idsOf } = await createWorld();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = await read(`?limit=2${filter}${after}`);
      expect(page.opportunities.length).toBeLessThanOrEqual(2);
      seen.push(...page.opportunities.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(await idsOf(`?limit=500${filter}`));
  });

  test.each(['', '&state=open'])('refuses a cursor that is none%s', async (filter) => {
    const { app } = await createWorld();
    const response = await app.request(`/api/opportunities?cursor=nonsense${filter}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_input',
      errors: [{ in: 'query', field: 'cursor' }],
    });
  });

  test('shows an open one as it is now, not as it was written', async () => {
    const { world, read } = await createWorld();
    const newer = createOpportunitySample({ id: 'c', openedAtMs: 300, revision: 7, edgeBps: 99 });
    world.open.splice(0, world.open.length, newer);
    const { opportunities } = await read('?fromMs=300&toMs=301');
    expect(opportunities.map(({ revision }) => revision)).toEqual([7]);
  });
});

describe('/api/opportunities/:id', () => {
  test('gives an open one from memory, before it is written', async () => {
    const { world, app } = await createWorld();
    world.open.push(createOpportunitySample({ id: 'new', openedAtMs: 500 }));
    const response = await app.request('/api/opportunities/new');
    expect(await response.json()).toMatchObject({
      source: 'synthetic',
      opportunity: { id: 'new' },
    });
  });

  test('gives a closed one from the store', async () => {
    const { app } = await createWorld();
    const response = await app.request('/api/opportunities/a');
    expect(await response.json()).toMatchObject({ opportunity: { id: 'a', state: 'closed' } });
  });

  test('is sent again only when it has changed', async () => {
    const { world, app } = await createWorld();
    const first = await app.request('/api/opportunities/d');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toBe('W/"d-2"');
    const read = () => app.request('/api/opportunities/d', { headers: { 'If-None-Match': tag } });
    expect((await read()).status).toBe(304);
    world.open.push(createOpportunitySample({ id: 'd', openedAtMs: 400, revision: 3 }));
    world.open.reverse();
    expect((await read()).status).toBe(200);
  });

  test('is a 404 problem for an unknown one', async () => {
    const { app } = await createWorld();
    const response = await app.request('/api/opportunities/zzz');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'opportunity_unknown' });
  });
});
