/** The table of variables that the telemetry layer reads, with units and meanings: for documentation and for programs. */

import { ADAPTIVE_ROWS, BUDGET_ROW, SAMPLER_ROWS, TAIL_ROWS } from './sampling/variable-rows.ts';
import type { Row } from './variable-row.ts';
import {
  exporterRow,
  HOSTS_ROW,
  LIMIT_ROWS,
  LOG_BATCH_ROWS,
  LOG_LIMIT_ROWS,
  METRIC_ROWS,
  OTLP_ROWS,
  OWN_ROWS,
  otlpSignalRows,
  PROPAGATORS_ROW,
  SDK_ROWS,
  SIGNALS,
  SPAN_BATCH_ROWS,
  SPAN_LIMIT_ROWS,
} from './variable-rows.ts';

export interface TelemetryVariable extends Omit<Row, 'expected' | 'parse'> {
  readonly unit: string;
  readonly meaning: string;
}

/** Meaning, and after it the unit where there is one. */
type Words = readonly [meaning: string, unit?: string];

const MEANINGS: Readonly<Record<string, Words>> = {
  OTEL_SDK_DISABLED: ['True: nothing is recorded or exported; context is still carried.'],
  OTEL_SERVICE_NAME: ['Name of the service; wins over OTEL_RESOURCE_ATTRIBUTES.'],
  OTEL_RESOURCE_ATTRIBUTES: ['`key=value` pairs, percent-encoded; one bad pair discards all.'],
  OTEL_LOG_LEVEL: ['Least severity of what the telemetry layer says about itself.'],
  OTEL_PROPAGATORS: ['Context formats in and out.'],
  OTEL_TRACES_SAMPLER: [
    'Which traces are kept; `traceidratio` is the consistent probability sampler, and only the tail samplers keep every error.',
  ],
  OTEL_TRACES_SAMPLER_ARG: [
    'Probability (ratio samplers, default 1; `tail`, default 0.1), traces per second (`ratelimited`, default 100) or target (adaptive ones).',
  ],
  TELEMETRY_TARGET_SPANS_PER_SECOND: [
    'What the adaptive samplers aim at, over all kinds of operation.',
    'spans/s',
  ],
  TELEMETRY_SAMPLING_SHARES: ['Part of the target for each kind of operation.', 'class=ratio'],
  TELEMETRY_SAMPLING_INTERVAL_MS: ['How often the adaptive samplers correct themselves.', 'ms'],
  TELEMETRY_SAMPLING_MAX_KEYS: ['Most kinds of operation that are counted apart.', 'keys'],
  TELEMETRY_TAIL_MAX_TRACES: [
    'Unfinished traces that a tail sampler holds; the oldest is decided early.',
    'traces',
  ],
  TELEMETRY_TAIL_MAX_SPANS: ['Spans that a tail sampler holds.', 'spans'],
  TELEMETRY_TAIL_MAX_SPANS_PER_TRACE: [
    'Spans after which a trace is decided although it goes on.',
    'spans',
  ],
  TELEMETRY_TAIL_WAIT_MS: ['Age at which a trace is decided although it goes on.', 'ms'],
  TELEMETRY_TAIL_SLOWEST_COUNT: [
    'Slowest traces of each kind of operation and minute that are kept.',
    'traces/min',
  ],
  TELEMETRY_TAIL_ERRORS: [
    'Keep all traces with errors, or (`adaptive_tail`) as many as the target allows.',
  ],
  TELEMETRY_BUDGET_RATIO: [
    'What telemetry may cost; sampling is lowered to stay below. 0 or 1: no limit.',
    'of CPU time',
  ],
  ...batchMeanings('OTEL_BSP', 'spans'),
  ...batchMeanings('OTEL_BLRP', 'log records'),
  ...lengthMeanings(),
  OTEL_ATTRIBUTE_COUNT_LIMIT: [
    'Attributes kept; the limit of all that have none of their own.',
    'attributes',
  ],
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: ['Attributes kept per span.', 'attributes'],
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: ['Attributes kept per span event.', 'attributes'],
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: ['Attributes kept per span link.', 'attributes'],
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: ['Attributes kept per log record.', 'attributes'],
  OTEL_SPAN_EVENT_COUNT_LIMIT: ['Events kept per span.', 'events'],
  OTEL_SPAN_LINK_COUNT_LIMIT: ['Links kept per span.', 'links'],
  ...exporterMeanings(),
  ...otlpMeanings(
    '',
    'all signals',
    'unset: http://localhost:4318; v1/traces, v1/metrics, v1/logs are appended',
  ),
  ...otlpMeanings('TRACES_', 'traces', 'used as it is'),
  ...otlpMeanings('METRICS_', 'metrics', 'used as it is'),
  ...otlpMeanings('LOGS_', 'logs', 'used as it is'),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: [
    '`delta`: counters and histograms since the last export; `lowmemory`: but for observed counters.',
  ],
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: [
    'Histograms have explicit buckets; exponential ones are not offered.',
  ],
  OTEL_METRIC_EXPORT_INTERVAL: ['Time between two exports of metrics.', 'ms'],
  OTEL_METRIC_EXPORT_TIMEOUT: ['Most time one export of metrics may take.', 'ms'],
  OTEL_METRICS_EXEMPLAR_FILTER: ['Which measurements may become exemplars.'],
  TELEMETRY_ENVIRONMENT: ['deployment.environment.name of the resource.'],
  TELEMETRY_PROPAGATE_HOSTS: [
    'Hosts that may see trace ids: `example.com`, `example.com:8443`, `*.example.com`. Unset: none.',
    'hosts',
  ],
  TELEMETRY_TRACER: ['Which implementation records spans.'],
  TELEMETRY_REDACT: ['False: secrets are not removed from what leaves the process.'],
  TELEMETRY_RECENT_TRACES: ['Finished traces kept in memory; 0: none.', 'traces'],
};

const ALL_LIMITS = [LIMIT_ROWS, SPAN_LIMIT_ROWS, LOG_LIMIT_ROWS];

/** In the order of the table in the documentation. */
const ROWS: readonly Row[] = [
  SDK_ROWS,
  [PROPAGATORS_ROW],
  SAMPLER_ROWS,
  ADAPTIVE_ROWS,
  TAIL_ROWS,
  [BUDGET_ROW],
  SPAN_BATCH_ROWS,
  LOG_BATCH_ROWS,
  ALL_LIMITS.map((rows) => rows.attributeValueLength),
  [
    LIMIT_ROWS.attributeCount,
    SPAN_LIMIT_ROWS.attributeCount,
    SPAN_LIMIT_ROWS.eventAttributeCount,
    SPAN_LIMIT_ROWS.linkAttributeCount,
    LOG_LIMIT_ROWS.attributeCount,
    SPAN_LIMIT_ROWS.eventCount,
    SPAN_LIMIT_ROWS.linkCount,
  ],
  SIGNALS.map(exporterRow),
  OTLP_ROWS,
  ...SIGNALS.map(otlpSignalRows),
  METRIC_ROWS,
  [OWN_ROWS.environment, HOSTS_ROW, OWN_ROWS.tracer, OWN_ROWS.redact, OWN_ROWS.recentTracesCount],
].flatMap((rows): readonly Row[] => Object.values(rows));

/** Every variable, in the order of the table in the documentation. */
export const TELEMETRY_VARIABLES: readonly TelemetryVariable[] = ROWS.map(
  ({ parse: _parse, expected: _expected, ...row }) => {
    const [meaning = '', unit = ''] = MEANINGS[row.name] ?? [];
    return { ...row, unit, meaning };
  },
);

function batchMeanings(prefix: string, unit: string): Record<string, Words> {
  return {
    [`${prefix}_SCHEDULE_DELAY`]: [`Most time ${unit} wait for a full batch.`, 'ms'],
    [`${prefix}_EXPORT_TIMEOUT`]: [`Most time a batch of ${unit} may take to leave.`, 'ms'],
    [`${prefix}_MAX_QUEUE_SIZE`]: [`Most ${unit} that wait; more are dropped and counted.`, unit],
    [`${prefix}_MAX_EXPORT_BATCH_SIZE`]: [`Most ${unit} in a batch; at most the queue.`, unit],
  };
}

function lengthMeanings(): Record<string, Words> {
  const words: Words = ['Longer strings are cut; unset: no limit.', 'characters'];
  const names = ['', 'SPAN_', 'LOGRECORD_'].map(
    (owner) => `OTEL_${owner}ATTRIBUTE_VALUE_LENGTH_LIMIT`,
  );
  return Object.fromEntries(names.map((name) => [name, words]));
}

function exporterMeanings(): Record<string, Words> {
  const entries = SIGNALS.map((signal): [string, Words] => [
    `OTEL_${signal.toUpperCase()}_EXPORTER`,
    [`Where ${signal} go; unset: otlp when an OTLP endpoint is set, otherwise none.`],
  ]);
  return Object.fromEntries(entries);
}

function otlpMeanings(prefix: string, signals: string, endpoint: string): Record<string, Words> {
  const head = `OTEL_EXPORTER_OTLP_${prefix}`;
  return {
    [`${head}ENDPOINT`]: [`OTLP/HTTP endpoint of ${signals}; ${endpoint}.`],
    [`${head}HEADERS`]: [`Headers for ${signals}: \`key=value,…\`, percent-encoded.`],
    [`${head}TIMEOUT`]: [`Most time for one export of ${signals}, retries included.`, 'ms'],
    [`${head}COMPRESSION`]: [`Compression of ${signals}.`],
    [`${head}PROTOCOL`]: [`Encoding of ${signals}.`],
    [`${head}CERTIFICATE`]: [`PEM file of what is trusted for ${signals}; not on Workers.`, 'path'],
    [`${head}CLIENT_CERTIFICATE`]: [
      `PEM file of our certificate for ${signals}; not on Workers.`,
      'path',
    ],
    [`${head}CLIENT_KEY`]: [`PEM file of our key for ${signals}; not on Workers.`, 'path'],
  };
}
