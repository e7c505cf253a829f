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
  workflow: 'crypto.workflow',
  processingStage: 'crypto.processing_stage',
} as const;

export type SpanName = (typeof SPAN)[keyof typeof SPAN];

export const ATTR = {
  exchangeName: 'exchange.name',
  exchangeOperation: 'exchange.operation',
  exchangeResponseTimeMs: 'exchange.response_time_ms',
  exchangeRateLimited: 'exchange.rate_limited',
  /** HTTP requests that one exchange call made. */
  exchangeRequestsCount: 'exchange.requests_count',
  exchangeRetryAfterMs: 'exchange.retry_after_ms',
  urlFull: 'url.full',
  serverAddress: 'server.address',
  httpRequestMethod: 'http.request.method',
  httpStatusCode: 'http.response.status_code',
  errorType: 'error.type',
  cacheHit: 'cache.hit',
  symbol: 'crypto.symbol',
  source: 'crypto.source',
  symbolsCount: 'arbitrage.symbols_count',
  exchangesCount: 'arbitrage.exchanges_count',
  updatesCount: 'arbitrage.updates_count',
  updatesUnknownCount: 'arbitrage.updates_unknown_count',
  opportunityId: 'arbitrage.opportunity_id',
  closeReason: 'arbitrage.close_reason',
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
  workflowId: 'crypto.workflow_id',
  processingStage: 'crypto.processing_stage',
  recordCount: 'crypto.record_count',
  dataSizeBytes: 'crypto.data_size_bytes',
  recordsPerSecond: 'crypto.records_per_second',
  bytesPerSecond: 'crypto.bytes_per_second',
  budgetMs: 'crypto.budget_ms',
  budgetExceeded: 'crypto.budget_exceeded',
  durationMs: 'crypto.duration_ms',
  clockFrozen: 'crypto.clock_frozen',
  responseCancelled: 'http.response.body.cancelled',
} as const;

/**
 * Names of the semantic conventions 1.45.0 that the program writes. Stable but for those in `INCUBATING_ATTR`; written
 * out here because the package's entry holds thousands of them.
 */
export const SEMCONV_ATTR = {
  httpRequestMethod: 'http.request.method',
  httpRequestMethodOriginal: 'http.request.method_original',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  urlPath: 'url.path',
  urlQuery: 'url.query',
  urlScheme: 'url.scheme',
  urlFull: 'url.full',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  userAgentOriginal: 'user_agent.original',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  dbSystemName: 'db.system.name',
  dbNamespace: 'db.namespace',
  dbOperationName: 'db.operation.name',
  dbOperationBatchSize: 'db.operation.batch.size',
  dbCollectionName: 'db.collection.name',
  dbQueryText: 'db.query.text',
  dbQuerySummary: 'db.query.summary',
  dbResponseStatusCode: 'db.response.status_code',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  sdkName: 'telemetry.sdk.name',
  sdkLanguage: 'telemetry.sdk.language',
  sdkVersion: 'telemetry.sdk.version',
} as const;

/** Not stable yet in 1.45.0, or deprecated but still asked for by a backend. */
export const INCUBATING_ATTR = {
  httpRequestBodySize: 'http.request.body.size',
  httpResponseBodySize: 'http.response.body.size',
  serviceInstanceId: 'service.instance.id',
  deploymentEnvironmentName: 'deployment.environment.name',
  /** Deprecated; SigNoz filters environments by it. */
  deploymentEnvironment: 'deployment.environment',
  /** Deprecated; SigNoz keys its database metrics on it. */
  dbSystem: 'db.system',
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
