import { afterAll, beforeAll, describe, setDefaultTimeout } from 'bun:test';
import { trace } from '@opentelemetry/api';
import { createNeonStore } from '../../../src/store/drivers/neon.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import {
  findPostgres,
  type PostgresServer,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { requirement } from '../../support/requirement.ts';
import { describeStore } from '../store-contract.ts';
import {
  type DatabaseSetting,
  openPglite,
  openPostgres,
  openProxy,
  type Transport,
} from './neon-setting.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const hasPostgres = requirement('PostgreSQL (Debian package postgresql)', findPostgres() !== null);

describe('the Neon driver', () => {
  for (const transport of ['http', 'websocket'] as const) {
    describeStore(`Neon (${transport}, in front of PGlite)`, () => open(transport, openPglite));
  }

  describe.skipIf(!hasPostgres)('in front of PostgreSQL', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgresServer();
    });
    afterAll(() => server.stop());

    for (const transport of ['http', 'websocket'] as const) {
      describeStore(`Neon (${transport}, in front of PostgreSQL)`, () =>
        open(transport, () => openPostgres(server, transport)),
      );
    }
  });
});

async function open(transport: Transport, openDatabase: () => Promise<DatabaseSetting>) {
  const database = await openDatabase();
  const proxy = await openProxy(transport, database);
  const openStore = () =>
    createNeonStore({
      connectionString: proxy.connectionString,
      transport,
      tracer: trace.getTracer('test'),
    });
  const store = openStore();
  return {
    store,
    openSecond: async () => openStore(),
    dispose: async () => {
      await store.close();
      await proxy.stop();
      await database.stop();
    },
  };
}
