/** What `explain` prints: the funnel, markets that take no part, near misses in one sentence each. */

import type { ExplainedMarket, Explanation } from '../detect/explain/explain.ts';
import type { FunnelStage, ReasonCount } from '../detect/explain/funnel.ts';
import type { NearMiss } from '../detect/explain/near-misses.ts';
import type { Stage } from '../detect/explain/reasons.ts';
import { toSentence } from '../detect/explain/sentence.ts';
import { toExplanationJson } from '../detect/explain/to-json.ts';
import type { Feed } from '../feed/feed.ts';
import type { CommandIo } from './io.ts';
import { type Column, formatTable } from './table.ts';

/** Symbols without a pair that are named. */
const MAX_LONELY_SHOWN_COUNT = 10;

type Shown = Explanation & { readonly symbol: string | null };

export function createExplainReport(feed: Pick<Feed, 'source'>, io: CommandIo) {
  return {
    print: async (explanation: Shown, isJson: boolean): Promise<void> => {
      const { source } = feed;
      if (isJson) await io.out(JSON.stringify({ source, ...toExplanationJson(explanation) }));
      else await io.out(toText(explanation, source));
    },
  };
}

function toText(explanation: Shown, source: Feed['source']): string {
  const { funnel, nearMisses, markets, symbolsCount, symbol } = explanation;
  const blocks = [
    source === 'synthetic' ? 'SYNTHETIC market, not real prices' : '',
    `${symbol ?? `${symbolsCount} symbols`}: ${funnel.marketsCount} markets, ${funnel.quotedMarketsCount} with a quote, ${funnel.usableMarketsCount} usable${toReasons(funnel.marketReasons)}`,
    formatTable(toFunnelColumns('PAIRS'), funnel.stages),
    `${funnel.openCount} of ${funnel.pairsCount} directed pairs are an opportunity now.`,
    toCycles(explanation.cycles),
    toMarkets(markets),
    toCapped(explanation.cappedPairs),
    nearMisses.length === 0
      ? ''
      : `Near misses, what lacks least first\n${formatTable(NEAR_COLUMNS, nearMisses)}`,
    toLonely(explanation.symbolsWithoutPair),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  markets: 'all markets usable',
  skew: 'legs of the same time',
  gross: 'edge before fees',
  fees: 'edge left after fees',
  depth: 'edge left at depth',
  transfer: 'edge left after a transfer',
  limits: 'size within minimums and balances',
};

function toCycles(cycles: Explanation['cycles']): string {
  if (cycles === null) return '';
  const { cyclesCount, openCount, maxLegs, isComplete, stages } = cycles;
  const looked = isComplete ? '' : ' of those looked at; there are more';
  const summary = `${openCount} of ${cyclesCount} cycles of 3 to ${maxLegs} legs are an opportunity now${looked}.`;
  return `${formatTable(toFunnelColumns('CYCLES'), stages)}\n\n${summary}`;
}

const toFunnelColumns = (what: 'PAIRS' | 'CYCLES'): readonly Column<FunnelStage>[] => [
  { title: `${what} THAT PASS`, cell: ({ stage }) => STAGE_TITLES[stage] },
  { title: 'LEFT', align: 'right', cell: ({ survivedCount }) => String(survivedCount) },
  { title: 'LOST TO', cell: ({ lost }) => toReasons(lost).replace(/^: /, '') },
];

const NEAR_COLUMNS: readonly Column<NearMiss>[] = [
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'BUY ON', cell: ({ buyExchange }) => buyExchange },
  { title: 'SELL ON', cell: ({ sellExchange }) => sellExchange },
  { title: 'EDGE BPS', align: 'right', cell: ({ edgeBps }) => edgeBps.toFixed(2) },
  { title: 'WHAT IS MISSING', cell: ({ sentence }) => sentence },
];

function toReasons(counts: readonly ReasonCount[]): string {
  if (counts.length === 0) return '';
  return `: ${counts.map(({ code, count }) => `${count} ${code.replaceAll('_', ' ')}`).join(', ')}`;
}

function toCapped(pairs: Explanation['cappedPairs']): string {
  if (pairs.length === 0) return '';
  const lines = pairs.map(
    ({ symbol, buyExchange, sellExchange, reason }) =>
      `  ${symbol} from ${buyExchange} to ${sellExchange}: ${toSentence(reason)}`,
  );
  return `Limited by what is held\n${lines.join('\n')}`;
}

function toMarkets(markets: readonly ExplainedMarket[]): string {
  return markets.flatMap(({ reason }) => (reason === null ? [] : [toSentence(reason)])).join('\n');
}

function toLonely(symbols: Explanation['symbolsWithoutPair']): string {
  if (symbols.length === 0) return '';
  const shown = symbols
    .slice(0, MAX_LONELY_SHOWN_COUNT)
    .map(({ symbol, reason }) => `${symbol}: ${toSentence(reason)}`);
  const more = symbols.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more symbols without a pair`])].join('\n');
}
