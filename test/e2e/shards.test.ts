/**
 * Three detectors as processes share one market through a real Redis and write to one real PostgreSQL: others join, one
 * is killed, one is stopped in its tracks and comes back, one leaves.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Client } from 'pg';
import { eventually } from '../support/eventually.ts';
import { type NeonHttpBridge, startNeonHttpBridge } from '../support/neon-http-bridge.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import {
  findPostgres,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { findRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { requirement } from '../support/requirement.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const MARKET_TOKEN = 'secret-between-all';
const SHARDS_COUNT = 6;
/** Those of pairs, and the one for cycles. */
const TOTAL_COUNT = SHARDS_COUNT + 1;
/** Promised to users: a dead one's shards are taken over within this time, milliseconds. */
const TAKEOVER_MS = 10_000;

interface Shards {
  readonly instance: string;
  readonly owned: readonly { readonly shard: string; readonly token: number }[];
  readonly membersCount: number;
}

interface Row {
  readonly id: string;
  readonly symbol: string;
  readonly buy_exchange: string;
  readonly sell_exchange: string;
  readonly state: string;
  readonly opened: number;
  readonly closed: number | null;
  readonly reason: string | null;
  readonly shard: string | null;
  readonly token: number;
}

const hasRedis = requirement('redis-server', findRedisServer() !== null);
const hasPostgres = requirement('postgresql', findPostgres() !== null);

describe.skipIf(!hasRedis || !hasPostgres)('detectors that share the work', () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let bridge: NeonHttpBridge;
  let collector: OtlpCollector;
  let market: ServiceProcess;
  let detectors: ServiceProcess[] = [];

  const startDetector = async (): Promise<ServiceProcess> => {
    const { user, password } = postgres;
    const detector = await startService(['serve'], {
      ...{ ROLE: 'detector', MARKET_URL: market.url, MARKET_TOKEN, HOST: '127.0.0.1' },
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      DETECTOR_SHARDS: String(SHARDS_COUNT),
      DATABASE_URL: `postgres://${user}:${password}@127.0.0.1:${bridge.port}/postgres`,
      // Without fees there is always something to find.
      ...{ TAKER_BPS: '0', OPEN_EDGE_BPS: '0.2', CLOSE_EDGE_BPS: '0', ROUND_INTERVAL_MS: '100' },
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...{ OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      ...{ OTEL_BSP_SCHEDULE_DELAY: '500', OTEL_BSP_MAX_QUEUE_SIZE: '50000' },
      TELEMETRY_BUDGET_RATIO: '1',
    });
    detectors.push(detector);
    return detector;
  };
  const shardsOf = async (detector: ServiceProcess): Promise<Shards> => {
    const { components } = (await detector.getJson('/ready')) as {
      readonly components: { readonly shards: Shards };
    };
    return components.shards;
  };
  /** Owned shards of each, once together they have all; null before. None has one that another has, ever. */
  const shared = async (of = detectors): Promise<readonly (readonly string[])[] | null> => {
    const all = await Promise.all(of.map(shardsOf));
    const owned = all.map((each) => each.owned.map(({ shard }) => shard));
    const flat = owned.flat();
    expect(new Set(flat).size).toBe(flat.length);
    return flat.length === TOTAL_COUNT ? owned : null;
  };
  const isEven = (owned: readonly (readonly string[])[]) => {
    const counts = owned.map(({ length }) => length);
    return Math.max(...counts) - Math.min(...counts) <= 1;
  };
  const query = async (text: string): Promise<readonly Record<string, unknown>[]> => {
    const { user, password, port } = postgres;
    const client = new Client(`postgres://${user}:${password}@127.0.0.1:${port}/postgres`);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const rows = async () =>
    (await query(`SELECT id, symbol, buy_exchange, sell_exchange, state, opened_at_ms AS opened,
      closed_at_ms AS closed, document->>'closeReason' AS reason, shard,
      (document->'lease'->>'token')::float8 AS token
      FROM opportunities ORDER BY opened_at_ms`)) as unknown as readonly Row[];

  beforeAll(async () => {
    [redis, postgres, collector] = await Promise.all([
      startRedisServer(),
      startPostgresServer(),
      createOtlpCollector(),
    ]);
    bridge = startNeonHttpBridge(postgres.port);
    market = await startService(['serve'], {
      ...{ ROLE: 'market', FEED: 'synthetic', MARKET_TOKEN, HOST: '127.0.0.1' },
      ...{ SYNTHETIC_SYMBOLS: '24', SYNTHETIC_UPDATES_PER_SECOND: '600', SYNTHETIC_SEED: '4' },
    });
    await startDetector();
  });
  afterAll(async () => {
    for (const detector of detectors) await detector.stop('SIGKILL');
    await market?.stop('SIGKILL');
    await bridge?.stop();
    await Promise.all([redis?.stop(), postgres?.stop(), collector?.close()]);
  });

  test('one alone has all shards and finds opportunities under its leases', async () => {
    await eventually('it has all', async () => await shared());
    const found = await eventually('some are stored', async () => {
      const all = await rows();
      return all.length > 5 ? all : null;
    });
    for (const { shard, token } of found) {
      expect(shard).toMatch(/^(\d|cycles)\/6$/);
      expect(token).toBeGreaterThan(1e12);
    }
  });

  test('others that join get their share, handed over', async () => {
    await Promise.all([startDetector(), startDetector()]);
    await eventually('all have their share', async () => {
      const owned = await shared();
      return owned !== null && isEven(owned) ? owned : null;
    });
    expect((await shardsOf(detectors[0] as ServiceProcess)).membersCount).toBe(3);
  });

  test('the shards of one that is killed are taken over within ten seconds', async () => {
    const [victim, ...others] = detectors as [ServiceProcess, ...ServiceProcess[]];
    const lost = (await shardsOf(victim)).owned;
    expect(lost.length).toBeGreaterThan(0);
    const killedAtMs = performance.now();
    await victim.stop('SIGKILL');
    detectors = others;
    const owned = await eventually('the others have all', async () => {
      const all = await shared();
      return all !== null && isEven(all) ? all : null;
    });
    const tookMs = performance.now() - killedAtMs;
    process.stderr.write(`taken over within ${Math.round(tookMs)} ms\n`);
    expect(tookMs).toBeLessThan(TAKEOVER_MS);
    expect(owned.length).toBe(2);
    const names = lost.map(({ shard }) => shard);
    const tokens = (await Promise.all(others.map(shardsOf))).flatMap(({ owned: all }) => all);
    for (const { shard, token } of lost) {
      expect(tokens.find((each) => each.shard === shard)?.token).toBeGreaterThan(token);
    }
    await eventually('nothing of the dead one stays open', async () => {
      const stale = (await rows()).filter(
        ({ shard, state, token }) =>
          state === 'open' &&
          names.includes(shard ?? '') &&
          token <= (lost.find((each) => each.shard === shard)?.token ?? 0),
      );
      return stale.length === 0 ? true : null;
    });
  });

  test('one that stood still for longer than its lease has lost its shards when it wakes', async () => {
    const [sleeper, other] = detectors as [ServiceProcess, ServiceProcess];
    const before = (await shardsOf(sleeper)).owned;
    sleeper.signal('SIGSTOP');
    await eventually('the other has all', async () => await shared([other]));
    sleeper.signal('SIGCONT');
    await eventually('both have their share again', async () => {
      const owned = await shared();
      return owned !== null && isEven(owned) ? owned : null;
    });
    const after = (await shardsOf(sleeper)).owned;
    for (const { shard, token } of after) {
      const known = before.find((each) => each.shard === shard);
      expect(token).toBeGreaterThan(known?.token ?? 0);
    }
  });

  test('one that leaves hands its shards over at once, and nothing of it stays open', async () => {
    const [leaver, other] = detectors as [ServiceProcess, ServiceProcess];
    const { owned } = await shardsOf(leaver);
    const leftAtMs = performance.now();
    expect(await leaver.stop('SIGTERM')).toBe(0);
    detectors = [other];
    await eventually('the other has all', async () => await shared());
    expect(performance.now() - leftAtMs).toBeLessThan(5_000);
    const newest = (await shardsOf(other)).owned;
    const stale = (await rows()).filter(({ shard, state, token }) => {
      const lease = newest.find((each) => each.shard === shard);
      return state === 'open' && token < (lease?.token ?? 0);
    });
    expect(stale).toEqual([]);
    expect(owned.length).toBeGreaterThan(0);
  });

  test('nothing was detected twice at one time, nothing is lost', async () => {
    const [last] = detectors as [ServiceProcess];
    const { components } = (await last.getJson('/ready')) as {
      readonly components: { readonly store: { readonly droppedCount: number } };
    };
    expect(components.store.droppedCount).toBe(0);
    expect(await last.stop('SIGTERM')).toBe(0);
    detectors = [];
    const all = await rows();
    expect(all.filter(({ state }) => state !== 'closed')).toEqual([]);
    expect(new Set(all.map(({ reason }) => reason))).toContain('handed_over');
    const bySubject = Map.groupBy(
      all,
      (row) => `${row.symbol} ${row.buy_exchange} ${row.sell_exchange}`,
    );
    for (const lives of bySubject.values()) {
      for (const [index, life] of lives.entries()) {
        const next = lives[index + 1];
        if (next === undefined || life.symbol.includes('>')) continue;
        expect(next.opened).toBeGreaterThanOrEqual(life.closed ?? Infinity);
        if (next.shard === life.shard) expect(next.token).toBeGreaterThanOrEqual(life.token);
      }
    }
  });

  test('no symbol was looked at by two of them in turns', () => {
    const looks = collector.spans().filter(({ name }) => name === 'arbitrage.detect_symbol');
    expect(looks.length).toBeGreaterThan(100);
    const instances = new Set(looks.map(({ resource }) => resource['service.instance.id']));
    expect(instances.size).toBeGreaterThanOrEqual(3);
    for (const [, spans] of Map.groupBy(looks, ({ attributes }) => attributes['crypto.symbol'])) {
      const inOrder = spans
        .map(({ startTimeUnixNano, endTimeUnixNano, resource }) => ({
          start: BigInt(startTimeUnixNano),
          end: BigInt(endTimeUnixNano),
          instance: resource['service.instance.id'],
        }))
        .sort((a, b) => (a.start < b.start ? -1 : 1));
      let changesCount = 0;
      for (const [index, look] of inOrder.entries()) {
        const next = inOrder[index + 1];
        if (next === undefined || next.instance === look.instance) continue;
        changesCount += 1;
        expect(next.start >= look.end).toBe(true);
      }
      // Joined, killed, slept and woke, left: a shard changed hands at most this often.
      expect(changesCount).toBeLessThanOrEqual(6);
    }
  });
});
