/** The one store over SQL. A driver brings a connection; all else is here, so that drivers cannot differ. */

import { summariseLives } from '../detect/life/statistics.ts';
import { SpreadscopeError } from '../domain/errors.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { applyMigrations } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { PING, toCloseOpen, toDeleteClosed, toSelectOne, toSelectPage, toUpsert } from './sql.ts';
import type { SqlConnection, SqlResult } from './sql-connection.ts';
import { readLifeStatistics } from './sql-lives.ts';
import { toDeleteSpreads, toInsertSpreads, toKeptSpreads, toSelectSpreads } from './sql-spreads.ts';
import type { OpportunityFilter, OpportunityPage, OpportunityStore } from './store.ts';

/** Most opportunities on one page. */
export const MAX_PAGE_COUNT = 500;

/** Rows of one deletion: short enough that no query's time limit is met and others get their turn. */
const PRUNE_BATCH_COUNT = 1000;

/** @returns a store that owns `connection` and closes it. */
export function createSqlStore(
  driver: OpportunityStore['driver'],
  connection: SqlConnection,
): OpportunityStore {
  let closing: Promise<void> | null = null;
  const open = (): SqlConnection => {
    if (closing !== null) throw new SpreadscopeError('closed', 'store: it has been closed');
    return connection;
  };
  return {
    driver,
    migrate: async () => applyMigrations(open(), MIGRATIONS),
    write: async (opportunities) => {
      if (opportunities.length > 0) await open().query(toUpsert(opportunities));
    },
    find: async (filter) => findPage(open(), filter),
    get: async (id) => {
      // NUL is the one character that PostgreSQL's text cannot hold, so no such id exists.
      if (id.includes('\0')) return null;
      return toOpportunities(await open().query(toSelectOne(id)))[0] ?? null;
    },
    lifeStatistics: async (filter) => {
      if (filter.symbol?.includes('\0') || filter.exchange?.includes('\0'))
        return summariseLives([]);
      return readLifeStatistics(open(), filter);
    },
    closeOrphans: async (closedAtMs) => (await open().query(toCloseOpen(closedAtMs))).rowsCount,
    writeSpreads: async (kept) => {
      if (kept.length > 0) await open().query(toInsertSpreads(kept));
    },
    findSpreads: async (filter) => {
      checkLimit(filter.limit);
      if (filter.symbol.includes('\0')) return [];
      return toKeptSpreads(await open().query(toSelectSpreads(filter)));
    },
    prune: async (beforeMs) => {
      await open().query(toDeleteSpreads(beforeMs));
      let prunedCount = 0;
      for (;;) {
        const { rowsCount } = await open().query(toDeleteClosed(beforeMs, PRUNE_BATCH_COUNT));
        prunedCount += rowsCount;
        if (rowsCount < PRUNE_BATCH_COUNT) return prunedCount;
      }
    },
    ping: async () => {
      await open().query(PING);
    },
    close: async () => {
      closing ??= connection.close();
      await closing;
    },
  };
}

async function findPage(
  connection: SqlConnection,
  filter: OpportunityFilter,
): Promise<OpportunityPage> {
  const { limit, cursor } = filter;
  checkLimit(limit);
  const after = cursor === undefined ? null : fromCursor(cursor);
  if (filter.symbol?.includes('\0') || filter.exchange?.includes('\0')) {
    return { opportunities: [], nextCursor: null };
  }
  const found = toOpportunities(await connection.query(toSelectPage(filter, after)));
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
