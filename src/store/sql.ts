/** Every statement on opportunities: one SQL for all drivers. */

import type { Opportunity } from '../domain/opportunity.ts';
import type { PageKey } from './cursor.ts';
import type { SqlParam, SqlStatement } from './sql-connection.ts';
import type { OpportunityFilter } from './store.ts';

const TABLE = 'opportunities';

/**
 * Columns come out of the documents themselves, so that a batch is one parameter. DISTINCT ON keeps the highest
 * revision of an id that occurs twice, because ON CONFLICT may not touch a row twice in one statement.
 */
const UPSERT = `INSERT INTO opportunities (
  id, kind, source, symbol, buy_exchange, sell_exchange, state, opened_at_ms, updated_at_ms, closed_at_ms,
  first_edge_bps, peak_edge_bps, last_edge_bps, peak_profit_in_quote, revision, document
)
SELECT DISTINCT ON (item->>'id')
  item->>'id', item->>'kind', item->>'source', item->>'symbol', item->>'buyExchange', item->>'sellExchange',
  item->>'state', (item->>'openedAtMs')::float8, (item->>'updatedAtMs')::float8, (item->>'closedAtMs')::float8,
  (item->'first'->>'edgeBps')::float8, (item->'peak'->>'edgeBps')::float8, (item->'last'->>'edgeBps')::float8,
  (item->'peak'->>'profitInQuote')::numeric, (item->>'revision')::bigint, item
FROM jsonb_array_elements($1::jsonb) AS item
ORDER BY item->>'id', (item->>'revision')::bigint DESC
ON CONFLICT (id) DO UPDATE SET
  kind = excluded.kind, source = excluded.source, symbol = excluded.symbol,
  buy_exchange = excluded.buy_exchange, sell_exchange = excluded.sell_exchange, state = excluded.state,
  opened_at_ms = excluded.opened_at_ms, updated_at_ms = excluded.updated_at_ms,
  closed_at_ms = excluded.closed_at_ms, first_edge_bps = excluded.first_edge_bps,
  peak_edge_bps = excluded.peak_edge_bps, last_edge_bps = excluded.last_edge_bps,
  peak_profit_in_quote = excluded.peak_profit_in_quote, revision = excluded.revision,
  document = excluded.document
WHERE excluded.revision > opportunities.revision`;

/** Writes a batch; rows change only where the revision is higher. */
export function toUpsert(opportunities: readonly Opportunity[]): SqlStatement {
  return {
    text: UPSERT,
    params: [JSON.stringify(opportunities)],
    operation: 'INSERT',
    collection: TABLE,
  };
}

/** A page, newest opened first, and one row more that tells whether another page follows. */
export function toSelectPage(filter: OpportunityFilter, after: PageKey | null): SqlStatement {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `$${params.push(value)}`;
  const conditions = toConditions(filter, bind);
  if (after !== null) {
    conditions.push(
      `(opened_at_ms, id) < (${bind(after.openedAtMs)}::float8, ${bind(after.id)}::text)`,
    );
  }
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
  const text = `SELECT document FROM opportunities${where}
ORDER BY opened_at_ms DESC, id DESC
LIMIT ${bind(filter.limit + 1)}::int`;
  return { text, params, operation: 'SELECT', collection: TABLE };
}

/** Conditions on the rows, without paging. @param bind - takes a value and gives its placeholder. */
export function toConditions(
  filter: Omit<OpportunityFilter, 'limit' | 'cursor'>,
  bind: (value: SqlParam) => string,
): string[] {
  const conditions: string[] = [];
  const { symbol, exchange, state, fromMs, toMs, minEdgeBps } = filter;
  if (symbol !== undefined) conditions.push(`symbol = ${bind(symbol)}::text`);
  if (exchange !== undefined) {
    const name = bind(exchange);
    conditions.push(`(buy_exchange = ${name}::text OR sell_exchange = ${name}::text)`);
  }
  if (state !== undefined) conditions.push(`state = ${bind(state)}::text`);
  if (fromMs !== undefined) conditions.push(`opened_at_ms >= ${bind(fromMs)}::float8`);
  if (toMs !== undefined) conditions.push(`opened_at_ms < ${bind(toMs)}::float8`);
  if (minEdgeBps !== undefined) conditions.push(`peak_edge_bps >= ${bind(minEdgeBps)}::float8`);
  return conditions;
}

export function toSelectOne(id: string): SqlStatement {
  return {
    text: 'SELECT document FROM opportunities WHERE id = $1::text',
    params: [id],
    operation: 'SELECT',
    collection: TABLE,
  };
}

/** Closes what is open; an opportunity is never closed before its last update. */
export function toCloseOpen(closedAtMs: number): SqlStatement {
  return {
    text: `UPDATE opportunities SET
  state = 'closed', revision = revision + 1,
  closed_at_ms = GREATEST(updated_at_ms, $1::float8), updated_at_ms = GREATEST(updated_at_ms, $1::float8),
  document = document || jsonb_build_object(
    'state', 'closed', 'closeReason', 'shutdown', 'revision', revision + 1,
    'closedAtMs', GREATEST(updated_at_ms, $1::float8), 'updatedAtMs', GREATEST(updated_at_ms, $1::float8)
  )
WHERE state = 'open'`,
    params: [closedAtMs],
    operation: 'UPDATE',
    collection: TABLE,
  };
}

/** Deletes the oldest that are closed and were opened before `beforeMs`, at most `count`. */
export function toDeleteClosed(beforeMs: number, count: number): SqlStatement {
  return {
    text: `DELETE FROM opportunities WHERE id IN (
  SELECT id FROM opportunities WHERE state = 'closed' AND opened_at_ms < $1::float8
  ORDER BY opened_at_ms, id LIMIT $2::int
)`,
    params: [beforeMs, count],
    operation: 'DELETE',
    collection: TABLE,
  };
}

export const PING: SqlStatement = {
  text: 'SELECT 1',
  params: [],
  operation: 'SELECT',
  collection: null,
};
