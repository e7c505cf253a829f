/** Applies migrations, each in a transaction of its own, under a lock that one process at a time holds. */

import { SpreadscopeError } from '../domain/errors.ts';
import type { Migration } from './migrations.ts';
import type { SqlConnection, SqlStatement } from './sql-connection.ts';
import { toSqlState, UNIQUE_VIOLATION } from './sql-errors.ts';

const MIGRATIONS_TABLE = 'spreadscope_migrations';

/** Key of the advisory lock: the bytes of `sprd` as an integer, so that other programs are unlikely to use it. */
const LOCK_KEY = 0x73707264;

const LOCK: SqlStatement = {
  text: 'SELECT pg_advisory_xact_lock($1)',
  params: [LOCK_KEY],
  operation: 'SELECT',
  collection: null,
};

const CREATE_TABLE: SqlStatement = {
  text: `CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (
  name text COLLATE "C" PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
)`,
  params: [],
  operation: 'CREATE',
  collection: MIGRATIONS_TABLE,
};

const SELECT_NAMES: SqlStatement = {
  text: `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY name`,
  params: [],
  operation: 'SELECT',
  collection: MIGRATIONS_TABLE,
};

/**
 * Applies what is missing, in order.
 *
 * @returns names of the migrations applied now.
 * @throws {SpreadscopeError} `store_failed` when the database has a migration that is not in `migrations`.
 */
export async function applyMigrations(
  connection: SqlConnection,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const recorded = await readApplied(connection);
  refuseUnknown(recorded, migrations);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (recorded.has(migration.name)) continue;
    if (await applyOne(connection, migration)) applied.push(migration.name);
  }
  return applied;
}

async function readApplied(connection: SqlConnection): Promise<ReadonlySet<string>> {
  // The lock also covers CREATE TABLE IF NOT EXISTS, which fails when two sessions race for the name.
  const results = await connection.transaction([LOCK, CREATE_TABLE, SELECT_NAMES]);
  return new Set((results[2]?.rows ?? []).map((row) => String(row.name)));
}

function refuseUnknown(recorded: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...recorded].find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new SpreadscopeError(
    'store_failed',
    `store: the database has migration ${unknown}, which this version does not know; use the version that wrote it`,
  );
}

/** False when another process applied it between the reading and now. */
async function applyOne(connection: SqlConnection, migration: Migration): Promise<boolean> {
  // The name goes first: if another process was quicker, it conflicts before the schema is touched.
  try {
    await connection.transaction([LOCK, toRecord(migration), ...toStatements(migration)]);
    return true;
  } catch (error) {
    if (toSqlState(error) !== UNIQUE_VIOLATION) throw error;
    const recorded = await readApplied(connection);
    if (recorded.has(migration.name)) return false;
    throw error;
  }
}

function toRecord(migration: Migration): SqlStatement {
  return {
    text: `INSERT INTO ${MIGRATIONS_TABLE} (name) VALUES ($1)`,
    params: [migration.name],
    operation: 'INSERT',
    collection: MIGRATIONS_TABLE,
  };
}

function toStatements(migration: Migration): readonly SqlStatement[] {
  return migration.statements.map((text) => ({
    text,
    params: [],
    operation: 'CREATE',
    collection: 'opportunities',
  }));
}
