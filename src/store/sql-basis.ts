/** Carries as they were, snapshot by snapshot: every statement on `basis_snapshots`. */

import { SpreadscopeError } from '../domain/errors.ts';
import type { SqlParam, SqlResult, SqlStatement } from './sql-connection.ts';
import type { BasisFilter, KeptBasis } from './store.ts';

const TABLE = 'basis_snapshots';

/** Writes a batch; what is there already stays, so that a repeated write changes nothing. */
export function toInsertBasis(kept: readonly KeptBasis[]): SqlStatement {
  return {
    text: `INSERT INTO basis_snapshots (base, quote, kind, at_ms, annualised_net_ratio, document)
SELECT item->'edge'->>'base', item->'edge'->>'quote', item->'edge'->>'kind',
  (item->'edge'->>'atMs')::float8, (item->'edge'->>'annualisedNetRatio')::float8, item
FROM jsonb_array_elements($1::jsonb) AS item
ON CONFLICT DO NOTHING`,
    params: [JSON.stringify(kept)],
    operation: 'INSERT',
    collection: TABLE,
  };
}

/** Newest first; of one time by assets and kind. */
export function toSelectBasis(filter: BasisFilter): SqlStatement {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `$${params.push(value)}`;
  const conditions = ['true'];
  if (filter.base !== undefined) conditions.push(`base = ${bind(filter.base)}::text`);
  if (filter.quote !== undefined) conditions.push(`quote = ${bind(filter.quote)}::text`);
  if (filter.kind !== undefined) conditions.push(`kind = ${bind(filter.kind)}::text`);
  if (filter.fromMs !== undefined) conditions.push(`at_ms >= ${bind(filter.fromMs)}::float8`);
  if (filter.toMs !== undefined) conditions.push(`at_ms < ${bind(filter.toMs)}::float8`);
  return {
    text: `SELECT document FROM basis_snapshots
WHERE ${conditions.join(' AND ')}
ORDER BY at_ms DESC, base, quote, kind
LIMIT ${bind(filter.limit)}::int`,
    params,
    operation: 'SELECT',
    collection: TABLE,
  };
}

export function toDeleteBasis(beforeMs: number): SqlStatement {
  return {
    text: 'DELETE FROM basis_snapshots WHERE at_ms < $1::float8',
    params: [beforeMs],
    operation: 'DELETE',
    collection: TABLE,
  };
}

/** What `toInsertBasis` stored; anything else was not written by this program. */
export function toKeptBasis({ rows }: SqlResult): readonly KeptBasis[] {
  return rows.map(({ document }) => {
    if (isKeptBasis(document)) return document;
    throw new SpreadscopeError(
      'store_failed',
      'store: a row of basis_snapshots holds a document that is not a carry',
    );
  });
}

function isKeptBasis(document: unknown): document is KeptBasis {
  return (
    typeof document === 'object' && document !== null && 'source' in document && 'edge' in document
  );
}
