/** Looks at funding and basis beside the rounds, every few seconds; each look is a trace of its own. */

import { type Attributes, ROOT_CONTEXT, type Span, type Tracer } from '@opentelemetry/api';
import type { BasisEdge } from '../detect/basis/basis-edge.ts';
import { type BasisResult, detectBasis } from '../detect/basis/detect-basis.ts';
import type { BasisSettings } from '../detect/basis/settings.ts';
import type { MarketDataSource } from '../domain/market.ts';
import { ATTR, SPAN } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
import { toBasisMarkets } from './basis-markets.ts';
import type { MarketView } from './ports.ts';

/** Funding changes over minutes and a basis over seconds; one look prices every pair, which takes milliseconds. */
export const BASIS_INTERVAL_MS = 10_000;
/** Carries noted on a span. */
const MAX_EDGES_NOTED_COUNT = 5;

export interface BasisMonitorOptions {
  readonly settings: BasisSettings;
  /** Known once the feed has loaded its markets. */
  readonly source: () => MarketDataSource;
  readonly tracer: Tracer;
}

export interface BasisMonitor {
  /** Looks when the last look is `BASIS_INTERVAL_MS` old. */
  observe(view: MarketView, nowMs: number): void;
  /** The last look; null before the first, and where there are no contracts. */
  latest(): BasisResult | null;
}

export function createBasisMonitor({
  settings,
  source,
  tracer,
}: BasisMonitorOptions): BasisMonitor {
  let observedAtMs = Number.NEGATIVE_INFINITY;
  let latest: BasisResult | null = null;
  const look = (view: MarketView, nowMs: number): void => {
    const markets = toBasisMarkets(view);
    if (markets.length === 0) return;
    const options = { parent: ROOT_CONTEXT, attributes: { [ATTR.source]: source() } };
    latest = withSpan(tracer, SPAN.detectBasis, options, (span) => {
      const result = detectBasis(markets, settings, nowMs);
      describe(span, result, markets.length);
      return result;
    });
  };
  return {
    observe: (view, nowMs) => {
      if (nowMs - observedAtMs < BASIS_INTERVAL_MS) return;
      observedAtMs = nowMs;
      look(view, nowMs);
    },
    latest: () => latest,
  };
}

function describe(span: Span, result: BasisResult, marketsCount: number): void {
  const { edges, pairsCount, pricedCount, kindCounts } = result;
  const [best] = edges;
  span.setAttributes({
    [ATTR.marketsCount]: marketsCount,
    [ATTR.basisPairsCount]: pairsCount,
    [ATTR.candidatesCount]: pricedCount,
    [ATTR.opportunitiesFound]: edges.length,
    [ATTR.perpetualSpotCount]: kindCounts.perpetual_spot,
    [ATTR.perpetualPerpetualCount]: kindCounts.perpetual_perpetual,
    [ATTR.datedSpotCount]: kindCounts.dated_spot,
    ...(best === undefined ? {} : { [ATTR.annualisedNetRatio]: best.annualisedNetRatio }),
  });
  for (const edge of edges.slice(0, MAX_EDGES_NOTED_COUNT)) span.addEvent('carry', toEvent(edge));
}

function toEvent({ kind, long, short, annualisedNetRatio, breakEvenDays }: BasisEdge): Attributes {
  return {
    [ATTR.opportunityKind]: kind,
    [ATTR.buyExchange]: long.exchange,
    [ATTR.sellExchange]: short.exchange,
    [ATTR.longSymbol]: long.symbol,
    [ATTR.shortSymbol]: short.symbol,
    [ATTR.annualisedNetRatio]: annualisedNetRatio,
    [ATTR.breakEvenDays]: breakEvenDays,
  };
}
