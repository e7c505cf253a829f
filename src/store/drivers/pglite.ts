/** The embedded store: PGlite, PostgreSQL compiled to WASM, in a folder or in memory. */

import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PGlite, type Results, type Transaction } from '@electric-sql/pglite';
import type { Tracer } from '@opentelemetry/api';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { SqlConnection, SqlResult, SqlStatement } from '../sql-connection.ts';
import { createSqlStore } from '../sql-store.ts';
import { withSqlTelemetry } from '../sql-telemetry.ts';
import type { OpportunityStore } from '../store.ts';
import { acquireDirectoryLock, type DirectoryLock } from './directory-lock.ts';
import { DURABLE_START_PARAMS, DurableNodeFS, flushPath, flushTree } from './durable-node-fs.ts';
import { createGuard } from './pglite-guard.ts';
import { keepUp } from './pglite-upkeep.ts';

export interface PgliteStoreOptions {
  /** Folder of the database, made when it is missing; `memory` keeps nothing. */
  readonly dataDir: string;
  readonly tracer: Tracer;
}

/** Writes between two looks at what upkeep is due: a look costs about as much as a small write. */
const UPKEEP_EVERY_COUNT = 16;

/** The database that PGlite makes and connects to. */
const DATABASE_NAME = 'postgres';

/**
 * Opens the database, after recovery when its last process was killed. One process at a time.
 *
 * @throws {SpreadscopeError} `store_unavailable` when the folder is in use or not writable, `store_failed` when what is
 * in it does not open.
 */
export async function createPgliteStore(options: PgliteStoreOptions): Promise<OpportunityStore> {
  const { dataDir, tracer } = options;
  const connection =
    dataDir === 'memory'
      ? toConnection(await PGlite.create('memory://'), null)
      : await openDirectory(resolve(dataDir));
  return createSqlStore('pglite', withSqlTelemetry(connection, tracer));
}

async function openDirectory(directory: string): Promise<SqlConnection> {
  await makeDirectory(directory);
  const lock = acquireDirectoryLock(directory);
  try {
    const path = `${directory}/postgres`;
    if (!existsSync(path)) await initialise(path);
    return toConnection(await openFolder(path), lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    // PGlite makes its files readable to all; the folder keeps others out.
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SpreadscopeError(
      'store_unavailable',
      `DATA_DIR: expected a folder that can be made, got ${directory}`,
      { cause: error },
    );
  }
}

/** Makes a new database aside and moves it into place whole: a process killed meanwhile leaves no half of one. */
async function initialise(path: string): Promise<void> {
  const aside = `${path}.new`;
  await rm(aside, { recursive: true, force: true });
  await (await openFolder(aside)).close();
  await chmod(aside, 0o700);
  flushTree(aside);
  await rename(aside, path);
  flushPath(dirname(path));
}

async function openFolder(path: string): Promise<PGlite> {
  try {
    return await PGlite.create({
      fs: new DurableNodeFS(path),
      startParams: [...DURABLE_START_PARAMS],
    });
  } catch (error) {
    throw new SpreadscopeError(
      'store_failed',
      `DATA_DIR: the database in ${path} does not open: damaged, or made by another version of PostgreSQL; ` +
        'to begin anew, move that folder away',
      { cause: error },
    );
  }
}

function toConnection(database: PGlite, lock: DirectoryLock | null): SqlConnection {
  const guard = createGuard();
  let writesCount = 0;
  return {
    endpoint: { namespace: DATABASE_NAME, serverAddress: null, serverPort: null },
    query: (statement) =>
      guard(async () => {
        const result = await runOn(database, statement);
        if (statement.operation !== 'SELECT') writesCount += 1;
        if (statement.operation !== 'SELECT' && writesCount % UPKEEP_EVERY_COUNT === 0) {
          await keepUp(database);
        }
        return result;
      }),
    transaction: (statements) =>
      guard(() => database.transaction((transaction) => runAll(transaction, statements))),
    close: async () => {
      try {
        await guard(() => database.close());
      } finally {
        lock?.release();
      }
    },
  };
}

async function runAll(
  transaction: Transaction,
  statements: readonly SqlStatement[],
): Promise<readonly SqlResult[]> {
  const results: SqlResult[] = [];
  for (const statement of statements) results.push(await runOn(transaction, statement));
  return results;
}

async function runOn(target: PGlite | Transaction, statement: SqlStatement): Promise<SqlResult> {
  const result: Results<Record<string, unknown>> = await target.query(statement.text, [
    ...statement.params,
  ]);
  return { rows: result.rows, rowsCount: result.affectedRows ?? 0 };
}
