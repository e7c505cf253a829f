import { describe, expect, test } from 'bun:test';
import { SpreadscopeError } from '../../src/domain/errors.ts';
import { createHttpApp } from '../../src/http/app.ts';
import type { HttpServices } from '../../src/http/services.ts';
import { createHttpWorld } from '../support/http-world.ts';

interface Readiness {
  readonly ready: boolean;
  readonly components: Readonly<
    Record<string, { readonly state: string; readonly detail: unknown }>
  >;
}

function createWorld() {
  const world = createHttpWorld();
  world.addQuote({ exchange: 'aster', symbol: 'BTC/USDT' });
  world.addQuote({ exchange: 'borea', symbol: 'BTC/USDT' });
  return world;
}

async function readReady(services: HttpServices) {
  const response = await createHttpApp(services).request('/ready');
  const body = (await response.json()) as Readiness;
  const states = Object.fromEntries(
    Object.entries(body.components).map(([name, { state }]) => [name, state]),
  );
  return { status: response.status, ready: body.ready, states, components: body.components };
}

const refuse = () => Promise.reject(new SpreadscopeError('store_unavailable', 'refused'));

describe('/health', () => {
  test('tells version and age of the process', async () => {
    const world = createWorld();
    const app = createHttpApp(world.services);
    await world.clock.advance(1_500);
    expect(await (await app.request('/health')).json()).toEqual({
      status: 'ok',
      version: '0.1.0',
      startedAtMs: world.clock.nowMs() - 1_500,
      uptimeMs: 1_500,
    });
  });
});

describe('/ready', () => {
  test('is ready when every part works; telemetry that is off does not count', async () => {
    expect(await readReady(createWorld().services)).toMatchObject({
      status: 200,
      ready: true,
      states: { kernel: 'ok', feed: 'ok', store: 'ok', cache: 'ok', exporter: 'off' },
    });
  });

  test.each(['starting', 'ended', 'failed'] as const)(
    'is not while detection is %s',
    async (state) => {
      const { services } = createWorld();
      const status = () => ({ ...services.pipeline.status(), state });
      const answer = await readReady({ ...services, pipeline: { ...services.pipeline, status } });
      expect(answer).toMatchObject({ status: 503, ready: false, states: { kernel: 'failed' } });
    },
  );

  test('is not with fewer than two exchanges, and degraded when one of three is down', async () => {
    const world = createWorld();
    const [first, second] = world.exchanges;
    if (first === undefined || second === undefined) throw new Error('BUG: two exchanges expected');
    world.exchanges.push({ ...first, exchange: 'corvus', state: 'down' });
    expect(await readReady(world.services)).toMatchObject({
      status: 200,
      states: { feed: 'degraded' },
      components: { feed: { detail: 'Not fully live: corvus.' } },
    });
    world.exchanges[1] = { ...second, state: 'connecting' };
    expect(await readReady(world.services)).toMatchObject({
      status: 503,
      states: { feed: 'failed' },
    });
  });

  test('is not without the database, and shows nothing of the failure', async () => {
    const { services } = createWorld();
    const answer = await readReady({ ...services, store: { ...services.store, ping: refuse } });
    expect(answer).toMatchObject({ status: 503, states: { store: 'failed' } });
    expect(answer.components.store?.detail).toBe('The database does not answer.');
  });

  test('takes a database that hangs for one that does not answer', async () => {
    const { services, clock } = createWorld();
    const ping = () => new Promise<void>(() => {});
    const pending = readReady({ ...services, store: { ...services.store, ping } });
    await clock.advance(2_000);
    expect(await pending).toMatchObject({ status: 503, states: { store: 'failed' } });
  });

  test('is degraded, and ready, when writes fail, the cache is away or exports fail', async () => {
    const { services } = createWorld();
    const health = { ...services.telemetry.health(), state: 'unreachable' as const };
    const answer = await readReady({
      ...services,
      cache: { ...services.cache, ping: refuse },
      telemetry: { ...services.telemetry, health: () => health },
      storeWriter: { stats: () => ({ ...services.storeWriter.stats(), lastError: 'refused' }) },
    });
    expect(answer).toMatchObject({
      status: 200,
      states: { store: 'degraded', cache: 'degraded', exporter: 'degraded' },
    });
  });

  test('is not once the program stops', async () => {
    const world = createWorld();
    world.stop.abort();
    expect(await readReady(world.services)).toMatchObject({ status: 503, ready: false });
  });

  test('asks the database at most once a second', async () => {
    const { services, clock } = createWorld();
    let pingsCount = 0;
    const ping = async () => {
      pingsCount += 1;
    };
    const app = createHttpApp({ ...services, store: { ...services.store, ping } });
    await Promise.all([app.request('/ready'), app.request('/ready')]);
    await clock.advance(999);
    await app.request('/ready');
    expect(pingsCount).toBe(1);
    await clock.advance(1);
    await app.request('/ready');
    expect(pingsCount).toBe(2);
  });
});

describe('GET /metrics', () => {
  test('gives a page for Prometheus, in OpenMetrics to those who accept it', async () => {
    const app = createHttpApp(createHttpWorld().services);
    const plain = await app.request('/metrics');
    expect(plain.status).toBe(200);
    expect(plain.headers.get('content-type')).toStartWith('text/plain; version=0.0.4');
    expect(plain.headers.get('cache-control')).toBe('no-store');
    expect(await plain.text()).toContain('# TYPE target_info gauge');
    const open = await app.request('/metrics', {
      headers: { Accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(open.headers.get('content-type')).toStartWith('application/openmetrics-text');
    expect(await open.text()).toEndWith('# EOF\n');
  });
});

describe('the exporter of GET /ready', () => {
  test('says where spans went, how full the queue is, and what the budget allows', async () => {
    const { services } = createWorld();
    const app = createHttpApp(services);
    services.telemetry.tracer.startSpan('one').end();
    const answer = (await (await app.request('/ready')).json()) as Readiness;
    expect(answer.components.exporter).toEqual({
      state: 'off',
      detail: null,
      exporter: 'none',
      startedCount: 0,
      exportedCount: 0,
      rejectedCount: 0,
      droppedCount: 0,
      droppedCounts: {},
      queuedCount: 0,
      queueFillRatio: 0,
      sampling: {
        sampler: 'parentbased_always_on',
        sampledCount: 1,
        notSampledCount: 0,
        governedShareRatio: 1,
      },
      budgetUsedRatio: 0,
      budgetRatio: 0.01,
    } as never);
  });
});
