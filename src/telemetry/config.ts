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
  type ValuesOf,
} from './config-reader.ts';
import { type MetricsConfig, readSignals, type SignalConfig } from './config-signals.ts';
import { readOutboundPolicy } from './propagate/config.ts';
import type { OutboundPolicy } from './propagate/outbound-policy.ts';
import { readSamplingConfig, type SamplingConfig } from './sampling/config.ts';
import {
  LIMIT_ROWS,
  LOG_BATCH_ROWS,
  LOG_LIMIT_ROWS,
  OWN_ROWS,
  PROPAGATORS,
  PROPAGATORS_ROW,
  SDK_ROWS,
  SPAN_BATCH_ROWS,
  SPAN_LIMIT_ROWS,
} from './variable-rows.ts';

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
  readonly logLevel: ValuesOf<typeof SDK_ROWS>['logLevel'];
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
  const { resourceAttributes: given, serviceName, ...sdk } = read.all(SDK_ROWS);
  const { environment, ...own } = read.all(OWN_ROWS);
  const resourceAttributes = given ?? {};
  return {
    ...sdk,
    ...own,
    serviceName: serviceName ?? resourceAttributes['service.name'] ?? null,
    resourceAttributes,
    environment:
      environment ??
      resourceAttributes['deployment.environment.name'] ??
      resourceAttributes['deployment.environment'] ??
      null,
    propagators: readPropagators(read),
    sampling: readSamplingConfig(read),
    outbound: readOutboundPolicy(read),
    spanBatch: readBatch(read, SPAN_BATCH_ROWS),
    logBatch: readBatch(read, LOG_BATCH_ROWS),
    ...readLimits(read),
    ...readSignals(read),
    warnings: read.warnings,
  };
}

function readPropagators(read: ConfigReader): readonly PropagatorName[] {
  const names = new Set<PropagatorName>();
  const given = read.one(PROPAGATORS_ROW) ?? [];
  if (given.includes('none')) return [];
  for (const name of given) {
    const known = PROPAGATORS.find((candidate) => candidate === name);
    if (known === undefined) read.warn(PROPAGATORS_ROW.name, PROPAGATORS_ROW.expected);
    else if (known !== 'none') names.add(known);
  }
  return [...names];
}

function readBatch(read: ConfigReader, rows: typeof SPAN_BATCH_ROWS): BatchConfig {
  const batch = read.all(rows);
  const { maxBatchCount: size, maxQueueCount: queue } = rows;
  if (batch.maxBatchCount > batch.maxQueueCount && read.text(size.name) !== null) {
    read.warn(size.name, `at most ${queue.name}`);
  }
  return { ...batch, maxBatchCount: Math.min(batch.maxBatchCount, batch.maxQueueCount) };
}

function readLimits(read: ConfigReader): Pick<TelemetryConfig, 'spanLimits' | 'logLimits'> {
  const { attributeValueLength, attributeCount } = read.all(LIMIT_ROWS);
  const length = attributeValueLength ?? Infinity;
  const span = read.all(SPAN_LIMIT_ROWS);
  const log = read.all(LOG_LIMIT_ROWS);
  return {
    spanLimits: {
      ...span,
      attributeValueLength: span.attributeValueLength ?? length,
      attributeCount: span.attributeCount ?? attributeCount,
      eventAttributeCount: span.eventAttributeCount ?? attributeCount,
      linkAttributeCount: span.linkAttributeCount ?? attributeCount,
    },
    logLimits: {
      attributeValueLength: log.attributeValueLength ?? length,
      attributeCount: log.attributeCount ?? attributeCount,
    },
  };
}
