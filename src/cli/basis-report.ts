/** What `basis` prints: carries, best first, and what others lack in one sentence each. */

import type { BasisEdge, BasisLeg } from '../detect/basis/basis-edge.ts';
import type { BasisMiss, BasisResult } from '../detect/basis/detect-basis.ts';
import { toBasisSentence } from '../detect/basis/sentence.ts';
import type { BasisSettings } from '../detect/basis/settings.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { CommandIo } from './io.ts';
import { type Column, formatTable, shorten } from './table.ts';

export interface BasisReport {
  readonly result: BasisResult;
  readonly source: MarketDataSource;
  readonly settings: BasisSettings;
  /** Most carries, and most misses, shown. */
  readonly limit: number;
}

export async function printBasis(
  report: BasisReport,
  isJson: boolean,
  io: Pick<CommandIo, 'out'>,
): Promise<void> {
  await io.out(isJson ? toJson(report) : toText(report));
}

function toJson({ result, source, settings, limit }: BasisReport): string {
  const { notionalInQuote, horizonDays } = settings;
  const misses = result.misses
    .slice(0, limit)
    .map((miss) => ({ ...miss, sentence: toBasisSentence(miss.reason) }));
  const edges = result.edges.slice(0, limit);
  return JSON.stringify({ source, notionalInQuote, horizonDays, ...result, edges, misses });
}

function toText({ result, source, settings, limit }: BasisReport): string {
  const { edges, misses, pairsCount } = result;
  const { notionalInQuote, horizonDays } = settings;
  const blocks = [
    source === 'synthetic' ? 'SYNTHETIC market, not real prices' : '',
    pairsCount === 0 ? 'No contract is watched beside its spot market.' : toCounts(result),
    edges.length === 0
      ? ''
      : `Carries of ${notionalInQuote} quote units, against perpetuals held ${horizonDays} days; a year has 365 days\n${formatTable(EDGE_COLUMNS, edges.slice(0, limit))}`,
    misses.length === 0 || limit === 0
      ? ''
      : `Others, what lacks least first\n${formatTable(MISS_COLUMNS, misses.slice(0, limit))}`,
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function toCounts({ edges, pairsCount, reasonCounts }: BasisResult): string {
  const reasons = Object.entries(reasonCounts)
    .map(([code, count]) => `${count} ${code.replaceAll('_', ' ')}`)
    .join(', ');
  const rest = reasons === '' ? '' : `; the others: ${reasons}`;
  return `${edges.length} of ${pairsCount} directed pairs carry more than they cost${rest}`;
}

const EDGE_COLUMNS: readonly Column<BasisEdge>[] = [
  { title: 'KIND', cell: ({ kind }) => kind.replace('_', ' / ') },
  { title: 'LONG', cell: ({ long }) => toPlace(long) },
  { title: 'SHORT', cell: ({ short }) => toPlace(short) },
  { title: 'GROSS %/Y', align: 'right', cell: (edge) => toPercent(edge.annualisedGrossRatio) },
  { title: 'NET %/Y', align: 'right', cell: (edge) => toPercent(edge.annualisedNetRatio) },
  { title: 'EVEN AFTER', align: 'right', cell: (edge) => `${edge.breakEvenDays.toFixed(1)} d` },
  { title: 'HELD', align: 'right', cell: (edge) => `${edge.daysHeld.toFixed(1)} d` },
  {
    title: 'PROFIT',
    align: 'right',
    cell: ({ profitInQuote, quote }) => `${shorten(profitInQuote, 2)} ${quote}`,
  },
];

const MISS_COLUMNS: readonly Column<BasisMiss>[] = [
  { title: 'KIND', cell: ({ kind }) => kind.replace('_', ' / ') },
  { title: 'LONG', cell: ({ long }) => toPlace(long) },
  { title: 'SHORT', cell: ({ short }) => toPlace(short) },
  { title: 'WHAT IS MISSING', cell: ({ reason }) => toBasisSentence(reason) },
];

function toPlace({ symbol, exchange }: Pick<BasisLeg, 'symbol' | 'exchange'>): string {
  return `${symbol} ${exchange}`;
}

function toPercent(ratio: number): string {
  return (ratio * 100).toFixed(2);
}
