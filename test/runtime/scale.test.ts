/**
 * Two shards and the whole market on local workerd, three local exchanges, a queue and a real PostgreSQL behind Neon's
 * protocol, while everything that can fail does. `SPREADSCOPE_LONG=1`: the database is away for 30 seconds.
 */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Client } from 'pg';
import { eventually } from '../support/eventually.ts';
import { type NeonHttpBridge, startNeonHttpBridge } from '../support/neon-http-bridge.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectedSpan } from '../support/otlp-records.ts';
import {
  findPostgres,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { requirement } from '../support/requirement.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';
import { type MarketMaker, startMarketMaker } from './scale/market-maker.ts';
import { followEvents, followSocket, type StreamClient } from './scale/stream-clients.ts';

setDefaultTimeout(240_000);

const TOKEN = 'token-of-the-scale-test';
const KILLS_COUNT = 5;
const DATABASE_AWAY_MS = process.env.SPREADSCOPE_LONG === '1' ? 30_000 : 3_000;

interface Accounts {
  readonly detectedCount: number;
  readonly storedCount: number;
  readonly outboxCount: number;
}

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly revision: number;
  readonly state: string;
}

const canRun =
  requirement('a Node that wrangler accepts', wranglerNode !== null) &&
  requirement('PostgreSQL', findPostgres() !== null);

describe.skipIf(!canRun)('two shards, a queue and a database', () => {
  let collector: OtlpCollector;
  let postgres: PostgresServer;
  let bridge: NeonHttpBridge;
  let stateDir: string;
  let worker: LocalWorker;
  let maker: MarketMaker;
  let streams: readonly StreamClient[];
  let database: Client;

  const start = () =>
    startWorker({
      config: 'wrangler.toml',
      environment: 'scale',
      stateDir,
      vars: {
        FEED: 'ingest',
        INGEST_TOKEN: TOKEN,
        MARKET_SHARDS: '2',
        OUTBOX_RESEND_MS: '5000',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '500',
        // Traces are asked for one by one: a budget may leave them out.
        TELEMETRY_BUDGET_RATIO: '1',
        DATABASE_URL: `postgres://${postgres.user}:${postgres.password}@127.0.0.1:${bridge.port}/postgres`,
      },
    });
  const connect = async () => {
    const client = new Client(
      `postgres://${postgres.user}:${postgres.password}@127.0.0.1:${postgres.port}/postgres`,
    );
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const readAccounts = async (): Promise<Accounts> => {
    const response = await fetch(`${worker.url}/api/status`);
    return ((await response.json()) as { readonly outbox: Accounts }).outbox;
  };
  const check = async (): Promise<Accounts> => {
    const accounts = await eventually('the accounts can be read', readAccounts);
    expect(accounts.storedCount + accounts.outboxCount).toBe(accounts.detectedCount);
    return accounts;
  };
  const untilMore = (thanCount: number) =>
    eventually('more is detected', async () => {
      const accounts = await check();
      return accounts.detectedCount > thanCount ? accounts : null;
    });
  const restart = async () => {
    await worker.stop();
    worker = await start();
    maker.setUrl(worker.url);
  };
  const listAll = async (): Promise<readonly Listed[]> => {
    const all: Listed[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const response = await fetch(`${worker.url}/api/opportunities?limit=100${query}`);
      const page = (await response.json()) as {
        readonly opportunities: readonly Listed[];
        readonly nextCursor: string | null;
      };
      all.push(...page.opportunities);
      cursor = page.nextCursor;
    }
    return all;
  };

  beforeAll(async () => {
    collector = await createOtlpCollector();
    postgres = await startPostgresServer();
    bridge = startNeonHttpBridge(postgres.port);
    stateDir = await makeStateDir();
    worker = await start();
    streams = [followEvents(() => worker.url), followSocket(() => worker.url)];
    await eventually('both streams begin', () =>
      streams.every((stream) => stream.hasBegun()) ? true : null,
    );
    maker = await startMarketMaker(worker.url, TOKEN);
  });
  afterAll(async () => {
    for (const stream of streams ?? []) stream.stop();
    await maker?.stop();
    await database?.end();
    await worker?.stop();
    await bridge?.stop();
    await postgres?.stop();
    await collector?.close();
    if (stateDir !== undefined) await removeStateDir(stateDir);
  });

  test('carry one trace from the round through the queue to the database', async () => {
    // Long enough that the opening is alone in its batch.
    await eventually('prices have come', async () => {
      const { pipeline } = (await (await fetch(`${worker.url}/api/status`)).json()) as {
        readonly pipeline: { readonly updatesCount: number };
      };
      return pipeline.updatesCount > 20 ? true : null;
    });
    await maker.dislocate('XRP/USDT', 2_500);
    const findChain = (spans: readonly CollectedSpan[]) => {
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const insert = spans.find(
        ({ name, attributes, parentSpanId }) =>
          name === 'INSERT opportunities' &&
          attributes['db.system.name'] === 'postgresql' &&
          byId.get(byId.get(parentSpanId ?? '')?.parentSpanId ?? '')?.kind === 'PRODUCER',
      );
      const chain: CollectedSpan[] = [];
      for (let span = insert; span !== undefined; span = byId.get(span.parentSpanId ?? '')) {
        chain.push(span);
      }
      return chain;
    };
    const chain = findChain(await collector.waitForSpans((all) => findChain(all).length > 3));
    expect(chain.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'CLIENT INSERT opportunities',
      'CONSUMER process opportunities',
      'PRODUCER send opportunities',
      'INTERNAL arbitrage.detect_opportunities',
    ]);
    expect(new Set(chain.map(({ traceId }) => traceId)).size).toBe(1);
    expect(chain[1]?.attributes).toMatchObject({
      'messaging.system': 'cloudflare_queues',
      'messaging.destination.name': 'opportunities',
      'messaging.operation.type': 'process',
    });
  });

  test('are kept up by the cron, in a trace through all objects', async () => {
    const before = await check();
    await (await fetch(`${worker.url}/cdn-cgi/handler/scheduled`)).arrayBuffer();
    const isPartOf = (root: CollectedSpan | undefined) => (span: CollectedSpan) =>
      root !== undefined && span.parentSpanId === root.spanId && span.kind === 'SERVER';
    const findRoot = (all: readonly CollectedSpan[]) =>
      all.find(({ name }) => name === 'arbitrage.upkeep');
    const spans = await collector.waitForSpans(
      (all) => all.filter(isPartOf(findRoot(all))).length === 3,
    );
    // What was found before the cron came, and perhaps a little of what came after.
    const { detectedCount } = await check();
    const attributes = findRoot(spans)?.attributes ?? {};
    expect(attributes).toMatchObject({ 'faas.trigger': 'timer', 'arbitrage.deleted_count': 0 });
    expect(attributes['arbitrage.detected_count']).toBeGreaterThanOrEqual(before.detectedCount);
    expect(attributes['arbitrage.detected_count']).toBeLessThanOrEqual(detectedCount);
  });

  test('detect, queue and store', async () => {
    maker.begin();
    await untilMore(0);
    await eventually('something is stored', async () =>
      (await check()).storedCount > 0 ? true : null,
    );
  });

  test('lose nothing and tell nothing twice, whatever fails', async () => {
    const startedMs = performance.now();
    const note = (what: string) =>
      process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s: ${what}\n`);
    // The consumer throws: the database refuses what it is given, and once takes it without saying so.
    bridge.setFault(() => new Response('no', { status: 500 }));
    const before = await check();
    await untilMore(before.detectedCount + 4);
    bridge.setFault(null);
    note('the consumer threw');
    for (let kill = 1; kill <= KILLS_COUNT; kill += 1) {
      const { detectedCount } = await check();
      const isDatabaseAway = kill === 2;
      if (isDatabaseAway) await postgres.crash();
      await untilMore(detectedCount + 2);
      await restart();
      if (isDatabaseAway) {
        await Bun.sleep(DATABASE_AWAY_MS);
        await check();
        await postgres.start();
      }
      note(`killed ${kill} times`);
    }
    await untilMore((await check()).detectedCount + 2);
    await maker.calm();
    await eventually('all is closed', async () =>
      (await listAll()).every(({ state }) => state === 'closed') ? true : null,
    );
    const settled = await eventually(
      'the outbox is empty',
      async () => {
        const accounts = await check();
        return accounts.outboxCount === 0 ? accounts : null;
      },
      120_000,
    );
    note('the outbox is empty');
    const listed = await listAll();
    // An opening and a closing each.
    expect(settled.detectedCount).toBe(2 * listed.length);
    expect(new Set(listed.map(({ kind }) => kind))).toEqual(new Set(['pair', 'cycle']));
    database = await connect();
    const { rows } = await database.query('SELECT id, revision::int, state FROM opportunities');
    const toKey = ({ id, revision, state }: Listed) => `${id} ${revision} ${state}`;
    expect((rows as Listed[]).map(toKey).sort()).toEqual(listed.map(toKey).sort());
    const wanted = listed.flatMap(({ id }) => [`opened ${id}`, `closed ${id}`]).sort();
    for (const { told, missed } of streams) {
      await eventually('all is streamed', () => (told.size >= wanted.length ? true : null)).catch(
        () => undefined,
      );
      expect(wanted.filter((key) => !told.has(key))).toEqual([]);
      expect([...told].filter(([, count]) => count !== 1)).toEqual([]);
      expect(missed).toEqual([]);
    }
    note(`${listed.length} opportunities`);
  });
});
