import { describe, expect, test } from 'bun:test';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import { createHttpApp } from '../../src/http/app.ts';
import {
  MAX_BODY_BYTES,
  MAX_HEADERS_BYTES,
  MAX_URL_LENGTH,
} from '../../src/http/middleware/limits.ts';
import type { ProblemBody } from '../../src/http/problem.ts';
import { withSpan } from '../../src/telemetry/spans.ts';
import { createHttpWorld } from '../support/http-world.ts';

function createApp(env: Readonly<Record<string, string>> = {}) {
  const world = createHttpWorld(env);
  world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT' });
  return { world, app: createHttpApp(world.services) };
}

async function readProblem(response: Response): Promise<ProblemBody> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as ProblemBody;
}

describe('a refused request', () => {
  test('names each field and what was expected', async () => {
    const { app } = createApp();
    const url = '/api/opportunities?limit=501&state=maybe&fromMs=1e3&symbl=BTC-USDT';
    const problem = await readProblem(await app.request(url));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_input', traceId: null });
    expect(problem.errors).toEqual([
      { in: 'query', field: 'state', expected: 'open or closed' },
      {
        in: 'query',
        field: 'fromMs',
        expected: 'a whole number from 0 to 8640000000000000',
      },
      { in: 'query', field: 'limit', expected: 'a whole number from 1 to 500' },
      { in: 'query', field: 'symbl', expected: 'no parameter of this name' },
    ]);
  });

  test.each(['limit=', 'limit=%20', 'limit=0x10', 'limit=1.5', 'limit=1&limit=2', 'limit=NaN'])(
    'is one with %s',
    async (query) => {
      const { app } = createApp();
      const problem = await readProblem(await app.request(`/api/opportunities?${query}`));
      expect(problem.errors?.map(({ field }) => field)).toEqual(['limit']);
    },
  );

  test.each([
    ['limit=1', 200],
    ['limit=500', 200],
    ['limit=0', 400],
    ['limit=501', 400],
    ['minEdgeBps=-2.5', 200],
    ['minEdgeBps=1000001', 400],
    ['toMs=8640000000000000', 200],
    ['toMs=8640000000000001', 400],
    ['fromMs=1&toMs=2', 200],
    ['fromMs=2&toMs=2', 400],
    ['cursor=%20', 400],
  ])('or not: %s gives %d', async (query, status) => {
    const { app } = createApp();
    expect((await app.request(`/api/opportunities?${query}`)).status).toBe(status);
  });

  test('carries the id of its trace', async () => {
    const { app, world } = createApp();
    const { tracer } = world.services.telemetry;
    const [traceId, problem] = await withSpan(tracer, 'request', {}, async (span) => [
      span.spanContext().traceId,
      await readProblem(await app.request('/api/tickers/XXX-USDT')),
    ]);
    expect(problem).toMatchObject({ status: 404, code: 'symbol_unknown', traceId });
  });
});

describe('an unknown path', () => {
  test('is a 404 problem', async () => {
    const { app } = createApp();
    const problem = await readProblem(await app.request('/api/nothing'));
    expect(problem).toMatchObject({ status: 404, code: 'route_unknown' });
    expect(problem.type).toBe('/docs#problem-route_unknown');
  });

  test('with the wrong method is a 405 that says which methods there are', async () => {
    const { app } = createApp();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await app.request('/api/tickers/BTC-USDT', { method });
      expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      expect(await readProblem(response)).toMatchObject({
        status: 405,
        code: 'method_not_allowed',
      });
    }
  });

  test('is told apart from a known one by OPTIONS', async () => {
    const { app } = createApp();
    const known = await app.request('/ready', { method: 'OPTIONS' });
    expect([known.status, known.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect((await app.request('/nothing', { method: 'OPTIONS' })).status).toBe(404);
  });

  test('answers HEAD like GET without a body', async () => {
    const { app } = createApp();
    const response = await app.request('/health', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('limits', () => {
  const path = '/api/status?x=';

  test('take the longest URL and refuse one character more', async () => {
    const { app } = createApp();
    const fill = 'x'.repeat(MAX_URL_LENGTH - path.length);
    expect((await app.request(path + fill)).status).toBe(200);
    const problem = await readProblem(await app.request(`${path + fill}x`));
    expect(problem).toMatchObject({ status: 414, code: 'url_too_long' });
  });

  test('take the largest headers and refuse one byte more', async () => {
    const { app } = createApp();
    const send = (bytes: number) =>
      app.request('/health', { headers: { 'x-fill': 'x'.repeat(bytes - 'x-fill'.length) } });
    expect((await send(MAX_HEADERS_BYTES)).status).toBe(200);
    const problem = await readProblem(await send(MAX_HEADERS_BYTES + 1));
    expect(problem).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  test('refuse a body that is declared or streamed larger than the largest', async () => {
    const { app } = createApp();
    const send = (bytes: number) =>
      app.request('/health', { method: 'POST', body: new Uint8Array(bytes) });
    expect((await send(MAX_BODY_BYTES)).status).toBe(405);
    expect(await readProblem(await send(MAX_BODY_BYTES + 1))).toMatchObject({ status: 413 });
    const chunks = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
    });
    const streamed = await app.request('/health', { method: 'POST', body: chunks });
    expect(await readProblem(streamed)).toMatchObject({ status: 413, code: 'body_too_large' });
  });
});

describe('a failure inside', () => {
  test('shows no internals, is logged, and marks the span', async () => {
    const { world } = createApp();
    const secret = 'postgres://user:hunter2@host/db';
    const store = {
      ...world.services.store,
      find: () =>
        Promise.reject(new SpreadscopeError('store_failed', `SELECT failed at ${secret}`)),
    };
    const app = createHttpApp({ ...world.services, store });
    const { telemetry } = world.services;
    const response = await withSpan(telemetry.tracer, 'request', {}, () =>
      Promise.resolve(app.request('/api/opportunities')),
    );
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: 500, code: 'internal_error' });
    expect(text).not.toContain('SELECT');
    expect(text).not.toContain('hunter2');
    expect(world.logs.map((line) => JSON.parse(line).level)).toEqual(['error']);
    const [span] = telemetry.recentTraces.list(1)[0]?.spans ?? [];
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  test('of the database is a 503 that says when to come again', async () => {
    const { world } = createApp();
    const down = () => Promise.reject(new SpreadscopeError('store_unavailable', 'refused'));
    const store = { ...world.services.store, find: down, get: down };
    const app = createHttpApp({ ...world.services, store });
    for (const url of ['/api/opportunities', '/api/opportunities/some-id']) {
      const response = await app.request(url);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await readProblem(response)).toMatchObject({ status: 503, code: 'store_unavailable' });
    }
    expect((await app.request('/api/opportunities?state=open')).status).toBe(200);
  });
});
