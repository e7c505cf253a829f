/**
 * The table of variables that the telemetry layer reads: the OpenTelemetry specification's environment contract
 * (1.60, "Environment Variable Specification" and "OTLP Exporter Configuration") and a few of our own.
 */

import { OUTBOUND_HOSTS_VARIABLE } from './propagate/config.ts';
import { SAMPLING_VARIABLES } from './sampling/config.ts';

export interface TelemetryVariable {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'choice' | 'url' | 'secret';
  readonly unit: string;
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly meaning: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

export const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;
export const PROPAGATORS = ['tracecontext', 'baggage', 'none'] as const;
export const EXPORTERS = ['otlp', 'console', 'none'] as const;
export const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export const COMPRESSIONS = ['gzip', 'none'] as const;
export const EXEMPLAR_FILTERS = ['trace_based', 'always_on', 'always_off'] as const;

const INT32_MAX = 2_147_483_647;

/** Every variable, in the order of the table in the documentation. */
export const TELEMETRY_VARIABLES: readonly TelemetryVariable[] = [
  variable(
    'OTEL_SDK_DISABLED',
    'boolean',
    'false',
    'True: nothing is recorded or exported; context is still carried.',
  ),
  variable(
    'OTEL_SERVICE_NAME',
    'text',
    '',
    'Name of the service; wins over OTEL_RESOURCE_ATTRIBUTES.',
  ),
  variable(
    'OTEL_RESOURCE_ATTRIBUTES',
    'list',
    '',
    '`key=value` pairs, percent-encoded; one bad pair discards all.',
  ),
  choice(
    'OTEL_LOG_LEVEL',
    LOG_LEVELS,
    'info',
    'Least severity of what the telemetry layer says about itself.',
  ),
  variable('OTEL_PROPAGATORS', 'list', 'tracecontext,baggage', 'Context formats in and out.', {
    choices: PROPAGATORS,
  }),
  ...SAMPLING_VARIABLES,
  ...batchVariables('OTEL_BSP', 'spans', 5_000),
  ...batchVariables('OTEL_BLRP', 'log records', 1_000),
  ...limitVariables(),
  ...SIGNALS.map((signal) =>
    choice(
      `OTEL_${signal.toUpperCase()}_EXPORTER`,
      EXPORTERS,
      '',
      `Where ${signal} go; unset: otlp when an OTLP endpoint is set, otherwise none.`,
    ),
  ),
  ...otlpVariables(
    '',
    'all signals',
    'unset: http://localhost:4318; v1/traces, v1/metrics, v1/logs are appended',
  ),
  ...SIGNALS.flatMap((signal) =>
    otlpVariables(`${signal.toUpperCase()}_`, signal, 'used as it is'),
  ),
  milliseconds('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1, 'Time between two exports of metrics.'),
  milliseconds(
    'OTEL_METRIC_EXPORT_TIMEOUT',
    30_000,
    1,
    'Most time one export of metrics may take.',
  ),
  choice(
    'OTEL_METRICS_EXEMPLAR_FILTER',
    EXEMPLAR_FILTERS,
    'trace_based',
    'Which measurements may become exemplars.',
  ),
  variable('TELEMETRY_ENVIRONMENT', 'text', '', 'deployment.environment.name of the resource.'),
  OUTBOUND_HOSTS_VARIABLE,
  choice('TELEMETRY_TRACER', ['lean', 'sdk'], 'lean', 'Which implementation records spans.'),
  variable(
    'TELEMETRY_REDACT',
    'boolean',
    'true',
    'False: secrets are not removed from what leaves the process.',
  ),
  integer(
    'TELEMETRY_RECENT_TRACES',
    'traces',
    100,
    0,
    10_000,
    'Finished traces kept in memory; 0: none.',
  ),
];

/** Part of the contract but without effect here; a value is answered with a warning. */
export const UNSUPPORTED_VARIABLES: readonly string[] = [
  'OTEL_CONFIG_FILE',
  ...['', 'TRACES_', 'METRICS_', 'LOGS_'].flatMap((prefix) =>
    ['CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE'].map(
      (name) => `OTEL_EXPORTER_OTLP_${prefix}${name}`,
    ),
  ),
];

function variable(
  name: string,
  kind: TelemetryVariable['kind'],
  defaultValue: string,
  meaning: string,
  more: Partial<TelemetryVariable> = {},
): TelemetryVariable {
  return { name, kind, unit: '', default: defaultValue, meaning, ...more };
}

function choice(name: string, choices: readonly string[], defaultValue: string, meaning: string) {
  return variable(name, 'choice', defaultValue, meaning, { choices });
}

function integer(
  name: string,
  unit: string,
  defaultValue: number | null,
  min: number,
  max: number,
  meaning: string,
): TelemetryVariable {
  const text = defaultValue === null ? '' : String(defaultValue);
  return variable(name, 'integer', text, meaning, { unit, min, max });
}

function milliseconds(name: string, defaultValue: number | null, min: number, meaning: string) {
  return integer(name, 'ms', defaultValue, min, INT32_MAX, meaning);
}

function batchVariables(prefix: string, unit: string, delayMs: number): TelemetryVariable[] {
  return [
    milliseconds(
      `${prefix}_SCHEDULE_DELAY`,
      delayMs,
      0,
      `Most time ${unit} wait for a full batch.`,
    ),
    milliseconds(
      `${prefix}_EXPORT_TIMEOUT`,
      30_000,
      1,
      `Most time a batch of ${unit} may take to leave.`,
    ),
    integer(
      `${prefix}_MAX_QUEUE_SIZE`,
      unit,
      2_048,
      1,
      1_000_000,
      `Most ${unit} that wait; more are dropped and counted.`,
    ),
    integer(
      `${prefix}_MAX_EXPORT_BATCH_SIZE`,
      unit,
      512,
      1,
      1_000_000,
      `Most ${unit} in a batch; at most the queue.`,
    ),
  ];
}

function limitVariables(): TelemetryVariable[] {
  const lengths = ['', 'SPAN_', 'LOGRECORD_'].map((prefix) =>
    integer(
      `OTEL_${prefix}ATTRIBUTE_VALUE_LENGTH_LIMIT`,
      'characters',
      null,
      0,
      INT32_MAX,
      'Longer strings are cut; unset: no limit.',
    ),
  );
  const counts = [
    ['', 'attributes', 'Attributes kept; the limit of all that have none of their own.'],
    ['SPAN_', 'attributes', 'Attributes kept per span.'],
    ['EVENT_', 'attributes', 'Attributes kept per span event.'],
    ['LINK_', 'attributes', 'Attributes kept per span link.'],
    ['LOGRECORD_', 'attributes', 'Attributes kept per log record.'],
  ] as const;
  return [
    ...lengths,
    ...counts.map(([prefix, unit, meaning]) =>
      integer(
        `OTEL_${prefix}ATTRIBUTE_COUNT_LIMIT`,
        unit,
        prefix === '' ? 128 : null,
        0,
        100_000,
        meaning,
      ),
    ),
    integer('OTEL_SPAN_EVENT_COUNT_LIMIT', 'events', 128, 0, 100_000, 'Events kept per span.'),
    integer('OTEL_SPAN_LINK_COUNT_LIMIT', 'links', 128, 0, 100_000, 'Links kept per span.'),
  ];
}

function otlpVariables(prefix: string, signals: string, endpoint: string): TelemetryVariable[] {
  const name = (suffix: string) => `OTEL_EXPORTER_OTLP_${prefix}${suffix}`;
  const isGeneric = prefix === '';
  return [
    variable(name('ENDPOINT'), 'url', '', `OTLP/HTTP endpoint of ${signals}; ${endpoint}.`),
    variable(
      name('HEADERS'),
      'secret',
      '',
      `Headers for ${signals}: \`key=value,…\`, percent-encoded.`,
    ),
    milliseconds(
      name('TIMEOUT'),
      isGeneric ? 10_000 : null,
      1,
      `Most time for one export of ${signals}, retries included.`,
    ),
    choice(
      name('COMPRESSION'),
      COMPRESSIONS,
      isGeneric ? 'none' : '',
      `Compression of ${signals}.`,
    ),
    choice(
      name('PROTOCOL'),
      PROTOCOLS,
      isGeneric ? 'http/protobuf' : '',
      `Encoding of ${signals}.`,
    ),
  ];
}
