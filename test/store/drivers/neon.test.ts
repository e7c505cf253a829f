import { describe } from 'bun:test';
import { trace } from '@opentelemetry/api';
import { createNeonStore } from '../../../src/store/drivers/neon.ts';
import { findPostgres } from '../../support/postgres-server.ts';
import { requirement } from '../../support/requirement.ts';
import { describeStore } from '../store-contract.ts';
import {
  type DatabaseSetting,
  openPglite,
  openPostgres,
  openProxy,
  type Transport,
} from './neon-setting.ts';

const hasPostgres = requirement('PostgreSQL (Debian package postgresql)', findPostgres() !== null);

const databases: Readonly<Record<string, () => Promise<DatabaseSetting>>> = {
  PGlite: openPglite,
  ...(hasPostgres ? { PostgreSQL: openPostgres } : {}),
};

describe('the Neon driver', () => {
  for (const transport of ['http', 'websocket'] as const) {
    for (const [name, openDatabase] of Object.entries(databases)) {
      describeStore(`Neon (${transport}, in front of ${name})`, () =>
        open(transport, openDatabase),
      );
    }
  }
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
