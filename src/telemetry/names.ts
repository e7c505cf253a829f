/**
 * Every span name and attribute key of the program. Stable names come from OpenTelemetry's semantic conventions 1.45.0;
 * incubating ones are copied here. Span names are few and fixed: symbols, ids and numbers are attributes.
 */

export const SPAN = {
  detectOpportunities: 'arbitrage.detect_opportunities',
  detectSymbol: 'arbitrage.detect_symbol',
  fetchMarketData: 'arbitrage.fetch_market_data',
  storeOpportunities: 'arbitrage.store_opportunities',
  exchangeCall: 'exchange.call',
  replay: 'arbitrage.replay',
} as const;

export type SpanName = (typeof SPAN)[keyof typeof SPAN];

export const ATTR = {
  exchangeName: 'exchange.name',
  exchangeOperation: 'exchange.operation',
  exchangeResponseTimeMs: 'exchange.response_time_ms',
  exchangeRateLimited: 'exchange.rate_limited',
  cacheHit: 'cache.hit',
  symbol: 'crypto.symbol',
  source: 'crypto.source',
  symbolsCount: 'arbitrage.symbols_count',
  exchangesCount: 'arbitrage.exchanges_count',
  updatesCount: 'arbitrage.updates_count',
  symbolsScreenedCount: 'arbitrage.symbols_screened_count',
  candidatesCount: 'arbitrage.candidates_count',
  opportunitiesFound: 'arbitrage.opportunities_found',
  opportunitiesOpenedCount: 'arbitrage.opportunities_opened_count',
  opportunitiesClosedCount: 'arbitrage.opportunities_closed_count',
  averageProfitBps: 'arbitrage.average_profit_bps',
  levelsWalkedCount: 'arbitrage.levels_walked_count',
  buyExchange: 'arbitrage.buy_exchange',
  sellExchange: 'arbitrage.sell_exchange',
  edgeBps: 'arbitrage.edge_bps',
  storedCount: 'arbitrage.stored_count',
  rejectionReason: 'arbitrage.rejection_reason',
} as const;

/**
 * The only baggage keys that enter or leave the program; each is also the attribute under which it is copied to spans.
 */
export const BAGGAGE = {
  workflowId: 'crypto.workflow_id',
  exchange: 'crypto.exchange',
  symbol: 'crypto.symbol',
  processingStage: 'crypto.processing_stage',
} as const;

/** Semantic conventions 1.45.0, messaging (in development there, hence copied). */
export const MESSAGING_ATTR = {
  system: 'messaging.system',
  destinationName: 'messaging.destination.name',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  batchMessageCount: 'messaging.batch.message_count',
} as const;
