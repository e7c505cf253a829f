/** Puts the three signals together: from configuration to tracer, meter and log destination. */

import type { MeterProvider } from '@opentelemetry/api';
import type { Sampler } from '@opentelemetry/sdk-trace-base';
import { scheduleOnTimer } from './batch-processor.ts';
import type { TelemetryConfig } from './config.ts';
import type { OtlpEndpoint } from './config-signals.ts';
import { createProvider } from './create-provider.ts';
import type { OtlpCodec } from './export/codec.ts';
import { createOtlpTransport } from './export/otlp-transport.ts';
import { PROTOBUF_CODEC } from './export/protobuf-codec.ts';
import { createFrozenClockProcessor, isClockFrozen } from './frozen-clock.ts';
import { SpanStopwatch } from './lean/span-stopwatch.ts';
import { createLogExporter, type LogExporter } from './log-exporter.ts';
import { type CollectingMeterProvider, createMeterProvider } from './metrics/meter-provider.ts';
import { createMetricExporter, type MetricExporter } from './metrics/metric-exporter.ts';
import type { TelemetryParts } from './parts.ts';
import { createBaggageSpanProcessor } from './propagate/baggage-span-processor.ts';
import { ALWAYS_OFF, ALWAYS_ON } from './sampling/plain-samplers.ts';
import { createSampler, type Sampling } from './sampling/sampler.ts';
import type { Tracing } from './sdk.ts';
import type { SignalOptions } from './signal-options.ts';
import type { SpanExport } from './span-export.ts';
import { toTransportOptions } from './span-sink.ts';

/**
 * What a span of four attributes costs with the lean tracer, redaction and recent traces included, and what encoding adds,
 * nanoseconds: from a busy machine, so rather too much. Where it can be measured, calibration replaces it.
 */
const LEAN_SPAN_COSTS = { unsampled: 100, recorded: 1_000, exported: 500 };

export interface TracingParts {
  /** Null when there is nothing to record for. */
  readonly tracing: Tracing | null;
  /** Null when nothing is exported. */
  readonly spanExport: SpanExport | null;
  /** Null when nothing is recorded, the caller samples, or the answer is always the same. */
  readonly sampling: Sampling | null;
  /** Ends what it still does by itself. */
  close(): void;
}

export const NO_TRACING: TracingParts = {
  tracing: null,
  spanExport: null,
  sampling: null,
  close: () => {},
};

/** @throws {TypeError} when an endpoint is not an http or https URL. */
export function createTracing(options: SignalOptions, parts: TelemetryParts): TracingParts {
  const { config } = options;
  const spanExport = parts.createSpanExport(options);
  const hasReader =
    spanExport !== null || config.recentTracesCount > 0 || options.processors.length > 0;
  if (config.disabled || !hasReader) return NO_TRACING;
  const fixed = options.sampler ?? toFixedSampler(config);
  const stopwatch = fixed === null ? createStopwatch(options) : null;
  const sampling = fixed === null ? createSampling(options, spanExport, stopwatch) : null;
  const exporting = spanExport === null ? null : spanExport.processor;
  const tracing = createProvider(options, {
    resource: options.resource,
    redactor: config.redact ? options.redactor : null,
    sampler: fixed === 'parent' ? null : (fixed ?? sampling?.sampler ?? null),
    limits: config.spanLimits,
    ...(stopwatch === null ? {} : { stopwatch }),
    processors: [
      createBaggageSpanProcessor(),
      ...(isClockFrozen(options.clock) ? [createFrozenClockProcessor()] : []),
      ...options.processors,
      options.recentTraces,
      ...(exporting === null ? [] : [sampling?.wrapProcessor(exporting) ?? exporting]),
    ],
  });
  const close = parts.calibrate?.(options, sampling?.governor ?? null) ?? (() => {});
  return { tracing, spanExport, sampling, close };
}

/** Where the answer needs no policy and no budget is kept: a rule, or a sampler known by its name; null elsewhere. */
function toFixedSampler({ sampling }: TelemetryConfig): Sampler | 'parent' | null {
  const { budgetRatio, isParentBased, kind } = sampling;
  if (kind === 'always_off' && !isParentBased) return ALWAYS_OFF;
  const isLimited = budgetRatio > 0 && budgetRatio < 1;
  if (kind !== 'always_on' || isLimited) return null;
  return isParentBased ? 'parent' : ALWAYS_ON;
}

/** Null where the clock stands still, and for the SDK's tracer, which has no place for it. */
function createStopwatch({ clock, createSdkTracing }: SignalOptions): SpanStopwatch | null {
  if (createSdkTracing !== null || isClockFrozen(clock)) return null;
  return new SpanStopwatch(() => clock.monotonicMs());
}

function createSampling(
  { clock, config, createSdkTracing, eventLoop, otlpModule }: SignalOptions,
  spanExport: SpanExport | null,
  stopwatch: SpanStopwatch | null,
): Sampling {
  const { maxQueueCount } = config.spanBatch;
  return createSampler(config.sampling, {
    clock,
    ...(createSdkTracing === null ? { costs: LEAN_SPAN_COSTS } : {}),
    ...(stopwatch === null ? {} : { spanNs: () => stopwatch.spanNs() }),
    isEncodedAtEnd: otlpModule !== null,
    isExported: spanExport !== null,
    ...(eventLoop === null ? {} : { eventLoopLagMs: () => eventLoop.takeLagMs() }),
    queueFillRatio: () => (spanExport?.accounts().queuedCount ?? 0) / maxQueueCount,
  });
}

function codecOf({ jsonCodec }: SignalOptions, { protocol }: OtlpEndpoint): OtlpCodec {
  return (protocol === 'http/json' ? jsonCodec : null) ?? PROTOBUF_CODEC;
}

function toSinkOptions({ clock, product, report, toFetch }: SignalOptions) {
  return { clock, report, toFetch, userAgentProduct: product };
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
    encode: codecOf(options, config.logs.otlp).encodeLogs,
    batch: config.logBatch,
    limits: config.logLimits,
    schedule: scheduleOnTimer,
  });
}

export interface MetricParts {
  readonly provider: MeterProvider;
  readonly collect: CollectingMeterProvider['collect'];
  /** Work that only a collection needs, done before the first one. */
  onFirstCollect(work: () => void): void;
  /** Null when metrics are not exported; they can be read as a page all the same. */
  readonly exporter: MetricExporter | null;
}

export function createMetrics(options: SignalOptions, parts: TelemetryParts): MetricParts {
  const { clock, config } = options;
  const provider = createMeterProvider({
    exemplarFilter: config.metrics.exemplarFilter,
    nowMs: () => clock.nowMs(),
  });
  const pending: (() => void)[] = [];
  const collect = () => {
    for (const work of pending.splice(0)) work();
    return provider.collect();
  };
  const onFirstCollect = (work: () => void) => void pending.push(work);
  const exporter = createMetricExport(options, parts, collect);
  return { provider, collect, onFirstCollect, exporter };
}

/** Data points of one export that may wait; an export has about as many as there are series. */
const MAX_QUEUED_POINTS = 100_000;

function createMetricExport(
  options: SignalOptions,
  parts: TelemetryParts,
  collect: CollectingMeterProvider['collect'],
): MetricExporter | null {
  const { config, resource, writeLine } = options;
  const { exporter, intervalMs, otlp, timeoutMs } = config.metrics;
  if (config.disabled || exporter === 'none') return null;
  const common = { intervalMs, schedule: scheduleOnTimer };
  if (exporter === 'console') {
    return parts.createConsoleMetrics?.({ ...common, collect, write: writeLine }) ?? null;
  }
  const transportOptions = toTransportOptions('metrics', {
    ...toSinkOptions(options),
    endpoint: otlp,
    maxQueuedItems: MAX_QUEUED_POINTS,
  });
  const view = parts.createTemporalityView?.(config.metrics.temporality);
  return createMetricExporter({
    ...common,
    collect: view === undefined ? collect : () => view(collect()),
    resource,
    timeoutMs,
    transport: createOtlpTransport(transportOptions),
    encode: codecOf(options, otlp).encodeMetrics,
    monotonicMs: () => options.clock.monotonicMs(),
  });
}
