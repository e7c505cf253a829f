/** What `spreadscope cycles` prints. Nothing here depends on the wall clock. */

import type { CycleConfirmation } from '../detect/cycles/confirm-cycle.ts';
import type { Cycle } from '../detect/cycles/cycle.ts';
import type { CommandIo } from './io.ts';
import { type Column, formatTable, shorten } from './table.ts';

export interface FoundCycleToReport {
  readonly cycle: Cycle;
  /** Of the first unit, basis points. */
  readonly topEdgeBps: number;
  readonly confirmation: CycleConfirmation;
}

export interface CyclesSummary {
  readonly assetsCount: number;
  /** Conversions that are offered, each way counted. */
  readonly conversionsCount: number;
  readonly cyclesCount: number;
  readonly profitableCount: number;
  /** Null when none is profitable. */
  readonly bestEdgeBps: number | null;
  readonly bestRoute: string | null;
  /** Some round of any length that is profitable, found without counting; null when there is none at all. */
  readonly anyRoute: string | null;
  /** False when it was interrupted. */
  readonly isComplete: boolean;
}

export async function printCycles(
  found: readonly FoundCycleToReport[],
  summary: CyclesSummary,
  isJson: boolean,
  io: CommandIo,
): Promise<void> {
  const lines = found.map(toLine);
  if (isJson) {
    for (const line of lines) await io.out(JSON.stringify(line));
    await io.out(JSON.stringify({ summary }));
    return;
  }
  if (lines.length > 0) await io.out(formatTable(COLUMNS, lines));
  const { cyclesCount, profitableCount, assetsCount, bestEdgeBps, isComplete } = summary;
  const any =
    profitableCount > 0 || summary.anyRoute === null ? '' : `, but longer: ${summary.anyRoute}`;
  const best = bestEdgeBps === null ? '' : `, best ${bestEdgeBps.toFixed(4)} bps`;
  const more = isComplete ? '' : ' (interrupted: there are more)';
  await io.out(
    `${cyclesCount} cycles of ${assetsCount} assets, ${profitableCount} profitable${best}${any}${more}`,
  );
}

type Line = ReturnType<typeof toLine>;

/** Amounts are in the asset that the round begins with; null when it cannot be traded at any size. */
function toLine({ cycle, topEdgeBps, confirmation }: FoundCycleToReport) {
  const edge = confirmation.found ? confirmation.edge : null;
  return {
    kind: 'cycle' as const,
    symbol: cycle.route,
    legsCount: cycle.legs.length,
    topEdgeBps,
    edgeBps: edge?.edgeBps ?? null,
    sizeInBase: edge?.sizeInBase ?? null,
    profitInQuote: edge?.profitInQuote ?? null,
    quote: cycle.assets[0] ?? '',
    rejectionReason: confirmation.found ? null : confirmation.reason,
    legs: confirmation.found ? confirmation.legs : [],
  };
}

const COLUMNS: readonly Column<Line>[] = [
  { title: 'CYCLE', cell: ({ symbol }) => symbol },
  { title: 'TOP BPS', align: 'right', cell: ({ topEdgeBps }) => topEdgeBps.toFixed(4) },
  { title: 'EDGE BPS', align: 'right', cell: ({ edgeBps }) => edgeBps?.toFixed(4) ?? '' },
  { title: 'SIZE', align: 'right', cell: ({ sizeInBase }) => shorten(sizeInBase ?? '', 6) },
  {
    title: 'PROFIT',
    align: 'right',
    cell: ({ profitInQuote, quote }) =>
      profitInQuote === null ? '' : `${shorten(profitInQuote, 8)} ${quote}`,
  },
  { title: 'NOT BECAUSE', cell: ({ rejectionReason }) => rejectionReason ?? '' },
];
