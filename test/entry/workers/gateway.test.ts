import { describe, expect, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import type { Bindings, ShardStub } from '../../../src/entry/workers/bindings.ts';
import { createGateway } from '../../../src/entry/workers/gateway/ask.ts';
import { fromPlaces } from '../../../src/entry/workers/gateway/places.ts';
import { routeRequest } from '../../../src/entry/workers/gateway/route.ts';
import { createLayout } from '../../../src/entry/workers/layout.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import type { HttpServices } from '../../../src/http/services.ts';
import { createDurableStore } from '../../../src/store/drivers/durable.ts';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { createLocalStorage } from '../../support/durable-storage.ts';
import { createHttpWorld, type HttpWorld } from '../../support/http-world.ts';
import { createOpportunitySample } from '../../support/opportunity-samples.ts';

const LAYOUT = createLayout(2);
const TOKEN = 'token-of-the-gateway-test';

/** Two objects with pairs and the whole market, each the real API over a world of its own. */
async function createWorlds() {
  const worlds = new Map<string, HttpWorld>();
  const asked: string[] = [];
  const stubs = new Map<string, ShardStub>();
  for (const name of LAYOUT.names) {
    const tracer = trace.getTracer('test');
    const store = createDurableStore({ storage: createLocalStorage(), tracer });
    await store.migrate();
    const world = createHttpWorld({}, undefined, store);
    worlds.set(name, world);
    const accounts = { detectedCount: 5, storedCount: 3, outboxCount: 2 };
    const services: HttpServices = { ...world.services, journal: { accounts: () => accounts } };
    const app = createHttpApp(services);
    stubs.set(name, {
      fetch: async (request) => {
        asked.push(name);
        return app.fetch(request);
      },
    });
  }
  const stubOf = (name: string): ShardStub => {
    const stub = stubs.get(name);
    if (stub === undefined) throw new Error(`no object ${name}`);
    return stub;
  };
  const env: Bindings = { MARKET: { getByName: stubOf, idFromName: (name) => name } };
  const telemetry = createTelemetry({ serviceName: 'test', env: { OTEL_SDK_DISABLED: 'true' } });
  const gateway = createGateway(env, LAYOUT, telemetry);
  const get = (path: string, init: RequestInit = {}) =>
    routeRequest(gateway, new Request(`http://localhost${path}`, init), TOKEN);
  const worldOf = (name: string): HttpWorld => {
    const world = worlds.get(name);
    if (world === undefined) throw new Error(`no world ${name}`);
    return world;
  };
  return { get, worldOf, asked };
}

const json = async (response: Response) => (await response.json()) as Record<string, never>;

describe('lists over all objects', () => {
  test('are one list, page by page, in the order of one', async () => {
    const { get, worldOf } = await createWorlds();
    for (let index = 0; index < 23; index += 1) {
      const name = LAYOUT.names[index % 3] ?? '';
      const openedAtMs = 1_000 + Math.floor(index / 2);
      const sample = createOpportunitySample({ id: `o${index}`, openedAtMs, closedAtMs: 9_000 });
      await worldOf(name).store.write([sample]);
    }
    const seen: { readonly id: string; readonly openedAtMs: number }[] = [];
    let cursor = '';
    do {
      const page = await json(await get(`/api/opportunities?limit=5${cursor}`));
      seen.push(...(page.opportunities as unknown as typeof seen));
      const next = page.nextCursor as unknown as string | null;
      cursor = next === null ? 'end' : `&cursor=${encodeURIComponent(next)}`;
    } while (cursor !== 'end');
    expect(seen.length).toBe(23);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(23);
    const sorted = [...seen].sort((a, b) => b.openedAtMs - a.openedAtMs || (a.id > b.id ? -1 : 1));
    expect(seen).toEqual(sorted);
  });

  test('refuse what one object refuses', async () => {
    const { get } = await createWorlds();
    const response = await get('/api/opportunities?limit=0');
    expect([response.status, (await json(response)).code]).toEqual([400, 'invalid_input' as never]);
  });
});

describe('one opportunity', () => {
  test('is found wherever it is', async () => {
    const { get, worldOf } = await createWorlds();
    const sample = createOpportunitySample({ id: 'here', openedAtMs: 4, closedAtMs: 9 });
    await worldOf('market-1').store.write([sample]);
    expect((await get('/api/opportunities/here')).status).toBe(200);
    expect((await get('/api/opportunities/nowhere')).status).toBe(404);
  });
});

describe('a symbol', () => {
  test.each(['/api/tickers/BTC-USDT', '/api/tickers/BTC%2FUSDT', '/api/spreads/BTC-USDT'])(
    'is asked of its owner: %s',
    async (path) => {
      const { get, asked } = await createWorlds();
      await get(path);
      expect(asked).toEqual([LAYOUT.ownerOf('BTC/USDT')]);
    },
  );

  test('is explained by its owner, cycles by the whole market', async () => {
    const { get, asked } = await createWorlds();
    await get('/api/explain?symbol=A%3EB%3EC');
    expect(asked.splice(0)).toEqual([LAYOUT.whole]);
    await get('/api/explain?symbol=BTC-USDT');
    expect(asked.sort()).toEqual([LAYOUT.ownerOf('BTC/USDT'), LAYOUT.whole].sort());
  });
});

describe('answers over all objects', () => {
  test('add the counts of explanations, each symbol once', async () => {
    const { get, worldOf } = await createWorlds();
    for (const [index, name] of ['market', 'market-1'].entries()) {
      for (const exchange of ['aster', 'borea']) {
        worldOf(name).addQuote({ exchange, symbol: `A${index}/USDT` });
      }
    }
    const answer = await json(await get('/api/explain'));
    expect(answer).toMatchObject({ symbolsCount: 2, funnel: { marketsCount: 4, pairsCount: 4 } });
  });

  test('add the accounts, and are ready when all are', async () => {
    const { get, worldOf } = await createWorlds();
    expect(await json(await get('/api/status'))).toMatchObject({
      outbox: { detectedCount: 15, storedCount: 9, outboxCount: 6 },
      pipeline: { openedCount: 6, updatesCount: 340 },
    });
    for (const name of LAYOUT.names) {
      for (const exchange of ['aster', 'borea']) {
        worldOf(name).addQuote({ exchange, symbol: 'BTC/USDT' });
      }
    }
    expect((await get('/ready')).status).toBe(200);
    worldOf('market-1').stop.abort();
    // The answer before is shared by the callers of one second.
    for (const name of LAYOUT.names) await worldOf(name).clock.advance(1_000);
    const response = await get('/ready');
    expect(response.status).toBe(503);
    expect(await json(response)).toMatchObject({ ready: false });
  });

  test("keep an object's own calls to themselves", async () => {
    const { get } = await createWorlds();
    const init = { method: 'POST', body: '{"type":"acknowledge","sequences":[1]}' };
    expect((await get('/__shard/acknowledge', init)).status).toBe(404);
  });
});

describe('places', () => {
  test.each([
    ['1-2.3-4.5-6', ['1-2', '3-4', '5-6']],
    ['1-2.3-4', null],
    ['1-2.3-4.', null],
    ['nonsense', null],
    [null, null],
  ])('%s', (text, places) => {
    expect(fromPlaces(text, 3)).toEqual(places);
  });
});
