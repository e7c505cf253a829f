/** Windows of spreads in SQLite's dialect, for the storage of a Durable Object. */

import type { SqlParam, SqlStatement } from '../sql-connection.ts';
import type { SqlDialect } from '../sql-store.ts';

/** What is there already stays, so that a repeated write changes nothing. */
const INSERT = `INSERT INTO spread_windows (symbol, at_ms, document)
SELECT value->>'$.statistics.symbol', value->>'atMs', value FROM json_each(?1) WHERE true
ON CONFLICT DO NOTHING`;

export const SPREAD_STATEMENTS: Pick<
  SqlDialect,
  'toInsertSpreads' | 'toSelectSpreads' | 'toDeleteSpreads'
> = {
  toInsertSpreads: (kept) => on('INSERT', INSERT, [JSON.stringify(kept)]),
  toSelectSpreads: (filter) => {
    const params: SqlParam[] = [];
    const bind = (value: SqlParam): string => `?${params.push(value)}`;
    const conditions = [`symbol = ${bind(filter.symbol)}`];
    if (filter.fromMs !== undefined) conditions.push(`at_ms >= ${bind(filter.fromMs)}`);
    if (filter.toMs !== undefined) conditions.push(`at_ms < ${bind(filter.toMs)}`);
    const where = conditions.join(' AND ');
    const text = `SELECT document FROM spread_windows
WHERE ${where}
ORDER BY at_ms DESC
LIMIT ${bind(filter.limit)}`;
    return on('SELECT', text, params);
  },
  toDeleteSpreads: (beforeMs) =>
    on('DELETE', 'DELETE FROM spread_windows WHERE at_ms < ?1 RETURNING at_ms', [beforeMs]),
};

function on(
  operation: SqlStatement['operation'],
  text: string,
  params: readonly SqlParam[],
): SqlStatement {
  return { text, params, operation, collection: 'spread_windows' };
}
