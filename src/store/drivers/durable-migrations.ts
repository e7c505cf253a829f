/** The schema in the storage of a Durable Object, step by step. Only one instance of an object runs, so no lock is needed. */

import type { Migration } from '../migrations.ts';
import type { SqlConnection, SqlStatement } from '../sql-connection.ts';

const MIGRATIONS_TABLE = 'spreadscope_migrations';

/**
 * A released migration is never changed. STRICT tables refuse values of a wrong type; text sorts by bytes (`BINARY`, the
 * default). What no query needs as a column stands in the document alone.
 */
const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001_opportunities',
    statements: [
      `CREATE TABLE opportunities (
  id TEXT PRIMARY KEY,
  symbol TEXT NOT NULL,
  buy_exchange TEXT NOT NULL,
  sell_exchange TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at_ms REAL NOT NULL,
  updated_at_ms REAL NOT NULL,
  closed_at_ms REAL,
  peak_edge_bps REAL NOT NULL,
  peak_profit_in_quote REAL NOT NULL,
  revision INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT`,
      'CREATE INDEX opportunities_by_time ON opportunities (opened_at_ms DESC, id DESC)',
      `CREATE INDEX opportunities_open ON opportunities (opened_at_ms DESC, id DESC) WHERE state = 'open'`,
    ],
  },
  {
    name: '0002_spread_windows',
    statements: [
      `CREATE TABLE spread_windows (
  symbol TEXT NOT NULL,
  at_ms REAL NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (symbol, at_ms)
) STRICT`,
      'CREATE INDEX spread_windows_by_time ON spread_windows (at_ms)',
    ],
  },
  {
    name: '0003_basis_snapshots',
    statements: [
      `CREATE TABLE basis_snapshots (
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  kind TEXT NOT NULL,
  at_ms REAL NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (base, quote, kind, at_ms)
) STRICT`,
      'CREATE INDEX basis_snapshots_by_time ON basis_snapshots (at_ms)',
    ],
  },
  {
    name: '0004_outbox',
    statements: [
      `CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  document TEXT NOT NULL,
  trace TEXT NOT NULL,
  accepted_at_ms REAL NOT NULL,
  stored_at_ms REAL
) STRICT`,
      'CREATE INDEX outbox_waiting ON outbox (sequence) WHERE stored_at_ms IS NULL',
      'CREATE TABLE accounts (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT',
    ],
  },
];

/** Applies what is missing, in order, each in a transaction. @returns names of the migrations applied now. */
export async function applyDurableMigrations(
  connection: SqlConnection,
): Promise<readonly string[]> {
  await connection.query(
    create(`CREATE TABLE IF NOT EXISTS ${MIGRATIONS_TABLE} (name TEXT PRIMARY KEY) STRICT`),
  );
  const { rows } = await connection.query({
    text: `SELECT name FROM ${MIGRATIONS_TABLE}`,
    params: [],
    operation: 'SELECT',
    collection: MIGRATIONS_TABLE,
  });
  const recorded = new Set(rows.map((row) => row.name));
  const missing = MIGRATIONS.filter(({ name }) => !recorded.has(name));
  for (const migration of missing) {
    await connection.transaction([...migration.statements.map(create), toRecord(migration)]);
  }
  return missing.map(({ name }) => name);
}

function create(text: string): SqlStatement {
  return { text, params: [], operation: 'CREATE', collection: 'opportunities' };
}

function toRecord({ name }: Migration): SqlStatement {
  return {
    text: `INSERT INTO ${MIGRATIONS_TABLE} (name) VALUES (?1)`,
    params: [name],
    operation: 'INSERT',
    collection: MIGRATIONS_TABLE,
  };
}
