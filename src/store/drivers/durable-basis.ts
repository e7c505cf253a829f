/** Snapshots of carries in SQLite's dialect, for the storage of a Durable Object. */

import type { SqlParam, SqlStatement } from '../sql-connection.ts';
import type { SqlDialect } from '../sql-store.ts';

/** What is there already stays, so that a repeated write changes nothing. */
const INSERT = `INSERT INTO basis_snapshots (base, quote, kind, at_ms, document)
SELECT value->>'$.edge.base', value->>'$.edge.quote', value->>'$.edge.kind', value->>'$.edge.atMs', value
FROM json_each(?1) WHERE true
ON CONFLICT DO NOTHING`;

export const BASIS_STATEMENTS: Pick<
  SqlDialect,
  'toInsertBasis' | 'toSelectBasis' | 'toDeleteBasis'
> = {
  toInsertBasis: (kept) => on('INSERT', INSERT, [JSON.stringify(kept)]),
  toSelectBasis: (filter) => {
    const params: SqlParam[] = [];
    const bind = (value: SqlParam): string => `?${params.push(value)}`;
    const conditions = ['true'];
    if (filter.base !== undefined) conditions.push(`base = ${bind(filter.base)}`);
    if (filter.quote !== undefined) conditions.push(`quote = ${bind(filter.quote)}`);
    if (filter.kind !== undefined) conditions.push(`kind = ${bind(filter.kind)}`);
    if (filter.fromMs !== undefined) conditions.push(`at_ms >= ${bind(filter.fromMs)}`);
    if (filter.toMs !== undefined) conditions.push(`at_ms < ${bind(filter.toMs)}`);
    const where = conditions.join(' AND ');
    const text = `SELECT document FROM basis_snapshots
WHERE ${where}
ORDER BY at_ms DESC, base, quote, kind
LIMIT ${bind(filter.limit)}`;
    return on('SELECT', text, params);
  },
  toDeleteBasis: (beforeMs) =>
    on('DELETE', 'DELETE FROM basis_snapshots WHERE at_ms < ?1 RETURNING at_ms', [beforeMs]),
};

function on(
  operation: SqlStatement['operation'],
  text: string,
  params: readonly SqlParam[],
): SqlStatement {
  return { text, params, operation, collection: 'basis_snapshots' };
}
