/** Every statement on opportunities: one SQL for all drivers. */

import type { CloseReason, Opportunity } from '../domain/opportunity.ts';
import type { PageKey } from './cursor.ts';
import type { SqlParam, SqlStatement } from './sql-connection.ts';
import type { OpportunityFilter } from './store.ts';

const TABLE = 'opportunities';

/**
 * Columns come out of the documents themselves, so that a batch is one parameter. DISTINCT ON keeps the highest
 * revision of an id that occurs twice, because ON CONFLICT may not touch a row twice in one statement.
 */
function toInsert(items: string): string {
  return `INSERT INTO opportunities (
  id, kind, source, symbol, buy_exchange, sell_exchange, state, opened_at_ms, updated_at_ms, closed_at_ms,
  first_edge_bps, peak_edge_bps, last_edge_bps, peak_profit_in_quote, revision, shard, document
)
SELECT DISTINCT ON (item->>'id')
  item->>'id', item->>'kind', item->>'source', item->>'symbol', item->>'buyExchange', item->>'sellExchange',
  item->>'state', (item->>'openedAtMs')::float8, (item->>'updatedAtMs')::float8, (item->>'closedAtMs')::float8,
  (item->'first'->>'edgeBps')::float8, (item->'peak'->>'edgeBps')::float8, (item->'last'->>'edgeBps')::float8,
  (item->'peak'->>'profitInQuote')::numeric, (item->>'revision')::bigint, item->'lease'->>'shard', item
FROM ${items}
ORDER BY item->>'id', (item->>'revision')::bigint DESC
ON CONFLICT (id) DO UPDATE SET
  kind = excluded.kind, source = excluded.source, symbol = excluded.symbol,
  buy_exchange = excluded.buy_exchange, sell_exchange = excluded.sell_exchange, state = excluded.state,
  opened_at_ms = excluded.opened_at_ms, updated_at_ms = excluded.updated_at_ms,
  closed_at_ms = excluded.closed_at_ms, first_edge_bps = excluded.first_edge_bps,
  peak_edge_bps = excluded.peak_edge_bps, last_edge_bps = excluded.last_edge_bps,
  peak_profit_in_quote = excluded.peak_profit_in_quote, revision = excluded.revision,
  shard = excluded.shard, document = excluded.document
WHERE excluded.revision > opportunities.revision`;
}

const UPSERT = toInsert('jsonb_array_elements($1::jsonb) AS item');

/**
 * As `UPSERT`, of those whose lease is not older than the fence of its shard; gives the ids of the others. The lock on the
 * fences makes whoever raises one wait until this is done, so that what it then finds open is all there is.
 */
const FENCED_UPSERT = `WITH items AS MATERIALIZED (
  SELECT item FROM jsonb_array_elements($1::jsonb) AS item
), fences AS MATERIALIZED (
  SELECT shard, token FROM shard_fences
  WHERE shard IN (SELECT item->'lease'->>'shard' FROM items) ORDER BY shard FOR SHARE
), judged AS MATERIALIZED (
  SELECT item, fences.token IS NOT NULL AND (item->'lease'->>'token')::bigint < fences.token AS is_fenced
  FROM items LEFT JOIN fences ON fences.shard = item->'lease'->>'shard'
), valid AS (
  SELECT item FROM judged WHERE NOT is_fenced
), written AS (
  ${toInsert('valid')}
)
SELECT item->>'id' AS id FROM judged WHERE is_fenced`;

/**
 * Writes a batch; rows change only where the revision is higher. Where there are leases, those that are not the newest
 * write nothing, and their ids are the result.
 */
export function toUpsert(opportunities: readonly Opportunity[]): SqlStatement {
  const hasLease = opportunities.some(({ lease }) => lease !== undefined);
  return {
    text: hasLease ? FENCED_UPSERT : UPSERT,
    params: [JSON.stringify(opportunities)],
    operation: 'INSERT',
    collection: TABLE,
  };
}

/** Raises the fence of a shard; one that is higher stays. */
export function toRaiseFence(shard: string, token: number): SqlStatement {
  return {
    text: `INSERT INTO shard_fences (shard, token) VALUES ($1::text, $2::bigint)
ON CONFLICT (shard) DO UPDATE SET token = GREATEST(shard_fences.token, excluded.token)`,
    params: [shard, token],
    operation: 'INSERT',
    collection: 'shard_fences',
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

/** Closes what is open and was written without a lease; an opportunity is never closed before its last update. */
export function toCloseOpen(closedAtMs: number): SqlStatement {
  return toClose('shard IS NULL', 'shutdown', [closedAtMs]);
}

/** Closes what is open in a shard, or in one of another division: nobody has those any more. */
export function toCloseShard(shard: string, closedAtMs: number): SqlStatement {
  const division = shard.slice(shard.indexOf('/'));
  const where = '(shard = $2::text OR right(shard, length($3::text)) <> $3::text)';
  return toClose(where, 'handed_over', [closedAtMs, shard, division]);
}

function toClose(where: string, reason: CloseReason, params: readonly SqlParam[]): SqlStatement {
  return {
    text: `UPDATE opportunities SET
  state = 'closed', revision = revision + 1,
  closed_at_ms = GREATEST(updated_at_ms, $1::float8), updated_at_ms = GREATEST(updated_at_ms, $1::float8),
  document = document || jsonb_build_object(
    'state', 'closed', 'closeReason', '${reason}', 'revision', revision + 1,
    'closedAtMs', GREATEST(updated_at_ms, $1::float8), 'updatedAtMs', GREATEST(updated_at_ms, $1::float8)
  )
WHERE state = 'open' AND ${where}`,
    params: [...params],
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
