/** What was usual between exchanges, window by window: every statement on `spread_windows`. */

import { SpreadscopeError } from '../domain/errors.ts';
import type { SqlParam, SqlResult, SqlStatement } from './sql-connection.ts';
import type { KeptSpreads, SpreadFilter } from './store.ts';

const TABLE = 'spread_windows';

/** Writes a batch; what is there already stays, so that a repeated write changes nothing. */
export function toInsertSpreads(kept: readonly KeptSpreads[]): SqlStatement {
  return {
    text: `INSERT INTO spread_windows (symbol, at_ms, median_index_ratio, document)
SELECT item->'statistics'->>'symbol', (item->>'atMs')::float8,
  (item->'statistics'->'index'->>'medianRatio')::float8, item
FROM jsonb_array_elements($1::jsonb) AS item
ON CONFLICT DO NOTHING`,
    params: [JSON.stringify(kept)],
    operation: 'INSERT',
    collection: TABLE,
  };
}

/** Newest first. */
export function toSelectSpreads(filter: SpreadFilter): SqlStatement {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `$${params.push(value)}`;
  const conditions = [`symbol = ${bind(filter.symbol)}::text`];
  if (filter.fromMs !== undefined) conditions.push(`at_ms >= ${bind(filter.fromMs)}::float8`);
  if (filter.toMs !== undefined) conditions.push(`at_ms < ${bind(filter.toMs)}::float8`);
  return {
    text: `SELECT document FROM spread_windows
WHERE ${conditions.join(' AND ')}
ORDER BY at_ms DESC
LIMIT ${bind(filter.limit)}::int`,
    params,
    operation: 'SELECT',
    collection: TABLE,
  };
}

export function toDeleteSpreads(beforeMs: number): SqlStatement {
  return {
    text: 'DELETE FROM spread_windows WHERE at_ms < $1::float8',
    params: [beforeMs],
    operation: 'DELETE',
    collection: TABLE,
  };
}

/** What `toInsertSpreads` stored; anything else was not written by this program. */
export function toKeptSpreads({ rows }: SqlResult): readonly KeptSpreads[] {
  return rows.map(({ document }) => {
    if (isKeptSpreads(document)) return document;
    throw new SpreadscopeError(
      'store_failed',
      'store: a row of spread_windows holds a document that is not a window',
    );
  });
}

function isKeptSpreads(document: unknown): document is KeptSpreads {
  return (
    typeof document === 'object' &&
    document !== null &&
    'atMs' in document &&
    'statistics' in document
  );
}
