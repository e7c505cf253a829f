import { describe, expect, test } from 'bun:test';
import { createIngestFeed } from '../../src/feed/drivers/ingest/ingest-feed.ts';
import { MAX_INGEST_BYTES, MAX_INGEST_ROWS_COUNT } from '../../src/feed/ingest.ts';
import { createIngestClient } from '../../src/feed/ingest-client.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { isSameSecret } from '../../src/http/middleware/bearer.ts';
import type { ProblemBody } from '../../src/http/problem.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { market } from '../support/markets.ts';

const TOKEN = 'a-token-of-32-characters-or-so.~';
const QUOTE = {
  type: 'quote',
  exchange: 'aster',
  symbol: 'BTC/USDT',
  bid: '100',
  bidSize: '1',
  ask: '101',
  askSize: '2',
  receivedAtMs: 1_000,
};
const MARKET = { type: 'market', exchange: 'aster', symbol: 'BTC/USDT', takerBps: 10 };

function createApp() {
  const world = createHttpWorld({ FEED: 'ingest', INGEST_TOKEN: TOKEN });
  const { clock } = world;
  const options = { clock, source: 'live', bookLevelsCount: 100, stallMs: 1_000 } as const;
  const feed = createIngestFeed(options);
  const app = createHttpApp({ ...world.services, feed });
  const send = (init: RequestInit, token: string | null = TOKEN) =>
    app.request('/api/ingest', {
      method: 'POST',
      ...init,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  let sequence = 0;
  const push = (given: object, token?: string | null) => {
    sequence += 1;
    const body = { feeder: 'feeder-1', sequence, source: 'live', rows: [], ...given };
    return send({ body: JSON.stringify(body) }, token);
  };
  return { app, clock, feed, send, push };
}

const problemOf = async (response: Response) => (await response.json()) as ProblemBody;

describe('who pushes', () => {
  test('must carry the token, before anything is looked at', async () => {
    const { push, send } = createApp();
    for (const token of [null, '', `${TOKEN}x`, TOKEN.slice(0, -1), TOKEN.toUpperCase()]) {
      const response = await push({ rows: 'nonsense' }, token);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect((await problemOf(response)).code).toBe('unauthorized');
    }
    expect((await send({ body: 'not JSON' })).status).toBe(400);
  });

  test('finds nothing where no market data is taken in', async () => {
    const app = createHttpApp(createHttpWorld().services);
    const response = await app.request('/api/ingest', { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect((await problemOf(response)).code).toBe('ingest_off');
  });

  test('is compared by digests: equal is equal, all else is not', async () => {
    expect(await isSameSecret(TOKEN, TOKEN)).toBe(true);
    expect(await isSameSecret('', '')).toBe(true);
    expect(await isSameSecret(TOKEN, `${TOKEN} `)).toBe(false);
    expect(await isSameSecret('', TOKEN)).toBe(false);
  });
});

describe('a batch', () => {
  test('is taken once, and says what it was', async () => {
    const { push } = createApp();
    const body = { sequence: 7, rows: [MARKET, QUOTE, { ...QUOTE, exchange: 'nobody' }] };
    const first = await push(body);
    expect(first.status).toBe(200);
    const counts = { updatesCount: 1, unknownCount: 1, lateCount: 0 };
    expect(await first.json()).toEqual({ isDuplicate: false, ...counts });
    expect(await (await push(body)).json()).toMatchObject({ isDuplicate: true, updatesCount: 0 });
  });

  test('is refused whole when one row is wrong, and the field is named', async () => {
    const { push, feed } = createApp();
    const rows = [MARKET, QUOTE, { ...QUOTE, bid: '-1' }];
    const response = await push({ rows });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors?.[0]).toMatchObject({
      in: 'body',
      field: 'rows.2.bid',
    });
    expect(feed.exchanges()).toEqual([]);
  });

  test.each([
    ['feeder', { feeder: 'a b' }],
    ['sequence', { sequence: 0 }],
    ['source', { source: 'synthetic' }],
    ['rows.0.type', { rows: [{ type: 'recording', version: 1 }] }],
    [
      'exchanges.0',
      { exchanges: [{ exchange: 'aster', state: 'live', reason: { code: 'x', message: 'y' } }] },
    ],
    ['more', { more: 1 }],
  ])('is refused for its %s', async (field, given) => {
    const { push } = createApp();
    const problem = await problemOf(await push(given));
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });

  test('has bounds: rows and bytes', async () => {
    const { push, send } = createApp();
    const row = { type: 'market', exchange: 'a', symbol: 'B/C', takerBps: 1 };
    const rows = Array.from({ length: MAX_INGEST_ROWS_COUNT }, () => row);
    expect((await push({ rows })).status).toBe(200);
    expect((await push({ rows: [...rows, row] })).status).toBe(400);
    const padded = (length: number) => {
      const body = JSON.stringify({ feeder: 'x', sequence: 1, source: 'live', rows: [] });
      return body.padEnd(length, ' ');
    };
    expect((await send({ body: padded(MAX_INGEST_BYTES) })).status).toBe(200);
    const refused = await send({ body: padded(MAX_INGEST_BYTES + 1) });
    expect([refused.status, (await problemOf(refused)).code]).toEqual([413, 'body_too_large']);
  });

  test('waits while detection is behind', async () => {
    const { push, clock } = createApp();
    await push({ rows: [MARKET, QUOTE] });
    await clock.advance(1_001);
    const response = await push({ rows: [QUOTE] });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });
});

describe('the client', () => {
  function createClient() {
    const world = createApp();
    const failures: string[] = [];
    const faults: (() => Response)[] = [];
    const client = createIngestClient({
      url: 'http://localhost',
      token: TOKEN,
      feeder: 'client-1',
      source: 'live',
      clock: { sleep: async () => {} },
      random: () => 0,
      fetch: async (url, init) => faults.shift()?.() ?? world.app.request(url, init),
      onFailure: (error) => failures.push(error.code),
    });
    return { ...world, client, failures, faults };
  }
  const signal = new AbortController().signal;
  const quote = {
    exchange: 'aster',
    symbol: 'BTC/USDT',
    bid: 100,
    bidSize: Number.NaN,
    ask: 101,
    askSize: 1e-7,
    exchangeTimeMs: null,
    receivedAtMs: 1_000.25,
  };

  test('sends a batch until it was taken', async () => {
    const { client, feed, failures, faults } = createClient();
    const markets = [market('aster', 'BTC/USDT')];
    faults.push(
      () => new Response('', { status: 503 }),
      () => new Response('', { status: 429 }),
      () => {
        throw new TypeError('connection reset');
      },
    );
    expect(await client.push({ markets, quotes: [quote] }, signal)).toMatchObject({
      updatesCount: 1,
    });
    expect(failures).toEqual(['exchange_failed', 'exchange_rate_limited', 'exchange_network']);
    const batches = feed.batches(signal)[Symbol.asyncIterator]();
    expect((await batches.next()).value?.quotes).toEqual([quote]);
    await batches.return?.();
  });

  test('sends markets again that the service has forgotten', async () => {
    const { client, faults } = createClient();
    const answer = { isDuplicate: false, updatesCount: 1, unknownCount: 0, lateCount: 0 };
    faults.push(() => Response.json(answer));
    await client.push({ markets: [market('aster', 'BTC/USDT')] }, signal);
    const result = await client.push({ quotes: [quote] }, signal);
    expect(result).toEqual({ updatesCount: 1, unknownCount: 0, lateCount: 0 });
  });

  test('sends much in parts that the service takes', async () => {
    const { client, app } = createClient();
    const markets = Array.from({ length: 2_500 }, (_, index) => market('aster', `A${index}/USDT`));
    const quotes = markets.map(({ symbol }) => ({ ...quote, symbol }));
    expect(await client.push({ markets, quotes }, signal)).toMatchObject({ updatesCount: 2_500 });
    expect(app).toBeDefined();
  });

  test.each([
    [401, 'exchange_authentication'],
    [400, 'exchange_bad_data'],
    [413, 'exchange_bad_data'],
  ])('gives up at %d', async (status, code) => {
    const { client, faults } = createClient();
    faults.push(() => new Response('', { status }));
    await expect(client.push({ quotes: [quote] }, signal)).rejects.toMatchObject({ code });
  });
});
