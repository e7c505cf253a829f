/** What a scan prints: open opportunities; the nearest miss of each symbol; what failed, with its reason. */

import { topEdgeBps } from '../detect/detector.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import type { ExchangeStatus, Feed } from '../feed/feed.ts';
import type { MarketSnapshot, Pipeline } from '../pipeline/ports.ts';
import type { CommandIo } from './io.ts';
import { toModeColumns } from './mode-columns.ts';
import { type Column, formatTable, shorten } from './table.ts';

/** The best pair of one symbol at the top of book, both taker fees taken out. */
interface NearestPair {
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly edgeBps: number;
  readonly freshMarketsCount: number;
}

export interface ScanReport {
  print(isJson: boolean): Promise<void>;
}

export function createScanReport(
  feed: Pick<Feed, 'source' | 'exchanges'>,
  pipeline: Pick<Pipeline, 'open' | 'market'>,
  io: CommandIo,
): ScanReport {
  return {
    print: async (isJson) => {
      const opportunities = pipeline.open();
      const nearest = pipeline.market
        .symbols()
        .filter((symbol) => isSpot(pipeline.market.snapshots(symbol)))
        .flatMap((symbol) => nearestPair(symbol, pipeline.market.snapshots(symbol)) ?? [])
        .sort((a, b) => b.edgeBps - a.edgeBps);
      const exchanges = feed.exchanges();
      if (isJson) {
        await io.out(JSON.stringify({ source: feed.source, opportunities, nearest, exchanges }));
        return;
      }
      if (feed.source === 'synthetic') await io.out('SYNTHETIC market, not real prices\n');
      await printOpportunities(opportunities, io);
      await io.out(`\nNearest of each symbol, top of book, both taker fees taken out`);
      await io.out(formatTable(NEAREST_COLUMNS, nearest));
      await printFailures(exchanges, io);
    },
  };
}

/** Contracts are judged by what they carry, not by their spread. */
function isSpot(snapshots: readonly MarketSnapshot[]): boolean {
  return snapshots.every(({ market }) => market.contract === undefined);
}

function nearestPair(symbol: string, snapshots: readonly MarketSnapshot[]): NearestPair | null {
  const fresh = snapshots.filter(({ guard }) => guard === null);
  let best: NearestPair | null = null;
  for (const buy of fresh) {
    for (const sell of fresh) {
      if (buy === sell) continue;
      const edgeBps = topEdgeBps(buy, sell);
      if (best !== null && edgeBps <= best.edgeBps) continue;
      best = {
        symbol,
        buyExchange: buy.market.exchange,
        sellExchange: sell.market.exchange,
        edgeBps,
        freshMarketsCount: fresh.length,
      };
    }
  }
  return best;
}

const OPPORTUNITY_COLUMNS: readonly Column<Opportunity>[] = [
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'BUY ON', cell: ({ buyExchange }) => buyExchange },
  { title: 'SELL ON', cell: ({ sellExchange }) => sellExchange },
  { title: 'EDGE BPS', align: 'right', cell: ({ last }) => last.edgeBps.toFixed(2) },
  { title: 'SIZE', align: 'right', cell: ({ last }) => shorten(last.sizeInBase, 6) },
  {
    title: 'PROFIT',
    align: 'right',
    cell: ({ last, quote }) => `${shorten(last.profitInQuote, 4)} ${quote}`,
  },
];

const NEAREST_COLUMNS: readonly Column<NearestPair>[] = [
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'BUY ON', cell: ({ buyExchange }) => buyExchange },
  { title: 'SELL ON', cell: ({ sellExchange }) => sellExchange },
  { title: 'EDGE BPS', align: 'right', cell: ({ edgeBps }) => edgeBps.toFixed(2) },
  { title: 'MARKETS', align: 'right', cell: ({ freshMarketsCount }) => String(freshMarketsCount) },
];

async function printOpportunities(
  opportunities: readonly Opportunity[],
  io: CommandIo,
): Promise<void> {
  if (opportunities.length === 0) await io.out('No opportunity above the threshold now.');
  else await io.out(formatTable(toColumns(opportunities), opportunities));
}

function toColumns(opportunities: readonly Opportunity[]): readonly Column<Opportunity>[] {
  const hasModes = opportunities.some(({ last }) => last.modes !== undefined);
  return hasModes
    ? [...OPPORTUNITY_COLUMNS, ...toModeColumns<Opportunity>(({ last }) => last)]
    : OPPORTUNITY_COLUMNS;
}

async function printFailures(exchanges: readonly ExchangeStatus[], io: CommandIo): Promise<void> {
  for (const { exchange, state, reason } of exchanges) {
    if (reason !== null) await io.out(`\n${exchange} is ${state}: ${reason.message}`);
  }
}
