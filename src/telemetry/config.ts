/**
 * `parseTelemetryConfig(env)`: the environment contract of the OpenTelemetry specification from any record of strings
 * (process.env, Deno.env, Worker bindings). It never throws: what cannot be read is ignored and named in `warnings`.
 *
 * One default differs from the specification: without an OTLP endpoint and without `OTEL_<SIGNAL>_EXPORTER`, nothing is
 * exported (the specification would export to localhost). Spans are recorded all the same, for `recentTraces`.
 */

import {
  type ConfigReader,
  createConfigReader,
  type TelemetryEnvironment,
} from './config-reader.ts';
import { readOutboundPolicy } from './propagate/config.ts';
import type { OutboundPolicy } from './propagate/outbound-policy.ts';
import { readSamplingConfig, type SamplingConfig } from './sampling/config.ts';
import {
  COMPRESSIONS,
  EXEMPLAR_FILTERS,
  EXPORTERS,
  LOG_LEVELS,
  OTLP_PREFIXES,
  PROPAGATORS,
  PROTOCOLS,
  SIGNALS,
  type Signal,
} from './variable-rows.ts';

export type PropagatorName = Exclude<(typeof PROPAGATORS)[number], 'none'>;
export type ExporterName = (typeof EXPORTERS)[number];

/** One OTLP/HTTP destination. */
export interface OtlpEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Most time for one export, retries included. */
  readonly timeoutMs: number;
  readonly compression: (typeof COMPRESSIONS)[number];
  readonly protocol: (typeof PROTOCOLS)[number];
}

export interface SignalConfig {
  readonly exporter: ExporterName;
  readonly otlp: OtlpEndpoint;
}

export interface BatchConfig {
  readonly scheduleDelayMs: number;
  readonly exportTimeoutMs: number;
  readonly maxQueueCount: number;
  /** At most `maxQueueCount`. */
  readonly maxBatchCount: number;
}

/** Infinity: no limit. */
export interface SpanLimits {
  readonly attributeValueLength: number;
  readonly attributeCount: number;
  readonly eventCount: number;
  readonly linkCount: number;
  readonly eventAttributeCount: number;
  readonly linkAttributeCount: number;
}

export interface TelemetryConfig {
  readonly disabled: boolean;
  readonly serviceName: string | null;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** `deployment.environment.name`; null when nobody said. */
  readonly environment: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** In the order given, without repeats; empty: no propagation. */
  readonly propagators: readonly PropagatorName[];
  readonly sampling: SamplingConfig;
  /** Hosts that may see trace ids; by default none. */
  readonly outbound: OutboundPolicy;
  readonly spanBatch: BatchConfig;
  readonly logBatch: BatchConfig;
  readonly spanLimits: SpanLimits;
  readonly logLimits: { readonly attributeValueLength: number; readonly attributeCount: number };
  readonly traces: SignalConfig;
  readonly metrics: SignalConfig & {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly exemplarFilter: (typeof EXEMPLAR_FILTERS)[number];
  };
  readonly logs: SignalConfig;
  readonly tracer: 'lean' | 'sdk';
  readonly redact: boolean;
  readonly recentTracesCount: number;
  /** One line per ignored variable, by name, without its value. */
  readonly warnings: readonly string[];
}

/** OTLP/HTTP's port on this machine (opentelemetry-proto, docs/specification.md). */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

export function parseTelemetryConfig(env: TelemetryEnvironment): TelemetryConfig {
  const read = createConfigReader(env);
  warnOfUnsupported(read);
  const resourceAttributes = read.pairs('OTEL_RESOURCE_ATTRIBUTES') ?? {};
  return {
    disabled: read.boolean('OTEL_SDK_DISABLED'),
    serviceName: read.text('OTEL_SERVICE_NAME') ?? resourceAttributes['service.name'] ?? null,
    resourceAttributes,
    environment: readEnvironment(read, resourceAttributes),
    logLevel: read.choice('OTEL_LOG_LEVEL', LOG_LEVELS) ?? 'info',
    propagators: readPropagators(read),
    sampling: readSamplingConfig(read),
    outbound: readOutboundPolicy(read),
    spanBatch: readBatch(read, 'OTEL_BSP'),
    logBatch: readBatch(read, 'OTEL_BLRP'),
    ...readLimits(read),
    ...readSignals(read),
    tracer: read.choice('TELEMETRY_TRACER', ['lean', 'sdk']) ?? 'lean',
    redact: read.boolean('TELEMETRY_REDACT'),
    recentTracesCount: read.number('TELEMETRY_RECENT_TRACES') ?? 0,
    warnings: read.warnings,
  };
}

/** Part of the contract, and without effect here. */
function warnOfUnsupported(read: ConfigReader): void {
  const files = ['CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE'];
  const names = OTLP_PREFIXES.flatMap((prefix) =>
    files.map((file) => `OTEL_EXPORTER_OTLP_${prefix}${file}`),
  );
  for (const name of ['OTEL_CONFIG_FILE', ...names]) {
    if (read.text(name) !== null) read.warn(name, 'nothing, for it is not supported');
  }
}

function readEnvironment(
  read: ConfigReader,
  attributes: Readonly<Record<string, string>>,
): string | null {
  return (
    read.text('TELEMETRY_ENVIRONMENT') ??
    attributes['deployment.environment.name'] ??
    attributes['deployment.environment'] ??
    null
  );
}

function readPropagators(read: ConfigReader): readonly PropagatorName[] {
  const names = new Set<PropagatorName>();
  const given = read.list('OTEL_PROPAGATORS');
  if (given.includes('none')) return [];
  for (const name of given) {
    const known = PROPAGATORS.find((candidate) => candidate === name);
    if (known === undefined) read.warn('OTEL_PROPAGATORS', `any of ${PROPAGATORS.join(', ')}`);
    else if (known !== 'none') names.add(known);
  }
  return [...names];
}

function readBatch(read: ConfigReader, prefix: 'OTEL_BSP' | 'OTEL_BLRP'): BatchConfig {
  const maxQueueCount = read.number(`${prefix}_MAX_QUEUE_SIZE`) ?? 2_048;
  const maxBatchCount = read.number(`${prefix}_MAX_EXPORT_BATCH_SIZE`) ?? 512;
  const name = `${prefix}_MAX_EXPORT_BATCH_SIZE`;
  if (maxBatchCount > maxQueueCount && read.text(name) !== null) {
    read.warn(name, `at most ${prefix}_MAX_QUEUE_SIZE`);
  }
  return {
    scheduleDelayMs: read.number(`${prefix}_SCHEDULE_DELAY`) ?? 5_000,
    exportTimeoutMs: read.number(`${prefix}_EXPORT_TIMEOUT`) ?? 30_000,
    maxQueueCount,
    maxBatchCount: Math.min(maxBatchCount, maxQueueCount),
  };
}

function readLimits(read: ConfigReader): Pick<TelemetryConfig, 'spanLimits' | 'logLimits'> {
  const anyLength = read.number('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT') ?? Infinity;
  const anyCount = read.number('OTEL_ATTRIBUTE_COUNT_LIMIT') ?? 128;
  const count = (owner: string) => read.number(`OTEL_${owner}_ATTRIBUTE_COUNT_LIMIT`) ?? anyCount;
  const length = (owner: string) =>
    read.number(`OTEL_${owner}_ATTRIBUTE_VALUE_LENGTH_LIMIT`) ?? anyLength;
  return {
    spanLimits: {
      attributeValueLength: length('SPAN'),
      attributeCount: count('SPAN'),
      eventCount: read.number('OTEL_SPAN_EVENT_COUNT_LIMIT') ?? 128,
      linkCount: read.number('OTEL_SPAN_LINK_COUNT_LIMIT') ?? 128,
      eventAttributeCount: count('EVENT'),
      linkAttributeCount: count('LINK'),
    },
    logLimits: { attributeValueLength: length('LOGRECORD'), attributeCount: count('LOGRECORD') },
  };
}

function readSignals(read: ConfigReader): Pick<TelemetryConfig, Signal> {
  const base = readGenericOtlp(read);
  const [traces, metrics, logs] = SIGNALS.map((signal) => readSignal(read, signal, base));
  if (traces === undefined || metrics === undefined || logs === undefined) {
    throw new Error('BUG: a signal is missing');
  }
  return {
    traces,
    metrics: {
      ...metrics,
      intervalMs: read.number('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
      timeoutMs: read.number('OTEL_METRIC_EXPORT_TIMEOUT') ?? 30_000,
      exemplarFilter:
        read.choice('OTEL_METRICS_EXEMPLAR_FILTER', EXEMPLAR_FILTERS) ?? 'trace_based',
    },
    logs,
  };
}

interface GenericOtlp extends Omit<OtlpEndpoint, 'url'> {
  /** Null when unset. */
  readonly url: URL | null;
}

function readGenericOtlp(read: ConfigReader): GenericOtlp {
  return {
    url: read.url('OTEL_EXPORTER_OTLP_ENDPOINT'),
    headers: read.pairs('OTEL_EXPORTER_OTLP_HEADERS') ?? {},
    timeoutMs: read.number('OTEL_EXPORTER_OTLP_TIMEOUT') ?? 10_000,
    compression: read.choice('OTEL_EXPORTER_OTLP_COMPRESSION', COMPRESSIONS) ?? 'none',
    protocol: read.choice('OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOLS) ?? 'http/protobuf',
  };
}

function readSignal(read: ConfigReader, signal: Signal, base: GenericOtlp): SignalConfig {
  const name = (suffix: string) => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}`;
  const ownUrl = read.url(name('ENDPOINT'));
  const hasEndpoint = ownUrl !== null || base.url !== null;
  const exporter = read.choice(`OTEL_${signal.toUpperCase()}_EXPORTER`, EXPORTERS);
  return {
    exporter: exporter ?? (hasEndpoint ? 'otlp' : 'none'),
    otlp: {
      url: (ownUrl ?? appendPath(base.url ?? new URL(DEFAULT_ENDPOINT), `v1/${signal}`)).href,
      headers: read.pairs(name('HEADERS')) ?? base.headers,
      timeoutMs: read.number(name('TIMEOUT')) ?? base.timeoutMs,
      compression: read.choice(name('COMPRESSION'), COMPRESSIONS) ?? base.compression,
      protocol: read.choice(name('PROTOCOL'), PROTOCOLS) ?? base.protocol,
    },
  };
}

/** The generic endpoint is a base: the signal's path is appended to its own ("OTLP Exporter Configuration"). */
function appendPath(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}
