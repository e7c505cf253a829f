/**
 * The variables as the reader needs them, by where their values go: kinds, defaults and bounds, and no prose, which
 * would weigh on every bundle. `variables.ts` has order, units and meanings. By the OpenTelemetry specification (1.60,
 * "Environment Variable Specification" and "OTLP Exporter Configuration"), and a few of our own.
 */

import { boolean, choice, integer, list, pairs, text, url } from './variable-row.ts';

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

export const PROPAGATORS = ['tracecontext', 'baggage', 'none'] as const;

const count = <Default extends number | null>(name: string, defaultCount: Default) =>
  integer(name, defaultCount, 0, 100_000);
const batchCount = (name: string, defaultCount: number) =>
  integer(name, defaultCount, 1, 1_000_000);

export const SDK_ROWS = {
  disabled: boolean('OTEL_SDK_DISABLED', false),
  serviceName: text('OTEL_SERVICE_NAME'),
  resourceAttributes: pairs('OTEL_RESOURCE_ATTRIBUTES', 'list'),
  logLevel: choice(
    'OTEL_LOG_LEVEL',
    ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
    'info',
  ),
};

export const PROPAGATORS_ROW = {
  ...list('OTEL_PROPAGATORS', 'tracecontext,baggage'),
  expected: `any of ${PROPAGATORS.join(', ')}`,
  choices: PROPAGATORS,
};

export const SPAN_BATCH_ROWS = batchRows('OTEL_BSP', 5_000);
export const LOG_BATCH_ROWS = batchRows('OTEL_BLRP', 1_000);

/** Of all attributes. */
export const LIMIT_ROWS = {
  attributeValueLength: integer('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', null, 0),
  attributeCount: count('OTEL_ATTRIBUTE_COUNT_LIMIT', 128),
};

/** What is unset is as for all attributes. */
export const SPAN_LIMIT_ROWS = {
  attributeValueLength: integer('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', null, 0),
  attributeCount: count('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', null),
  eventCount: count('OTEL_SPAN_EVENT_COUNT_LIMIT', 128),
  linkCount: count('OTEL_SPAN_LINK_COUNT_LIMIT', 128),
  eventAttributeCount: count('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', null),
  linkAttributeCount: count('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', null),
};

/** As those of spans. */
export const LOG_LIMIT_ROWS = {
  attributeValueLength: integer('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', null, 0),
  attributeCount: count('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', null),
};

/** For all signals, with the defaults. */
export const OTLP_ROWS = otlpRows('', 10_000, 'none', 'http/protobuf');

/** Of one signal; what is unset is as for all. */
export function otlpSignalRows(signal: Signal) {
  return otlpRows(`${signal.toUpperCase()}_`, null, null, null);
}

export function exporterRow(signal: Signal) {
  return choice(`OTEL_${signal.toUpperCase()}_EXPORTER`, ['otlp', 'console', 'none'], null);
}

export const METRIC_ROWS = {
  temporality: choice(
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    ['cumulative', 'delta', 'lowmemory'],
    'cumulative',
  ),
  aggregation: choice(
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    ['explicit_bucket_histogram'],
    'explicit_bucket_histogram',
  ),
  intervalMs: integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1),
  timeoutMs: integer('OTEL_METRIC_EXPORT_TIMEOUT', 30_000, 1),
  exemplarFilter: choice(
    'OTEL_METRICS_EXEMPLAR_FILTER',
    ['trace_based', 'always_on', 'always_off'],
    'trace_based',
  ),
};

export const HOSTS_ROW = list('TELEMETRY_PROPAGATE_HOSTS');

/** Variables of our own. */
export const OWN_ROWS = {
  environment: text('TELEMETRY_ENVIRONMENT'),
  tracer: choice('TELEMETRY_TRACER', ['lean', 'sdk'], 'lean'),
  redact: boolean('TELEMETRY_REDACT', true),
  recentTracesCount: integer('TELEMETRY_RECENT_TRACES', 100, 0, 10_000),
};

function batchRows(prefix: string, delayMs: number) {
  return {
    scheduleDelayMs: integer(`${prefix}_SCHEDULE_DELAY`, delayMs, 0),
    exportTimeoutMs: integer(`${prefix}_EXPORT_TIMEOUT`, 30_000, 1),
    maxQueueCount: batchCount(`${prefix}_MAX_QUEUE_SIZE`, 2_048),
    maxBatchCount: batchCount(`${prefix}_MAX_EXPORT_BATCH_SIZE`, 512),
  };
}

function otlpRows<
  Timeout extends number | null,
  Compression extends 'none' | null,
  Protocol extends 'http/protobuf' | null,
>(prefix: string, timeoutMs: Timeout, compression: Compression, protocol: Protocol) {
  const head = `OTEL_EXPORTER_OTLP_${prefix}`;
  return {
    url: url(`${head}ENDPOINT`),
    headers: pairs(`${head}HEADERS`, 'secret'),
    timeoutMs: integer(`${head}TIMEOUT`, timeoutMs, 1),
    compression: choice(`${head}COMPRESSION`, ['gzip', 'none'], compression),
    protocol: choice(`${head}PROTOCOL`, ['http/protobuf', 'http/json'], protocol),
    certificate: text(`${head}CERTIFICATE`),
    clientCertificate: text(`${head}CLIENT_CERTIFICATE`),
    clientKey: text(`${head}CLIENT_KEY`),
  };
}
