import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { trace } from '@opentelemetry/api';
import { systemClock } from '../../../src/domain/clock.ts';
import { createNeonStore } from '../../../src/store/drivers/neon.ts';
import type { OpportunityStore } from '../../../src/store/store.ts';
import { createStoreWriter } from '../../../src/store/writer.ts';
import { type NeonHttpBridge, startNeonHttpBridge } from '../../support/neon-http-bridge.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import {
  findPostgres,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { requirement } from '../../support/requirement.ts';
import { untilTrue } from '../../support/until-true.ts';
import { startWsTcpBridge, type WsTcpBridge } from '../../support/ws-tcp-bridge.ts';
import { createRecordingLogger } from '../recording-logger.ts';
import { sampleOpportunity } from '../sample-opportunity.ts';
import { createDatabase, openPostgres, type Transport } from './neon-setting.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const hasPostgres = requirement('PostgreSQL (Debian package postgresql)', findPostgres() !== null);
const tracer = trace.getTracer('test');

describe('a Neon connection string', () => {
  const refused = ['nonsense', 'postgres://u:p@h', 'postgres://h/db', 'postgres:///db', ''];
  for (const connectionString of refused) {
    test(`is refused when it is ${JSON.stringify(connectionString)}, without quoting it`, () => {
      const open = () => createNeonStore({ connectionString, tracer });
      expect(open).toThrow(
        'DATABASE_URL: expected postgres://USER:PASSWORD@HOST/DATABASE, got something else',
      );
    });
  }
});

describe.skipIf(!hasPostgres)(
  'the Neon driver in front of a real PostgreSQL that has faults',
  () => {
    let server: PostgresServer;
    let http: NeonHttpBridge;
    let webSocket: WsTcpBridge;
    const stores: OpportunityStore[] = [];

    beforeAll(async () => {
      server = await startPostgresServer();
      await openPostgres(server, 'opportunities');
      http = startNeonHttpBridge(server.port);
      webSocket = await startWsTcpBridge(server.port);
    });
    afterAll(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await http.stop();
      await webSocket.stop();
      await server.stop();
    });

    interface Options {
      readonly database?: string;
      readonly password?: string;
      readonly timeoutMs?: number;
    }

    const openStore = (transport: Transport, options: Options = {}): OpportunityStore => {
      const { database = 'opportunities', password = server.password, timeoutMs = 5000 } = options;
      const port = transport === 'http' ? http.port : webSocket.port;
      const connectionString = `postgres://${server.user}:${password}@127.0.0.1:${port}/${database}`;
      const store = createNeonStore({ connectionString, transport, timeoutMs, tracer });
      stores.push(store);
      return store;
    };

    for (const transport of ['http', 'websocket'] as const) {
      describe(`over ${transport}`, () => {
        test('migrates once when several start together on an empty database', async () => {
          const credentials = `${server.user}:${server.password}`;
          const database = await createDatabase(server.port, credentials, `race_${transport}`);
          const racers = Array.from({ length: 4 }, () => openStore(transport, { database }));
          const applied = await Promise.all(racers.map((store) => store.migrate()));
          expect(applied.flat()).toEqual([
            '0001_opportunities',
            '0002_spread_windows',
            '0003_basis_snapshots',
            '0004_shards',
          ]);
          await racers[0]?.write([sampleOpportunity()]);
        });

        test('says that the database refuses when the password is wrong, without the password', async () => {
          const store = openStore(transport, { password: 'hunter2' });
          const error: unknown = await store.ping().catch((thrown: unknown) => thrown);
          expect(error).toMatchObject({
            code: 'store_failed',
            message: 'store: SELECT failed: SQLSTATE 28P01',
          });
          expect(Bun.inspect(error, { depth: 8 })).not.toContain('hunter2');
        });

        test('says that the database refuses when it does not exist', async () => {
          const store = openStore(transport, { database: 'absent' });
          await expect(store.ping()).rejects.toMatchObject({
            code: 'store_failed',
            message: 'store: SELECT failed: SQLSTATE 3D000',
          });
        });

        test('says that the schema is missing before it is migrated', async () => {
          const store = openStore(transport, { database: 'postgres' });
          await expect(store.get('a')).rejects.toMatchObject({
            code: 'store_failed',
            message: 'store: SELECT opportunities failed: SQLSTATE 42P01',
          });
        });

        test('is unavailable while the database is down, and works when it is back', async () => {
          const store = openStore(transport);
          await store.migrate();
          await store.write([sampleOpportunity({ id: 'before' })]);
          await server.crash();
          await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
          await expect(store.migrate()).rejects.toMatchObject({ code: 'store_unavailable' });
          await server.start();
          await untilReady(store);
          expect(await store.get('before')).not.toBeNull();
        });

        test('refuses a schema that is newer than the program', async () => {
          const credentials = `${server.user}:${server.password}`;
          const database = await createDatabase(server.port, credentials, `newer_${transport}`);
          const store = openStore(transport, { database });
          await store.migrate();
          const sql = `INSERT INTO spreadscope_migrations (name) VALUES ('9999_later')`;
          await new Bun.SQL(
            `postgres://${credentials}@127.0.0.1:${server.port}/${database}`,
          ).unsafe(sql);
          await expect(store.migrate()).rejects.toMatchObject({
            code: 'store_failed',
            message: expect.stringContaining('9999_later'),
          });
        });
      });
    }

    test('gives up in time on a proxy that hangs', async () => {
      http.setFault(() => new Promise(() => {}));
      const store = openStore('http', { timeoutMs: 50 });
      await expect(store.ping()).rejects.toMatchObject({
        code: 'store_unavailable',
        message: 'store: SELECT failed: no answer from the database (TimeoutError)',
      });
      http.setFault(null);
    });

    test('is unavailable when the proxy answers with anything but a result', async () => {
      const store = openStore('http');
      const faults = [
        () => new Response('busy', { status: 503 }),
        () => new Response('slow down', { status: 429 }),
        () => new Response('<html>'),
        () => Response.json({ message: 'no code' }, { status: 400 }),
      ];
      for (const fault of faults) {
        http.setFault(fault);
        await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
      }
      http.setFault(null);
      await store.ping();
    });

    test('opens a new WebSocket when the old one was cut', async () => {
      const store = openStore('websocket');
      await store.ping();
      webSocket.cut();
      await untilReady(store);
      const before = webSocket.connectionsCount();
      await store.ping();
      expect(webSocket.connectionsCount()).toBe(before);
    });

    test('loses nothing behind the writer while the database crashes', async () => {
      const store = openStore('http');
      await store.migrate();
      const writer = createStoreWriter(store, {
        maxQueuedCount: 1000,
        batchCount: 50,
        intervalMs: 1,
        clock: systemClock,
        tracer,
        logger: createRecordingLogger(),
        random: () => 0,
      });
      const ids = Array.from({ length: 500 }, (_, index) => `crash${index}`);
      for (const [index, id] of ids.entries()) {
        writer.enqueue([sampleOpportunity({ id, symbol: 'CRASH/USDT' })]);
        if (index === 200) await server.crash();
        if (index === 400) await server.start();
        if (index % 50 === 0) await Bun.sleep(1);
      }
      expect(await writer.flush(15_000)).toBe(true);
      await writer.close(1000);
      expect(writer.stats()).toMatchObject({
        writtenCount: 500,
        droppedCount: 0,
        queuedCount: 0,
      });
      expect(writer.stats().failuresCount).toBeGreaterThan(0);
      const { opportunities } = await store.find({ limit: 500, symbol: 'CRASH/USDT' });
      expect(opportunities.map(({ id }) => id).sort()).toEqual([...ids].sort());
    });
  },
);

/** Recovery and reconnecting take a moment. */
function untilReady(store: OpportunityStore): Promise<void> {
  return untilTrue('the store answers', () =>
    store.ping().then(
      () => true,
      () => false,
    ),
  );
}
