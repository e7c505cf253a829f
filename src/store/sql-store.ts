/** The one store over SQL. A driver brings a connection; all else is here, so that drivers cannot differ. */

import { summariseLives } from '../detect/life/statistics.ts';
import { SpreadscopeError } from '../domain/errors.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import { fromCursor, type PageKey, toCursor } from './cursor.ts';
import { applyMigrations } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import {
  PING,
  toCloseOpen,
  toCloseShard,
  toDeleteClosed,
  toRaiseFence,
  toSelectOne,
  toSelectPage,
  toUpsert,
} from './sql.ts';
import { toDeleteBasis, toInsertBasis, toKeptBasis, toSelectBasis } from './sql-basis.ts';
import type { SqlConnection, SqlResult, SqlStatement } from './sql-connection.ts';
import { readLifeStatistics, toLifeStatements } from './sql-lives.ts';
import { toDeleteSpreads, toInsertSpreads, toKeptSpreads, toSelectSpreads } from './sql-spreads.ts';
import {
  type BasisFilter,
  type KeptBasis,
  type KeptSpreads,
  type LifeFilter,
  type OpportunityFilter,
  type OpportunityPage,
  type OpportunityStore,
  type SpreadFilter,
  StoreFencedError,
} from './store.ts';

/** Most opportunities on one page. */
export const MAX_PAGE_COUNT = 500;

/** Rows of one deletion: short enough that no query's time limit is met and others get their turn. */
const PRUNE_BATCH_COUNT = 1000;

/** How a database says what the store asks. Statements that change rows give one result row, or count, for each. */
export interface SqlDialect {
  readonly ping: SqlStatement;
  /** Applies what is missing. @returns names of the migrations applied now. */
  migrate(connection: SqlConnection): Promise<readonly string[]>;
  /** One or more statements that together write all. */
  toUpserts(opportunities: readonly Opportunity[]): readonly SqlStatement[];
  /** A page, newest opened first, and one row more that tells whether another page follows. */
  toSelectPage(filter: OpportunityFilter, after: PageKey | null): SqlStatement;
  toSelectOne(id: string): SqlStatement;
  /** Totals, reasons, survival and exchange pairs: four statements with the columns of `sql-lives.ts`. */
  toLifeStatements(filter: LifeFilter): readonly SqlStatement[];
  toCloseOpen(closedAtMs: number): SqlStatement;
  /** Raises the fence of a shard and closes what is open in it, in this order; absent where nobody shares. */
  readonly toRaiseFence?: (
    shard: string,
    token: number,
    closedAtMs: number,
  ) => readonly [SqlStatement, SqlStatement];
  toDeleteClosed(beforeMs: number, count: number): SqlStatement;
  toInsertSpreads(kept: readonly KeptSpreads[]): SqlStatement;
  /** Newest first. */
  toSelectSpreads(filter: SpreadFilter): SqlStatement;
  toDeleteSpreads(beforeMs: number): SqlStatement;
  toInsertBasis(kept: readonly KeptBasis[]): SqlStatement;
  /** Newest first. */
  toSelectBasis(filter: BasisFilter): SqlStatement;
  toDeleteBasis(beforeMs: number): SqlStatement;
}

const POSTGRES_DIALECT: SqlDialect = {
  ping: PING,
  migrate: (connection) => applyMigrations(connection, MIGRATIONS),
  toUpserts: (opportunities) => [toUpsert(opportunities)],
  toSelectPage,
  toSelectOne,
  toLifeStatements,
  toCloseOpen,
  toRaiseFence: (shard, token, closedAtMs) => [
    toRaiseFence(shard, token),
    toCloseShard(shard, closedAtMs),
  ],
  toDeleteClosed,
  toInsertSpreads,
  toSelectSpreads,
  toDeleteSpreads,
  toInsertBasis,
  toSelectBasis,
  toDeleteBasis,
};

/** @returns a store that owns `connection` and closes it. */
export function createSqlStore(
  driver: OpportunityStore['driver'],
  connection: SqlConnection,
  dialect: SqlDialect = POSTGRES_DIALECT,
): OpportunityStore {
  let closing: Promise<void> | null = null;
  const open = (): SqlConnection => {
    if (closing !== null) throw new SpreadscopeError('closed', 'store: it has been closed');
    return connection;
  };
  const { toRaiseFence: toRaise } = dialect;
  const fences = toRaise && {
    raise: async (shard: string, token: number, closedAtMs: number) => {
      const results = await open().transaction(toRaise(shard, token, closedAtMs));
      return results[1]?.rowsCount ?? 0;
    },
  };
  return {
    driver,
    ...(fences === undefined ? {} : { fences }),
    migrate: async () => dialect.migrate(open()),
    write: async (opportunities) => {
      if (opportunities.length > 0) await runAll(open(), dialect.toUpserts(opportunities));
    },
    find: async (filter) => findPage(open(), dialect, filter),
    get: async (id) => {
      // NUL is the one character that PostgreSQL's text cannot hold, so no such id exists.
      if (id.includes('\0')) return null;
      return toOpportunities(await open().query(dialect.toSelectOne(id)))[0] ?? null;
    },
    lifeStatistics: async (filter) => {
      if (filter.symbol?.includes('\0') || filter.exchange?.includes('\0'))
        return summariseLives([]);
      return readLifeStatistics(open(), dialect.toLifeStatements(filter));
    },
    closeOrphans: async (closedAtMs) =>
      (await open().query(dialect.toCloseOpen(closedAtMs))).rowsCount,
    writeSpreads: async (kept) => {
      if (kept.length > 0) await open().query(dialect.toInsertSpreads(kept));
    },
    findSpreads: async (filter) => {
      checkLimit(filter.limit);
      if (filter.symbol.includes('\0')) return [];
      return toKeptSpreads(await open().query(dialect.toSelectSpreads(filter)));
    },
    writeBasis: async (kept) => {
      if (kept.length > 0) await open().query(dialect.toInsertBasis(kept));
    },
    findBasis: async (filter) => {
      checkLimit(filter.limit);
      if (filter.base?.includes('\0') || filter.quote?.includes('\0')) return [];
      return toKeptBasis(await open().query(dialect.toSelectBasis(filter)));
    },
    prune: async (beforeMs) => {
      await open().query(dialect.toDeleteSpreads(beforeMs));
      await open().query(dialect.toDeleteBasis(beforeMs));
      let prunedCount = 0;
      for (;;) {
        const statement = dialect.toDeleteClosed(beforeMs, PRUNE_BATCH_COUNT);
        const { rowsCount } = await open().query(statement);
        prunedCount += rowsCount;
        if (rowsCount < PRUNE_BATCH_COUNT) return prunedCount;
      }
    },
    ping: async () => {
      await open().query(dialect.ping);
    },
    close: async () => {
      closing ??= connection.close();
      await closing;
    },
  };
}

async function runAll(
  connection: SqlConnection,
  statements: readonly SqlStatement[],
): Promise<void> {
  const [only, ...others] = statements;
  if (only === undefined) return;
  const results =
    others.length === 0 ? [await connection.query(only)] : await connection.transaction(statements);
  // A statement that writes gives rows only for what it refused.
  const fenced = results.flatMap(({ rows }) => rows.map(({ id }) => String(id)));
  if (fenced.length > 0) throw new StoreFencedError(fenced);
}

async function findPage(
  connection: SqlConnection,
  dialect: SqlDialect,
  filter: OpportunityFilter,
): Promise<OpportunityPage> {
  const { limit, cursor } = filter;
  checkLimit(limit);
  const after = cursor === undefined ? null : fromCursor(cursor);
  if (filter.symbol?.includes('\0') || filter.exchange?.includes('\0')) {
    return { opportunities: [], nextCursor: null };
  }
  const found = toOpportunities(await connection.query(dialect.toSelectPage(filter, after)));
  const opportunities = found.slice(0, limit);
  const last = opportunities.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { opportunities, nextCursor: hasMore ? toCursor(last) : null };
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_COUNT) return;
  throw new RangeError(`limit: expected a whole number from 1 to ${MAX_PAGE_COUNT}, got ${limit}`);
}

function toOpportunities(result: SqlResult): readonly Opportunity[] {
  return result.rows.map((row) => toOpportunity(row.document));
}

/** What `write` stored; anything else was not written by this program. */
function toOpportunity(document: unknown): Opportunity {
  if (isOpportunity(document)) return document;
  throw new SpreadscopeError(
    'store_failed',
    'store: a row of opportunities holds a document that is not an opportunity',
  );
}

function isOpportunity(document: unknown): document is Opportunity {
  return (
    typeof document === 'object' &&
    document !== null &&
    'id' in document &&
    'revision' in document &&
    'legs' in document
  );
}
