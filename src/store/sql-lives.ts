/** The lives of closed opportunities, counted by the database. */

import { GHOST_HORIZON_MS, LIFE_HORIZONS_MS } from '../detect/life/life.ts';
import {
  type LifeStatistics,
  MAX_EXCHANGE_PAIRS_COUNT,
  type SurvivalStatistics,
} from '../detect/life/statistics.ts';
import type { CloseReason } from '../domain/opportunity.ts';
import { toConditions } from './sql.ts';
import type { SqlConnection, SqlParam, SqlResult, SqlStatement } from './sql-connection.ts';
import type { LifeFilter } from './store.ts';

type Row = Readonly<Record<string, unknown>>;

const AREA = `coalesce(sum((document->'life'->>'edgeBpsSeconds')::float8), 0)`;

/** All of one moment: the statements run in one transaction. @param statements - as `toLifeStatements` gives them. */
export async function readLifeStatistics(
  connection: SqlConnection,
  statements: readonly SqlStatement[],
): Promise<LifeStatistics> {
  const [totals, reasons, survival, pairs] = await connection.transaction(statements);
  const total = totals?.rows[0] ?? {};
  const survivalRows = toSurvival(survival);
  const ghosts = survivalRows.find(({ afterMs }) => afterMs === GHOST_HORIZON_MS);
  const ghostKnownCount = ghosts?.knownCount ?? 0;
  return {
    closedCount: toNumber(total, 'closed_count'),
    medianLivedMs: total.median_lived_ms == null ? null : toNumber(total, 'median_lived_ms'),
    edgeBpsSeconds: toNumber(total, 'area'),
    ghostKnownCount,
    ghostCount: ghostKnownCount - (ghosts?.thereCount ?? 0),
    closeReasons: (reasons?.rows ?? []).map((row) => ({
      reason: String(row.reason) as CloseReason,
      count: toNumber(row, 'count'),
    })),
    survival: survivalRows,
    exchangePairs: (pairs?.rows ?? []).map((row) => ({
      buyExchange: String(row.buy_exchange),
      sellExchange: String(row.sell_exchange),
      closedCount: toNumber(row, 'closed_count'),
      edgeBpsSeconds: toNumber(row, 'area'),
    })),
  };
}

/** Totals, reasons, survival and exchange pairs, in PostgreSQL's dialect. */
export function toLifeStatements(filter: LifeFilter): readonly SqlStatement[] {
  const params: SqlParam[] = [];
  const bind = (value: SqlParam): string => `$${params.push(value)}`;
  const where = `WHERE ${toConditions({ ...filter, state: 'closed' }, bind).join(' AND ')}`;
  const select = (text: string): SqlStatement => ({
    text,
    params,
    operation: 'SELECT',
    collection: 'opportunities',
  });
  return [
    select(`SELECT count(*)::int AS closed_count, ${AREA} AS area,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at_ms - opened_at_ms) AS median_lived_ms
FROM opportunities ${where}`),
    select(`SELECT (document->>'closeReason') COLLATE "C" AS reason, count(*)::int AS count
FROM opportunities ${where}
GROUP BY 1 ORDER BY 2 DESC, 1`),
    select(`SELECT (step->>'afterMs')::float8 AS after_ms,
  count(step->>'isThere')::int AS known_count,
  (count(*) FILTER (WHERE step->>'isThere' = 'true'))::int AS there_count
FROM opportunities, jsonb_array_elements(document->'life'->'survival') AS step ${where}
GROUP BY 1`),
    select(`SELECT buy_exchange, sell_exchange, count(*)::int AS closed_count, ${AREA} AS area
FROM opportunities ${where}
GROUP BY 1, 2
ORDER BY 3 DESC, buy_exchange COLLATE "C", sell_exchange COLLATE "C"
LIMIT ${MAX_EXCHANGE_PAIRS_COUNT}`),
  ];
}

/** A row for each horizon, also where nothing is known. */
function toSurvival(result: SqlResult | undefined): readonly SurvivalStatistics[] {
  return LIFE_HORIZONS_MS.map((afterMs) => {
    const row = result?.rows.find((each) => Number(each.after_ms) === afterMs);
    return {
      afterMs,
      knownCount: row === undefined ? 0 : toNumber(row, 'known_count'),
      thereCount: row === undefined ? 0 : toNumber(row, 'there_count'),
    };
  });
}

/** Some protocols carry numbers as text. */
function toNumber(row: Row, column: string): number {
  const value = Number(row[column]);
  if (Number.isFinite(value)) return value;
  throw new Error(`BUG: column ${column} is not a number`);
}
