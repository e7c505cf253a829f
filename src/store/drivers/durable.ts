/** The store in a Durable Object's own SQLite storage: nothing to configure, and one place with the detector. */

import type { Tracer } from '@opentelemetry/api';
import { type ErrorCode, SpreadscopeError } from '../../domain/errors.ts';
import type { SqlConnection, SqlResult, SqlStatement } from '../sql-connection.ts';
import { createSqlStore } from '../sql-store.ts';
import { withSqlTelemetry } from '../sql-telemetry.ts';
import type { OpportunityStore } from '../store.ts';
import { SQLITE_DIALECT } from './durable-sql.ts';

/** The members of a Durable Object's `storage` that are used. */
export interface DurableStorage {
  readonly sql: {
    exec(
      text: string,
      ...params: readonly (string | number | null)[]
    ): { toArray(): Record<string, unknown>[] };
  };
  transactionSync<Result>(run: () => Result): Result;
}

export interface DurableStoreOptions {
  readonly storage: DurableStorage;
  readonly tracer: Tracer;
}

/** Closing the store leaves the storage as it is: that belongs to the platform. */
export function createDurableStore({ storage, tracer }: DurableStoreOptions): OpportunityStore {
  return createSqlStore('durable', withSqlTelemetry(toConnection(storage), tracer), SQLITE_DIALECT);
}

function toConnection(storage: DurableStorage): SqlConnection {
  return {
    endpoint: { system: 'sqlite', namespace: 'durable', serverAddress: null, serverPort: null },
    query: async (statement) => run(storage, statement),
    transaction: async (statements) =>
      storage.transactionSync(() => statements.map((statement) => run(storage, statement))),
    close: async () => {},
  };
}

function run(storage: DurableStorage, { text, params, operation }: SqlStatement): SqlResult {
  try {
    const rows = storage.sql.exec(text, ...params).toArray();
    return { rows: rows.map(withDocument), rowsCount: operation === 'SELECT' ? 0 : rows.length };
  } catch (error) {
    throw toDurableError(error, operation);
  }
}

/** SQLite keeps JSON as text; the store expects it parsed, as PostgreSQL's drivers give it. */
function withDocument(row: Record<string, unknown>): Record<string, unknown> {
  const { document } = row;
  return typeof document === 'string' ? { ...row, document: JSON.parse(document) } : row;
}

/** Result codes of SQLite (sqlite.org/rescode.html) by what a caller can do. */
const CODE_OF_RESULT: Readonly<Record<string, ErrorCode>> = {
  SQLITE_CONSTRAINT: 'store_rejected',
  SQLITE_MISMATCH: 'store_rejected',
  SQLITE_TOOBIG: 'store_rejected',
};

/** The platform gives SQLite's result code in the message alone; the message itself may quote data and is not kept. */
function toDurableError(error: unknown, operation: string): SpreadscopeError {
  const result = /\bSQLITE_[A-Z]+/.exec(error instanceof Error ? error.message : '')?.[0];
  const code = CODE_OF_RESULT[result ?? ''] ?? 'store_failed';
  return new SpreadscopeError(code, `store: ${operation} failed: ${result ?? 'no result code'}`);
}
