/** Opportunities as detection makes them, for tests of what stores and shows them. */

import type { Opportunity, OpportunityEdge } from '../../src/domain/opportunity.ts';

interface SampleOptions {
  readonly id: string;
  readonly openedAtMs: number;
  readonly symbol?: string;
  readonly buyExchange?: string;
  readonly sellExchange?: string;
  readonly edgeBps?: number;
  readonly revision?: number;
  readonly closedAtMs?: number;
  readonly traceId?: string | null;
}

/** Closed when `closedAtMs` is given, open otherwise. */
export function createOpportunitySample(options: SampleOptions): Opportunity {
  const { id, openedAtMs, symbol = 'BTC/USDT', edgeBps = 12.5, revision = 1 } = options;
  const { buyExchange = 'aster', sellExchange = 'borea', traceId = null } = options;
  const [base = '', quote = ''] = symbol.split('/');
  const edge: OpportunityEdge = {
    atMs: openedAtMs,
    grossBps: edgeBps + 20,
    edgeBps,
    sizeInBase: '0.25',
    costInQuote: '16000',
    proceedsInQuote: '16020',
    profitInQuote: '20',
  };
  const shared = {
    id,
    kind: 'pair' as const,
    source: 'synthetic' as const,
    symbol,
    base,
    quote,
    buyExchange,
    sellExchange,
    openedAtMs,
    updatedAtMs: options.closedAtMs ?? openedAtMs,
    revision,
    first: edge,
    last: edge,
    peak: edge,
    legs: [
      createLeg('buy', buyExchange, symbol, '63936.0639'),
      createLeg('sell', sellExchange, symbol, '64144.1441'),
    ],
    traceId,
  };
  return options.closedAtMs === undefined
    ? { ...shared, state: 'open', closedAtMs: null, closeReason: null }
    : {
        ...shared,
        state: 'closed',
        closedAtMs: options.closedAtMs,
        closeReason: 'edge_below_threshold',
      };
}

function createLeg(side: 'buy' | 'sell', exchange: string, symbol: string, price: string) {
  return {
    side,
    exchange,
    symbol,
    averagePriceInQuote: price,
    limitPriceInQuote: price,
    sizeInBase: '0.25',
    amountInQuote: '16000',
    feeInQuote: '16',
    takerBps: 10,
    levelsCount: 2,
    ageMs: 14,
  };
}
