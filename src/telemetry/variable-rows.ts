/**
 * The variables as the reader needs them: kinds, defaults and bounds, and no prose, which would weigh on every bundle.
 * `variables.ts` has units and meanings. By the OpenTelemetry specification (1.60, "Environment Variable Specification"
 * and "OTLP Exporter Configuration"), and a few of our own.
 */

import { SAMPLING_ROWS } from './sampling/variable-rows.ts';
import { choice, integer, type Row, row } from './variable-row.ts';

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

export const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;
export const PROPAGATORS = ['tracecontext', 'baggage', 'none'] as const;
export const EXPORTERS = ['otlp', 'console', 'none'] as const;
export const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export const COMPRESSIONS = ['gzip', 'none'] as const;
export const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'] as const;
export const HISTOGRAM_AGGREGATIONS = ['explicit_bucket_histogram'] as const;
export const EXEMPLAR_FILTERS = ['trace_based', 'always_on', 'always_off'] as const;

/** Between `OTEL_EXPORTER_OTLP_` and a setting; the first is for all signals. */
export const OTLP_PREFIXES = ['', 'TRACES_', 'METRICS_', 'LOGS_'] as const;

/** Settings that are paths of PEM files. */
export const TLS_FILES = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'] as const;

const milliseconds = (defaultMs: number | null, minMs: number) => integer(defaultMs, minMs);
const count = (defaultCount: number | null) => integer(defaultCount, 0, 100_000);
const batchCount = (defaultCount: number) => integer(defaultCount, 1, 1_000_000);

/** Every variable, in the order of the table in the documentation. */
export const ROWS: Readonly<Record<string, Row>> = {
  OTEL_SDK_DISABLED: row('boolean', 'false'),
  OTEL_SERVICE_NAME: row('text'),
  OTEL_RESOURCE_ATTRIBUTES: row('list'),
  OTEL_LOG_LEVEL: choice(LOG_LEVELS, 'info'),
  OTEL_PROPAGATORS: { ...row('list', 'tracecontext,baggage'), choices: PROPAGATORS },
  ...SAMPLING_ROWS,
  ...batchRows('OTEL_BSP', 5_000),
  ...batchRows('OTEL_BLRP', 1_000),
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: integer(null, 0),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: integer(null, 0),
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: integer(null, 0),
  OTEL_ATTRIBUTE_COUNT_LIMIT: count(128),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: count(null),
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: count(null),
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: count(null),
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: count(null),
  OTEL_SPAN_EVENT_COUNT_LIMIT: count(128),
  OTEL_SPAN_LINK_COUNT_LIMIT: count(128),
  OTEL_TRACES_EXPORTER: choice(EXPORTERS),
  OTEL_METRICS_EXPORTER: choice(EXPORTERS),
  OTEL_LOGS_EXPORTER: choice(EXPORTERS),
  ...otlpRows(),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: choice(TEMPORALITIES, 'cumulative'),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: choice(
    HISTOGRAM_AGGREGATIONS,
    'explicit_bucket_histogram',
  ),
  OTEL_METRIC_EXPORT_INTERVAL: milliseconds(60_000, 1),
  OTEL_METRIC_EXPORT_TIMEOUT: milliseconds(30_000, 1),
  OTEL_METRICS_EXEMPLAR_FILTER: choice(EXEMPLAR_FILTERS, 'trace_based'),
  TELEMETRY_ENVIRONMENT: row('text'),
  TELEMETRY_PROPAGATE_HOSTS: row('list'),
  TELEMETRY_TRACER: choice(['lean', 'sdk'], 'lean'),
  TELEMETRY_REDACT: row('boolean', 'true'),
  TELEMETRY_RECENT_TRACES: integer(100, 0, 10_000),
};

function batchRows(prefix: string, delayMs: number): Record<string, Row> {
  return {
    [`${prefix}_SCHEDULE_DELAY`]: milliseconds(delayMs, 0),
    [`${prefix}_EXPORT_TIMEOUT`]: milliseconds(30_000, 1),
    [`${prefix}_MAX_QUEUE_SIZE`]: batchCount(2_048),
    [`${prefix}_MAX_EXPORT_BATCH_SIZE`]: batchCount(512),
  };
}

/** The generic ones have the defaults; those of a signal fall back to them. */
function otlpRows(): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const prefix of OTLP_PREFIXES) {
    const head = `OTEL_EXPORTER_OTLP_${prefix}`;
    const isGeneric = prefix === '';
    rows[`${head}ENDPOINT`] = row('url');
    rows[`${head}HEADERS`] = row('secret');
    rows[`${head}TIMEOUT`] = milliseconds(isGeneric ? 10_000 : null, 1);
    rows[`${head}COMPRESSION`] = choice(COMPRESSIONS, isGeneric ? 'none' : '');
    rows[`${head}PROTOCOL`] = choice(PROTOCOLS, isGeneric ? 'http/protobuf' : '');
    for (const file of TLS_FILES) rows[`${head}${file}`] = row('text');
  }
  return rows;
}
