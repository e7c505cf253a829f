/** `spreadscope/telemetry`: the telemetry layer for a service of your own. The only file that re-exports. */

export { type BudgetOptions, withBudget } from './budget.ts';
export {
  type BatchConfig,
  parseTelemetryConfig,
  type SpanLimits,
  type TelemetryConfig,
} from './config.ts';
export type { TelemetryEnvironment } from './config-reader.ts';
export type { OtlpEndpoint, TlsFiles } from './config-signals.ts';
export { createEdgeTelemetry, type EdgeTelemetryOptions } from './create-edge-telemetry.ts';
export { createTelemetry } from './create-telemetry.ts';
export {
  createOtlpSpanExporter,
  type OtlpSpanExporterOptions,
} from './export/otlp-span-exporter.ts';
export { createOtlpTransport, type OtlpTransport } from './export/otlp-transport.ts';
export type { OtlpTransportOptions } from './export/transport-options.ts';
export {
  type FetchHandler,
  setRoute,
  spanOf,
  type TelemetrySource,
  type TraceFetchOptions,
  traceFetch,
} from './http-server.ts';
export {
  createEncodingProcessor,
  type EncodingProcessor,
  type EncodingProcessorOptions,
} from './lean/encoding-processor.ts';
export {
  createTracerProvider,
  type LeanTracerProvider,
  type LeanTracerProviderOptions,
} from './lean/tracer-provider.ts';
export type { LineWriter, LogFormat } from './log-lines.ts';
export type { LogRecord, LogSink } from './logs.ts';
export { ATTR, INCUBATING_ATTR, METRIC, SEMCONV_ATTR, SPAN } from './names.ts';
export { type BaggageValues, setBaggageValues } from './propagate/baggage.ts';
export {
  type MessagingOptions,
  withBatchConsumerSpan,
  withConsumerSpan,
  withProducerSpan,
} from './propagate/messaging.ts';
export { createPropagator, type PropagatorOptions } from './propagate/propagator.ts';
export {
  extractMessageContext,
  extractSseContext,
  formatSseContext,
  injectMessageContext,
} from './propagate/stream-messages.ts';
export { createRedactor, type RedactionOptions, type Redactor } from './redact.ts';
export { toPlainSpan } from './span-console.ts';
export { failSpan, type SpanOptions, withClientSpan, withSpan } from './spans.ts';
export type {
  Logger,
  LogLevel,
  RecentTraces,
  SignalAccounts,
  Telemetry,
  TelemetryHealth,
  TracedLayer,
  TraceSummary,
} from './telemetry.ts';
export type { TelemetryOptions } from './telemetry-options.ts';
export { type TracedOptions, type TracerSource, traced } from './traced.ts';
export { TELEMETRY_VARIABLES, type TelemetryVariable } from './variables.ts';
export {
  type StageOptions,
  type StageProgress,
  type WorkflowOptions,
  withStage,
  withWorkflow,
} from './workflow.ts';
export { OperationError, wrapError } from './wrap-error.ts';
