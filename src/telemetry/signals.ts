/** Puts the three signals together: from configuration to tracer, meter and log destination. */

import type { MeterProvider } from '@opentelemetry/api';
import {
  AlwaysOnSampler,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import { scheduleOnTimer } from './batch-processor.ts';
import type { TelemetryConfig } from './config.ts';
import type { LossReport } from './export/loss-log.ts';
import { createOtlpTransport } from './export/otlp-transport.ts';
import { createFrozenClockProcessor, isClockFrozen } from './frozen-clock.ts';
import { createTracerProvider } from './lean/tracer-provider.ts';
import { createLogExporter, type LogExporter } from './log-otlp.ts';
import { createConsoleMetricExporter } from './metrics/console-metric-exporter.ts';
import { type CollectingMeterProvider, createMeterProvider } from './metrics/meter-provider.ts';
import { createMetricExporter, type MetricExporter } from './metrics/metric-exporter.ts';
import { createBaggageSpanProcessor } from './propagate/baggage-span-processor.ts';
import type { RecentTracesStore } from './recent-traces.ts';
import type { Redactor } from './redact.ts';
import { createRedactingProcessor } from './redacting-processor.ts';
import { createSampler, type Sampling } from './sampling/sampler.ts';
import {
  createResource,
  createSdkTracing,
  type Tracing,
  type TracingOptions,
  toSdkLimits,
} from './sdk.ts';
import { createSpanExport, type SpanExport } from './span-export.ts';
import { toTransportOptions } from './span-sink.ts';

/** What a span costs with the lean tracer and the WASM encoder, nanoseconds: `bench/telemetry`, rounded up. */
const LEAN_SPAN_COSTS = { unsampled: 50, recorded: 400, exported: 600 };

export interface SignalOptions {
  readonly config: TelemetryConfig;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly recentTraces: RecentTracesStore;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Product token of the User-Agent. */
  readonly product: string;
  readonly report: (report: LossReport) => void;
  /** Takes the lines of console exporters. */
  readonly writeLine: (line: string) => void;
  readonly exporter: SpanExporter | null;
  /** `build/otlp.wasm`, for encoding spans when they end; null: they are encoded in batches. */
  readonly otlpModule: WebAssembly.Module | null;
  readonly sampler: Sampler | null;
  readonly processors: readonly SpanProcessor[];
}

export interface TracingParts {
  /** Null when there is nothing to record for. */
  readonly tracing: Tracing | null;
  /** Null when nothing is exported. */
  readonly spanExport: SpanExport | null;
  /** Null when the caller samples, or nothing is recorded. */
  readonly sampling: Sampling | null;
}

export const NO_TRACING: TracingParts = { tracing: null, spanExport: null, sampling: null };

/** @throws {TypeError} when an endpoint is not an http or https URL. */
export function createTracing(options: SignalOptions): TracingParts {
  const { config } = options;
  const spanExport = createSpanExport(options);
  const hasReader =
    spanExport !== null || config.recentTracesCount > 0 || options.processors.length > 0;
  if (config.disabled || !hasReader) return NO_TRACING;
  const sampling = options.sampler === null ? createSampling(options, spanExport) : null;
  const exporting = spanExport === null ? null : spanExport.processor;
  const tracing = createProvider(options, {
    resource: createResource(options.resource),
    sampler: options.sampler ?? sampling?.sampler ?? new AlwaysOnSampler(),
    limits: config.spanLimits,
    processors: [
      createBaggageSpanProcessor(),
      createRedactingProcessor(options.redactor),
      ...(isClockFrozen(options.clock) ? [createFrozenClockProcessor()] : []),
      ...options.processors,
      options.recentTraces,
      ...(exporting === null ? [] : [sampling?.wrapProcessor(exporting) ?? exporting]),
    ],
  });
  return { tracing, spanExport, sampling };
}

function createProvider({ clock, config }: SignalOptions, options: TracingOptions): Tracing {
  if (config.tracer === 'sdk') return createSdkTracing(options);
  return createTracerProvider({
    resource: options.resource,
    sampler: options.sampler,
    spanLimits: toSdkLimits(options.limits),
    spanProcessors: options.processors,
    clock,
  });
}

function createSampling({ clock, config }: SignalOptions, spanExport: SpanExport | null): Sampling {
  const { maxQueueCount } = config.spanBatch;
  return createSampler(config.sampling, {
    clock,
    ...(config.tracer === 'lean' ? { costs: LEAN_SPAN_COSTS } : {}),
    queueFillRatio: () => (spanExport?.accounts().queuedCount ?? 0) / maxQueueCount,
  });
}

function toSinkOptions({ clock, product, report }: SignalOptions) {
  return { clock, report, userAgentProduct: product };
}

/** Log records go to the console anyway, so only OTLP has an exporter. */
export function createLogExport(options: SignalOptions): LogExporter | null {
  const { config, resource } = options;
  if (config.disabled || config.logs.exporter !== 'otlp') return null;
  const transportOptions = toTransportOptions('logs', {
    ...toSinkOptions(options),
    endpoint: config.logs.otlp,
    maxQueuedItems: config.logBatch.maxQueueCount,
  });
  return createLogExporter({
    resource,
    transport: createOtlpTransport(transportOptions),
    format: transportOptions.format ?? 'protobuf',
    batch: config.logBatch,
    limits: config.logLimits,
    schedule: scheduleOnTimer,
  });
}

export interface MetricParts {
  readonly provider: CollectingMeterProvider & MeterProvider;
  /** Null when metrics are not exported; they can be read as a page all the same. */
  readonly exporter: MetricExporter | null;
}

export function createMetrics(options: SignalOptions): MetricParts {
  const { clock, config } = options;
  const provider = createMeterProvider({
    exemplarFilter: config.metrics.exemplarFilter,
    nowMs: () => clock.nowMs(),
  });
  return { provider, exporter: createMetricExport(options, () => provider.collect()) };
}

/** Data points of one export that may wait; an export has about as many as there are series. */
const MAX_QUEUED_POINTS = 100_000;

function createMetricExport(
  options: SignalOptions,
  collect: CollectingMeterProvider['collect'],
): MetricExporter | null {
  const { config, resource, writeLine } = options;
  const { exporter, intervalMs, otlp, timeoutMs } = config.metrics;
  if (config.disabled || exporter === 'none') return null;
  const common = { collect, intervalMs, schedule: scheduleOnTimer };
  if (exporter === 'console') return createConsoleMetricExporter({ ...common, write: writeLine });
  const transportOptions = toTransportOptions('metrics', {
    ...toSinkOptions(options),
    endpoint: otlp,
    maxQueuedItems: MAX_QUEUED_POINTS,
  });
  return createMetricExporter({
    ...common,
    resource,
    timeoutMs,
    transport: createOtlpTransport(transportOptions),
    format: transportOptions.format ?? 'protobuf',
    monotonicMs: () => options.clock.monotonicMs(),
  });
}
