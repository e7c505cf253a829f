import { describe, expect, test } from 'bun:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { createOpportunitySample } from '../support/opportunity-samples.ts';
import { judgeResponse, type OpenApiDocument } from './contract.ts';

/** One request for each answer of each route: path in the document, URL, status. */
const REQUESTS = [
  ['/health', '/health', 200],
  ['/ready', '/ready', 200],
  ['/api/status', '/api/status', 200],
  ['/api/exchanges', '/api/exchanges', 200],
  ['/api/tickers/{symbol}', '/api/tickers/BTC-USDT', 200],
  ['/api/tickers/{symbol}', '/api/tickers/BTC', 400],
  ['/api/tickers/{symbol}', '/api/tickers/XXX-USDT', 404],
  ['/api/market-data/{symbol}', '/api/market-data/BTC-USDT', 200],
  ['/api/market-data/{symbol}', '/api/market-data/BTC-USDT?levels=x', 400],
  ['/api/market-data/{symbol}', '/api/market-data/XXX-USDT', 404],
  ['/api/spreads/{symbol}', '/api/spreads/BTC-USDT', 200],
  ['/api/spreads/{symbol}', '/api/spreads/BTC', 400],
  ['/api/spreads/{symbol}', '/api/spreads/XXX-USDT', 404],
  ['/api/explain', '/api/explain', 200],
  ['/api/explain', '/api/explain?symbol=BTC-USDT&limit=3', 200],
  ['/api/explain', '/api/explain?limit=101', 400],
  ['/api/explain', '/api/explain?symbol=XXX-USDT', 404],
  ['/api/opportunities', '/api/opportunities', 200],
  ['/api/opportunities', '/api/opportunities?state=open&limit=1', 200],
  ['/api/opportunities', '/api/opportunities?limit=0', 400],
  ['/api/opportunities/{id}', '/api/opportunities/open-1', 200],
  ['/api/opportunities/{id}', '/api/opportunities/closed-1', 200],
  ['/api/opportunities/{id}', '/api/opportunities/none', 404],
  ['/api/opportunities/{id}', `/api/opportunities/${'x'.repeat(201)}`, 400],
  ['/api/opportunities/stream', '/api/opportunities/stream', 200],
  ['/api/opportunities/stream', '/api/opportunities/stream?lastEventId=x', 400],
  ['/api/statistics/life', '/api/statistics/life', 200],
  ['/api/statistics/life', '/api/statistics/life?symbol=X-Y&exchange=aster&fromMs=1&toMs=2', 200],
  ['/api/statistics/life', '/api/statistics/life?fromMs=x', 400],
  ['/api/statistics/index', '/api/statistics/index', 200],
  ['/api/statistics/spreads/{symbol}/history', '/api/statistics/spreads/BTC-USDT/history', 200],
  ['/api/statistics/spreads/{symbol}/history', '/api/statistics/spreads/X-Y/history?limit=0', 400],
  ['/api/statistics/spreads/{symbol}', '/api/statistics/spreads/BTC-USDT', 200],
  ['/api/statistics/spreads/{symbol}', '/api/statistics/spreads/BTC', 400],
  ['/api/statistics/spreads/{symbol}', '/api/statistics/spreads/XXX-USDT', 404],
  ['/api/traces', '/api/traces', 200],
  ['/api/traces', '/api/traces?limit=101', 400],
  ['/api/traces/{traceId}', '/api/traces/TRACE', 200],
  ['/api/traces/{traceId}', '/api/traces/0', 400],
  ['/api/traces/{traceId}', `/api/traces/${'1'.repeat(32)}`, 404],
] as const;

async function createPopulatedApp() {
  const world = createHttpWorld();
  world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT', bid: 64000.1, ask: 64001 });
  world.addQuote({ exchange: 'borea', symbol: 'BTC/USDT', bid: 0, bidSize: Number.NaN });
  world.addMarket('corvus', 'BTC/USDT');
  world.addBook({
    exchange: 'aster',
    symbol: 'BTC/USDT',
    bids: [[64000.1, 1e-7]],
    asks: [[64001, 2]],
    exchangeTimeMs: null,
    receivedAtMs: world.clock.nowMs(),
  });
  world.spreads.sample('BTC/USDT', [
    { exchange: 'aster', bid: 1, ask: 2 },
    { exchange: 'borea', bid: 2, ask: 3 },
  ]);
  world.open.push(createOpportunitySample({ id: 'open-1', openedAtMs: 5 }));
  const closed = createOpportunitySample({ id: 'closed-1', openedAtMs: 4, closedAtMs: 9 });
  await world.store.write([closed, ...world.open]);
  const app = createHttpApp(world.services);
  await app.request('/api/market-data/BTC-USDT');
  return { app, world };
}

async function readDocument(app: ReturnType<typeof createHttpApp>): Promise<OpenApiDocument> {
  return (await (await app.request('/openapi.json')).json()) as OpenApiDocument;
}

describe('the OpenAPI document', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const { app } = await createPopulatedApp();
    const document = await readDocument(app);
    expect(document.openapi).toBe('3.1.0');
    const result = await new Validator().validate({ ...document });
    expect(result).toMatchObject({ valid: true });
  });

  test('describes every route but the pages, and nothing else', async () => {
    const { app } = await createPopulatedApp();
    const document = await readDocument(app);
    const pages = ['/', '/docs', '/openapi.json'];
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !pages.includes(path))
      .map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
    expect(Object.keys(document.paths).sort()).toEqual([...new Set(routes)].sort());
  });

  test('names every parameter with a description', async () => {
    const { app } = await createPopulatedApp();
    const document = await readDocument(app);
    const parameters = Object.values(document.paths).flatMap(
      ({ get }) =>
        (get as { parameters?: { description?: string; name: string }[] } | undefined)
          ?.parameters ?? [],
    );
    expect(parameters.length).toBeGreaterThan(15);
    expect(parameters.filter(({ description }) => !description)).toEqual([]);
  });
});

describe('named schemas', () => {
  test('are never null by themselves: null is said where it can be', async () => {
    const { app } = await createPopulatedApp();
    const { components } = await readDocument(app);
    const schemas = Object.entries(components?.schemas ?? {}) as [string, { type?: unknown }][];
    expect(schemas.length).toBeGreaterThan(15);
    expect(schemas.filter(([, { type }]) => [type].flat().includes('null'))).toEqual([]);
  });
});

describe('responses', () => {
  for (const [path, url, status] of REQUESTS) {
    test(`of ${url.slice(0, 60)} keep to the document (${status})`, async () => {
      const { app, world } = await createPopulatedApp();
      const document = await readDocument(app);
      const traceId = world.services.telemetry.recentTraces.list(1)[0]?.traceId ?? '';
      const response = await app.request(url.replace('TRACE', traceId));
      expect(response.status).toBe(status);
      expect(await judgeResponse(document, path, response)).toEqual([]);
      world.stop.abort();
    });
  }

  test('carry the source of the market data wherever they are about markets', async () => {
    const { app } = await createPopulatedApp();
    const urls = REQUESTS.filter(
      ([path, , status]) =>
        status === 200 && /tickers|market|spreads|exchanges|opportunities/.test(path),
    )
      .map(([, url]) => url)
      .filter((url) => !url.includes('stream'));
    for (const url of urls) {
      const body = (await (await app.request(url)).json()) as { source: string };
      expect([url, body.source]).toEqual([url, 'synthetic']);
    }
    expect(urls.length).toBeGreaterThanOrEqual(7);
  });
});
