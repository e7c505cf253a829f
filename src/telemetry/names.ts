/**
 * Every span name and attribute key of the program. Stable names come from OpenTelemetry's semantic conventions 1.45.0;
 * incubating ones are copied here. Span names are few and fixed: symbols, ids and numbers are attributes.
 */

export const SPAN = {
  detectOpportunities: 'arbitrage.detect_opportunities',
  detectSymbol: 'arbitrage.detect_symbol',
  detectCycles: 'arbitrage.detect_cycles',
  detectBasis: 'arbitrage.detect_basis',
  fetchMarketData: 'arbitrage.fetch_market_data',
  storeOpportunities: 'arbitrage.store_opportunities',
  exchangeCall: 'exchange.call',
  replay: 'arbitrage.replay',
  upkeep: 'arbitrage.upkeep',
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
  symbolsScreenedCount: 'arbitrage.symbols_screened_count',
  candidatesCount: 'arbitrage.candidates_count',
  /** False when there were more candidates than one screening gives. */
  candidatesComplete: 'arbitrage.candidates_complete',
  /** Cycle routes and paths that the kernel looked at. */
  routesCount: 'arbitrage.routes_count',
  opportunitiesFound: 'arbitrage.opportunities_found',
  opportunitiesOpenedCount: 'arbitrage.opportunities_opened_count',
  opportunitiesClosedCount: 'arbitrage.opportunities_closed_count',
  averageProfitBps: 'arbitrage.average_profit_bps',
  levelsWalkedCount: 'arbitrage.levels_walked_count',
  buyExchange: 'arbitrage.buy_exchange',
  sellExchange: 'arbitrage.sell_exchange',
  edgeBps: 'arbitrage.edge_bps',
  /** `inventory` or `transfer`: the mode that an edge is of. */
  mode: 'arbitrage.mode',
  /** Of the mode `transfer`, where networks are known: its way, its costs, what is left, or why nothing is. */
  transferNetwork: 'arbitrage.transfer.network',
  transferFeeBps: 'arbitrage.transfer.fee_bps',
  transferRiskBps: 'arbitrage.transfer.risk_bps',
  transferDurationMs: 'arbitrage.transfer.duration_ms',
  transferEdgeBps: 'arbitrage.transfer.edge_bps',
  transferRefusal: 'arbitrage.transfer.refusal',
  /** Exchange and asset of the balance that makes an opportunity smaller. */
  cappedByExchange: 'arbitrage.capped_by.exchange',
  cappedByAsset: 'arbitrage.capped_by.asset',
  storedCount: 'arbitrage.stored_count',
  rejectionReason: 'arbitrage.rejection_reason',
  /** Opportunities past their retention, and rows of the journal that no stream needs any more. */
  deletedCount: 'arbitrage.deleted_count',
  forgottenCount: 'arbitrage.forgotten_count',
  /** Openings and closings: ever detected = in the database + on their way there. */
  detectedCount: 'arbitrage.detected_count',
  outboxCount: 'arbitrage.outbox_count',
  cacheDriver: 'cache.driver',
  closeReason: 'arbitrage.close_reason',
  opportunityKind: 'arbitrage.kind',
  marketsCount: 'arbitrage.markets_count',
  basisPairsCount: 'arbitrage.basis_pairs_count',
  perpetualSpotCount: 'arbitrage.perpetual_spot_count',
  perpetualPerpetualCount: 'arbitrage.perpetual_perpetual_count',
  datedSpotCount: 'arbitrage.dated_spot_count',
  /** Profit over capital of the best carry, a year of 365 days, after all costs. */
  annualisedNetRatio: 'arbitrage.annualised_net_ratio',
  breakEvenDays: 'arbitrage.break_even_days',
  longSymbol: 'arbitrage.long_symbol',
  shortSymbol: 'arbitrage.short_symbol',
  quoteAsset: 'crypto.quote_asset',
  workflowId: 'crypto.workflow_id',
  processingStage: 'crypto.processing_stage',
  recordCount: 'crypto.record_count',
  dataSizeBytes: 'crypto.data_size_bytes',
  recordsPerSecond: 'crypto.records_per_second',
  bytesPerSecond: 'crypto.bytes_per_second',
  decision: 'telemetry.decision',
  samplingKey: 'telemetry.sampling.key',
  operation: 'crypto.operation',
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

/** Semantic conventions 1.45.0, FaaS (in development there, hence copied). */
export const FAAS_ATTR = {
  trigger: 'faas.trigger',
  cron: 'faas.cron',
} as const;

/** What the sampler says about a span. */
export const SAMPLING_ATTR = {
  /** How many spans like this one it stands for; absent when it stands for itself alone, or when nobody knows. */
  adjustedCount: 'sampling.adjusted_count',
  /** Why a finished trace was kept: `error`, `slow`, `opportunity`, `share` or `head`. */
  reason: 'sampling.reason',
  /** Inside the process only: the threshold under which the spans of this trace were recorded at all. */
  recordThreshold: 'sampling.record_threshold',
} as const;

/** Metrics by the semantic conventions 1.45.0 (`http.server.active_requests` is in development) and our own. */
export const METRIC = {
  httpServerRequestDuration: 'http.server.request.duration',
  httpServerActiveRequests: 'http.server.active_requests',
  dbClientOperationDuration: 'db.client.operation.duration',
  exchangeCallDuration: 'exchange.call.duration',
  exchangeUp: 'exchange.up',
  exchangeUpdates: 'exchange.updates',
  exchangeSkippedUpdates: 'exchange.updates.skipped',
  exchangeSilence: 'exchange.silence',
  quoteAge: 'crypto.quote.age',
  roundsCount: 'arbitrage.rounds',
  updatesCount: 'arbitrage.updates',
  candidatesCount: 'arbitrage.candidates',
  opportunitiesOpened: 'arbitrage.opportunities.opened',
  opportunitiesClosed: 'arbitrage.opportunities.closed',
  opportunitiesOpen: 'arbitrage.opportunities.open',
  opportunityEdge: 'arbitrage.opportunity.edge',
  opportunitySize: 'arbitrage.opportunity.size',
  opportunityLifetime: 'arbitrage.opportunity.lifetime',
  storeQueueSize: 'store.queue.size',
  storeWritten: 'store.opportunities.written',
  storeDropped: 'store.opportunities.dropped',
  cacheRequests: 'cache.requests',
  cacheEvictions: 'cache.evictions',
  cacheErrors: 'cache.errors',
  hubSubscribers: 'hub.subscribers',
  shardsOwned: 'detector.shards.owned',
  shardsUnowned: 'detector.shards.unowned',
  quoteReaders: 'quotes.readers',
  quoteMessages: 'quotes.messages.sent',
  quoteUpdates: 'quotes.updates.sent',
  quoteSkipped: 'quotes.updates.skipped',
  budgetOverruns: 'telemetry.budget.overruns',
} as const;

/** The telemetry layer's metrics of itself ("Semantic conventions for OpenTelemetry SDK metrics", in development). */
export const SDK_METRIC = {
  spanExported: 'otel.sdk.exporter.span.exported',
  logExported: 'otel.sdk.exporter.log.exported',
  dataPointExported: 'otel.sdk.exporter.metric_data_point.exported',
  spanQueueSize: 'otel.sdk.processor.span.queue.size',
  spanQueueCapacity: 'otel.sdk.processor.span.queue.capacity',
} as const;

/** Sampling and the budget of the telemetry layer. */
export const TELEMETRY_METRIC = {
  decisions: 'telemetry.sampling.decisions',
  probability: 'telemetry.sampling.probability',
  tailTraces: 'telemetry.sampling.tail.traces',
  budgetUsed: 'telemetry.budget.used',
  spanCost: 'telemetry.span.cost',
  governedShare: 'telemetry.sampling.share',
} as const;
