/**
 * What a replay prints. Each opportunity is told when it has closed, by its best moment: the edge, size, profit and
 * orders of its peak. Nothing here depends on the wall clock, so the same recording gives the same bytes.
 */

import type { PegState } from '../detect/conversion/peg-watch.ts';
import type {
  Opportunity,
  OpportunityEdge,
  OpportunityEvent,
  OpportunityLeg,
} from '../domain/opportunity.ts';
import type { CommandIo } from './io.ts';
import { toModeColumns } from './mode-columns.ts';
import { type Column, formatTable, shorten } from './table.ts';

export interface ReplayFactsToReport {
  readonly marketsCount: number;
  readonly quotesCount: number;
  readonly booksCount: number;
  readonly badLinesCount: number;
  readonly roundsCount: number;
  /** False when it was interrupted: the counts of lines are those of the whole recording, the rest is not. */
  readonly isComplete: boolean;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** One line of `replay --json`. Edge figures are those of the peak. */
export interface ReplayLine {
  readonly kind: Opportunity['kind'];
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly edgeBps: number;
  readonly grossBps: number;
  readonly sizeInBase: string;
  readonly profitInQuote: string;
  readonly quote: string;
  readonly legs: readonly OpportunityLeg[];
  readonly waterfall: OpportunityEdge['waterfall'];
  /** At the peak: with those that it competed with it would have taken more than some level held. */
  readonly exclusive: boolean;
  /** Ids, at most 16. */
  readonly competesWith: readonly string[];
  /** Of the peak; absent where only inventory is looked at. */
  readonly mode?: OpportunityEdge['mode'];
  readonly modes?: OpportunityEdge['modes'];
  readonly cycleModes?: OpportunityEdge['cycleModes'];
  readonly cappedBy?: OpportunityEdge['cappedBy'];
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly closeReason: Opportunity['closeReason'];
  readonly peakAtMs: number;
  readonly first: OpportunityEdge;
  readonly last: OpportunityEdge;
  readonly id: string;
}

/** A peg that broke: its rate when the alarm went on. */
type DepegJson = Pick<PegState, 'asset' | 'reference' | 'rate' | 'distanceBps' | 'depeggedAtMs'>;

export interface ReplayReport {
  add(events: readonly OpportunityEvent[]): void;
  /** @param state - of a peg whose alarm went on or off. */
  addPeg(state: PegState): void;
  finish(facts: ReplayFactsToReport): Promise<void>;
}

export function createReplayReport(isJson: boolean, io: CommandIo): ReplayReport {
  const peaks = new Map<string, AtPeak>();
  const lines: ReplayLine[] = [];
  const depegs: DepegJson[] = [];
  let opportunitiesCount = 0;
  let written: Promise<void> = Promise.resolve();
  const tell = (line: ReplayLine): void => {
    opportunitiesCount += 1;
    if (!isJson) {
      lines.push(line);
      return;
    }
    written = written.then(() => io.out(JSON.stringify(line)));
    // What fails is thrown by `finish`; a reader that left is not told of for each line.
    written.catch(() => undefined);
  };
  return {
    add: (events) => {
      for (const { type, opportunity } of events) {
        const { id, peak, last } = opportunity;
        if (peak === last && type !== 'closed') peaks.set(id, opportunity);
        if (type !== 'closed') continue;
        tell(toLine(opportunity, peaks.get(id) ?? opportunity));
        peaks.delete(id);
      }
    },
    addPeg: ({ asset, reference, rate, distanceBps, isDepegged, depeggedAtMs }) => {
      if (isDepegged) depegs.push({ asset, reference, rate, distanceBps, depeggedAtMs });
    },
    finish: async (facts) => {
      const summary = summarise(opportunitiesCount, depegs, facts);
      await written;
      await (isJson ? io.out(JSON.stringify({ summary })) : printTable(lines, summary, io));
    },
  };
}

/** What an opportunity says of the moment that it was told at. */
type AtPeak = Pick<Opportunity, 'legs' | 'competition'>;

function toLine(opportunity: Opportunity, { legs, competition }: AtPeak): ReplayLine {
  const { kind, symbol, buyExchange, sellExchange, quote, peak, first, last, id } = opportunity;
  const { openedAtMs, closedAtMs, closeReason } = opportunity;
  return {
    kind,
    symbol,
    buyExchange,
    sellExchange,
    edgeBps: peak.edgeBps,
    grossBps: peak.grossBps,
    sizeInBase: peak.sizeInBase,
    profitInQuote: peak.profitInQuote,
    quote,
    legs,
    waterfall: peak.waterfall,
    ...toModeFields(peak),
    exclusive: competition?.exclusive ?? false,
    competesWith: competition?.competesWith ?? [],
    openedAtMs,
    closedAtMs,
    closeReason,
    peakAtMs: peak.atMs,
    first,
    last,
    id,
  };
}

function toModeFields({ mode, modes, cycleModes, cappedBy }: OpportunityEdge) {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(modes === undefined ? {} : { modes }),
    ...(cycleModes === undefined ? {} : { cycleModes }),
    ...(cappedBy === undefined ? {} : { cappedBy }),
  };
}

function summarise(
  opportunitiesCount: number,
  depegs: readonly DepegJson[],
  facts: ReplayFactsToReport,
) {
  const { fromMs, toMs } = facts;
  return {
    opportunitiesCount,
    depegs,
    ...facts,
    // The recording's time: the wall clock's goes to standard error.
    durationMs: fromMs === null || toMs === null ? 0 : toMs - fromMs,
  };
}

const COLUMNS: readonly Column<ReplayLine>[] = [
  { title: 'OPENED', cell: ({ openedAtMs }) => new Date(openedAtMs).toISOString() },
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'BUY ON', cell: ({ buyExchange }) => buyExchange },
  { title: 'SELL ON', cell: ({ sellExchange }) => sellExchange },
  { title: 'EDGE BPS', align: 'right', cell: ({ edgeBps }) => edgeBps.toFixed(2) },
  { title: 'SIZE', align: 'right', cell: ({ sizeInBase }) => shorten(sizeInBase, 6) },
  {
    title: 'PROFIT',
    align: 'right',
    cell: ({ profitInQuote, quote }) => `${shorten(profitInQuote, 4)} ${quote}`,
  },
  {
    title: 'LIVED MS',
    align: 'right',
    cell: ({ openedAtMs, closedAtMs }) => ((closedAtMs ?? openedAtMs) - openedAtMs).toFixed(0),
  },
  { title: 'CLOSED BECAUSE', cell: ({ closeReason }) => closeReason ?? '' },
];

async function printTable(
  lines: readonly ReplayLine[],
  summary: ReturnType<typeof summarise>,
  io: CommandIo,
): Promise<void> {
  const hasModes = lines.some(({ modes }) => modes !== undefined);
  const columns = hasModes ? [...COLUMNS, ...toModeColumns<ReplayLine>((line) => line)] : COLUMNS;
  if (lines.length > 0) await io.out(formatTable(columns, lines));
  const { opportunitiesCount, marketsCount, quotesCount, booksCount, badLinesCount } = summary;
  for (const { asset, reference, rate } of summary.depegs) {
    await io.out(`${asset} left its peg: ${rate?.toFixed(4) ?? 'unknown'} ${reference}`);
  }
  const bad = badLinesCount === 0 ? '' : `, ${badLinesCount} bad lines left out`;
  await io.out(
    `${opportunitiesCount} opportunities in ${quotesCount} quotes and ${booksCount} books of ${marketsCount} markets${bad}`,
  );
}
