/** Opportunities for tests, complete and valid. */

import type { CloseReason, Opportunity, OpportunityEdge } from '../../src/domain/opportunity.ts';

export interface SampleOptions {
  readonly id?: string;
  readonly symbol?: string;
  readonly buyExchange?: string;
  readonly sellExchange?: string;
  readonly openedAtMs?: number;
  readonly revision?: number;
  readonly peakEdgeBps?: number;
  /** Closed at this time; open when absent. */
  readonly closedAtMs?: number;
  readonly closeReason?: CloseReason;
}

export const SAMPLE_OPENED_AT_MS = 1_700_000_000_000;

export function sampleOpportunity(options: SampleOptions = {}): Opportunity {
  const { symbol = 'BTC/USDT', buyExchange = 'kraken', sellExchange = 'okx' } = options;
  const { openedAtMs = SAMPLE_OPENED_AT_MS, revision = 1, peakEdgeBps = 12.5 } = options;
  const [base = '', quote = ''] = symbol.split('/');
  const edge = sampleEdge(openedAtMs, peakEdgeBps);
  const leg = { symbol, levelsCount: 2, ageMs: 40, takerBps: 10, sizeInBase: '0.25' };
  const common = {
    id: options.id ?? `${symbol}:${openedAtMs}`,
    kind: 'pair',
    source: 'synthetic',
    symbol,
    base,
    quote,
    buyExchange,
    sellExchange,
    openedAtMs,
    updatedAtMs: openedAtMs + revision,
    revision,
    first: { ...edge, edgeBps: 3.25 },
    last: { ...edge, edgeBps: 4.5 },
    peak: edge,
    legs: [
      {
        ...leg,
        side: 'buy',
        exchange: buyExchange,
        averagePriceInQuote: '100.1',
        limitPriceInQuote: '100.2',
        amountInQuote: '25.025',
        feeInQuote: '0.025025',
      },
      {
        ...leg,
        side: 'sell',
        exchange: sellExchange,
        averagePriceInQuote: '100.5',
        limitPriceInQuote: '100.4',
        amountInQuote: '25.125',
        feeInQuote: '0.025125',
      },
    ],
    traceId: '0af7651916cd43dd8448eb211c80319c',
  } as const;
  if (options.closedAtMs === undefined) {
    return { ...common, state: 'open', closedAtMs: null, closeReason: null };
  }
  const { closedAtMs, closeReason = 'edge_below_threshold' } = options;
  return { ...common, updatedAtMs: closedAtMs, state: 'closed', closedAtMs, closeReason };
}

function sampleEdge(atMs: number, edgeBps: number): OpportunityEdge {
  return {
    atMs,
    grossBps: edgeBps + 20,
    edgeBps,
    sizeInBase: '0.25',
    costInQuote: '25.050025',
    proceedsInQuote: '25.099875',
    profitInQuote: '0.04985',
  };
}
