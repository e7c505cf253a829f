/** The store's statements in SQLite's dialect, for the storage of a Durable Object. */

import { MAX_EXCHANGE_PAIRS_COUNT } from '../../detect/life/statistics.ts';
import type { Opportunity } from '../../domain/opportunity.ts';
import type { PageKey } from '../cursor.ts';
import type { SqlParam, SqlStatement } from '../sql-connection.ts';
import type { SqlDialect } from '../sql-store.ts';
import type { LifeFilter, OpportunityFilter } from '../store.ts';
import { BASIS_STATEMENTS } from './durable-basis.ts';
import { applyDurableMigrations } from './durable-migrations.ts';
import { SPREAD_STATEMENTS } from './durable-spreads.ts';

const TABLE = 'opportunities';

/**
 * Opportunities of one statement. A bound string may have 2 MB (Durable Objects, "Limits"); one opportunity takes about
 * 3 KB of JSON.
 */
const ROWS_PER_STATEMENT = 100;

/** Rows come in order and each meets the one before, so the highest revision of an id stays. */
const UPSERT = `INSERT INTO opportunities (
  id, symbol, buy_exchange, sell_exchange, state, opened_at_ms, updated_at_ms, closed_at_ms,
  peak_edge_bps, peak_profit_in_quote, revision, document
)
SELECT
  value->>'id', value->>'symbol', value->>'buyExchange', value->>'sellExchange', value->>'state',
  value->>'openedAtMs', value->>'updatedAtMs', value->>'closedAtMs',
  value->>'$.peak.edgeBps', value->>'$.peak.profitInQuote', value->>'revision', value
FROM json_each(?1) WHERE true
ON CONFLICT (id) DO UPDATE SET
  symbol = excluded.symbol, buy_exchange = excluded.buy_exchange, sell_exchange = excluded.sell_exchange,
  state = excluded.state, opened_at_ms = excluded.opened_at_ms, updated_at_ms = excluded.updated_at_ms,
  closed_at_ms = excluded.closed_at_ms, peak_edge_bps = excluded.peak_edge_bps,
  peak_profit_in_quote = excluded.peak_profit_in_quote, revision = excluded.revision,
  document = excluded.document
WHERE excluded.revision > opportunities.revision`;

/** Times are taken over as JSON text, so that no digit changes. */
const CLOSE_OPEN = `UPDATE opportunities SET
  state = 'closed', revision = revision + 1,
  closed_at_ms = max(updated_at_ms, ?1), updated_at_ms = max(updated_at_ms, ?1),
  document = json_set(
    document, '$.state', 'closed', '$.closeReason', 'shutdown', '$.revision', revision + 1,
    '$.closedAtMs', json(iif(updated_at_ms > ?1, document->'updatedAtMs', ?2)),
    '$.updatedAtMs', json(iif(updated_at_ms > ?1, document->'updatedAtMs', ?2))
  )
WHERE state = 'open' RETURNING id`;

const DELETE_CLOSED = `DELETE FROM opportunities WHERE id IN (
  SELECT id FROM opportunities WHERE state = 'closed' AND opened_at_ms < ?1
  ORDER BY opened_at_ms, id LIMIT ?2
) RETURNING id`;

export const SQLITE_DIALECT: SqlDialect = {
  migrate: applyDurableMigrations,
  ping: { text: 'SELECT 1', params: [], operation: 'SELECT', collection: null },
  toUpserts: (opportunities) =>
    toChunks(opportunities).map((chunk) => on('INSERT', UPSERT, [JSON.stringify(chunk)])),
  toSelectPage: selectPage,
  toLifeStatements: lifeStatements,
  toSelectOne: (id) => on('SELECT', 'SELECT document FROM opportunities WHERE id = ?1', [id]),
  toCloseOpen: (closedAtMs) => on('UPDATE', CLOSE_OPEN, [closedAtMs, JSON.stringify(closedAtMs)]),
  toDeleteClosed: (beforeMs, count) => on('DELETE', DELETE_CLOSED, [beforeMs, count]),
  ...SPREAD_STATEMENTS,
  ...BASIS_STATEMENTS,
};

function on(
  operation: SqlStatement['operation'],
  text: string,
  params: readonly SqlParam[],
): SqlStatement {
  return { text, params, operation, collection: TABLE };
}

function toChunks(opportunities: readonly Opportunity[]): Opportunity[][] {
  const chunks: Opportunity[][] = [];
  for (let start = 0; start < opportunities.length; start += ROWS_PER_STATEMENT) {
    chunks.push(opportunities.slice(start, start + ROWS_PER_STATEMENT));
  }
  return chunks;
}

function selectPage(filter: OpportunityFilter, after: PageKey | null): SqlStatement {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `?${params.push(value)}`;
  const conditions = toConditions(filter, bind);
  if (after !== null) {
    conditions.push(`(opened_at_ms, id) < (${bind(after.openedAtMs)}, ${bind(after.id)})`);
  }
  const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
  const text = `SELECT document FROM opportunities${where}
ORDER BY opened_at_ms DESC, id DESC
LIMIT ${bind(filter.limit + 1)}`;
  return on('SELECT', text, params);
}

const AREA = "coalesce(sum(document->>'$.life.edgeBpsSeconds'), 0)";

/** The columns are those of `sql-lives.ts`. The median is the mean of the one or two in the middle. */
function lifeStatements(filter: LifeFilter): readonly SqlStatement[] {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `?${params.push(value)}`;
  const where = `WHERE ${toConditions({ ...filter, state: 'closed' }, bind).join(' AND ')}`;
  const select = (text: string): SqlStatement => on('SELECT', text, params);
  return [
    select(`SELECT count(*) AS closed_count, ${AREA} AS area, (
  SELECT avg(lived_ms) FROM (
    SELECT closed_at_ms - opened_at_ms AS lived_ms, count(*) OVER () AS total,
      row_number() OVER (ORDER BY closed_at_ms - opened_at_ms) AS place
    FROM opportunities ${where}
  ) WHERE place IN ((total + 1) / 2, (total + 2) / 2)
) AS median_lived_ms
FROM opportunities ${where}`),
    select(`SELECT document->>'closeReason' AS reason, count(*) AS count
FROM opportunities ${where}
GROUP BY 1 ORDER BY 2 DESC, 1`),
    select(`SELECT step.value->>'afterMs' AS after_ms, count(step.value->>'isThere') AS known_count,
  count(*) FILTER (WHERE step.value->>'isThere') AS there_count
FROM opportunities, json_each(document, '$.life.survival') AS step ${where}
GROUP BY 1`),
    select(`SELECT buy_exchange, sell_exchange, count(*) AS closed_count, ${AREA} AS area
FROM opportunities ${where}
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${MAX_EXCHANGE_PAIRS_COUNT}`),
  ];
}

function toConditions(
  filter: Omit<OpportunityFilter, 'limit' | 'cursor'>,
  bind: (value: SqlParam) => string,
): string[] {
  const conditions: string[] = [];
  const { symbol, exchange, state, fromMs, toMs, minEdgeBps } = filter;
  if (symbol !== undefined) conditions.push(`symbol = ${bind(symbol)}`);
  if (exchange !== undefined) {
    const name = bind(exchange);
    conditions.push(`(buy_exchange = ${name} OR sell_exchange = ${name})`);
  }
  if (state !== undefined) conditions.push(`state = ${bind(state)}`);
  if (fromMs !== undefined) conditions.push(`opened_at_ms >= ${bind(fromMs)}`);
  if (toMs !== undefined) conditions.push(`opened_at_ms < ${bind(toMs)}`);
  if (minEdgeBps !== undefined) conditions.push(`peak_edge_bps >= ${bind(minEdgeBps)}`);
  return conditions;
}
