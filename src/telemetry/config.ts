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
import { type MetricsConfig, readSignals, type SignalConfig } from './config-signals.ts';
import { readOutboundPolicy } from './propagate/config.ts';
import type { OutboundPolicy } from './propagate/outbound-policy.ts';
import { readSamplingConfig, type SamplingConfig } from './sampling/config.ts';
import { LOG_LEVELS, PROPAGATORS } from './variable-rows.ts';

export type PropagatorName = Exclude<(typeof PROPAGATORS)[number], 'none'>;
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
  readonly metrics: MetricsConfig;
  readonly logs: SignalConfig;
  readonly tracer: 'lean' | 'sdk';
  readonly redact: boolean;
  readonly recentTracesCount: number;
  /** One line per ignored variable, by name, without its value. */
  readonly warnings: readonly string[];
}

export function parseTelemetryConfig(env: TelemetryEnvironment): TelemetryConfig {
  const read = createConfigReader(env);
  // Part of the contract, and without effect here.
  const unsupported = 'OTEL_CONFIG_FILE';
  if (read.text(unsupported) !== null) read.warn(unsupported, 'nothing, for it is not supported');
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
