/**
 * The single point of initialisation. Nothing here throws into the program, blocks it or grows without bound; without
 * anything to record for, spans are no-ops.
 */

import { context, type TextMapPropagator, type Tracer } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from '../domain/clock.ts';
import { BatchProcessor } from './batch-processor.ts';
import { bounded } from './bounded.ts';
import { parseTelemetryConfig, type TelemetryConfig } from './config.ts';
import type { TelemetryEnvironment } from './config-reader.ts';
import { ensureContextManager } from './context-manager.ts';
import type { LossReport } from './export/loss-log.ts';
import { createLineSink, type LineWriter, type LogFormat, writeToConsole } from './log-lines.ts';
import { createLogger, type FlushableLogger, type LogSink } from './logs.ts';
import { INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import { createBaggageSpanProcessor } from './propagate/baggage-span-processor.ts';
import { createPropagator } from './propagate/propagator.ts';
import { createRecentTraces, type RecentTracesStore } from './recent-traces.ts';
import { createRedactor, NO_REDACTION, type RedactionOptions, type Redactor } from './redact.ts';
import { createRedactingProcessor } from './redacting-processor.ts';
import {
  createNoopTracer,
  createResource,
  createSampler,
  createSdkTracing,
  type Tracing,
} from './sdk.ts';
import { createConsoleSpanExporter } from './span-console.ts';
import { createExporterSink, createOtlpSpanSink, type SpanSink } from './span-sink.ts';
import type { LogLevel, Telemetry, TelemetryHealth } from './telemetry.ts';

export interface TelemetryOptions {
  /** Name of the service unless the environment gives one. */
  readonly serviceName: string;
  readonly serviceVersion?: string;
  /** Where `OTEL_*` and `TELEMETRY_*` are read: process.env, Deno.env.toObject(), Worker bindings. */
  readonly env?: TelemetryEnvironment;
  /** Instead of `env`. */
  readonly config?: TelemetryConfig;
  /** `service.instance.id`; a random UUID when absent. */
  readonly instanceId?: string;
  readonly clock?: Clock;
  readonly log?: {
    /** Default `info`. */
    readonly level?: LogLevel;
    /** Default `json`. */
    readonly format?: LogFormat;
    /** Default: the console. */
    readonly write?: LineWriter;
    /** More destinations. */
    readonly sinks?: readonly LogSink[];
  };
  readonly redaction?: RedactionOptions;
  /** Instead of the exporter that the configuration asks for. */
  readonly exporter?: SpanExporter;
  readonly sampler?: Sampler;
  readonly propagator?: TextMapPropagator;
  /** Run after redaction, before export. */
  readonly processors?: readonly SpanProcessor[];
}

const SCOPE_NAME = 'spreadscope';

/** Builds the telemetry layer. Never throws: a fault in its set-up is logged, and spans become no-ops. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const config = options.config ?? parseTelemetryConfig(options.env ?? {});
  const parts = createParts(options, config);
  for (const warning of config.warnings) parts.logger.warn(warning);
  try {
    ensureContextManager();
    return assemble(options, config, parts, createTracing(options, config, parts));
  } catch (error) {
    parts.logger.error('telemetry could not be set up and records nothing', {}, error);
    return assemble(options, config, parts, { tracing: null, batches: null });
  }
}

interface Parts {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly logger: FlushableLogger;
  readonly recentTraces: RecentTracesStore;
  readonly propagator: TextMapPropagator;
}

interface TracingParts {
  /** Null when there is nothing to record for. */
  readonly tracing: Tracing | null;
  /** Null when nothing is exported. */
  readonly batches: BatchProcessor | null;
}

function createParts(options: TelemetryOptions, config: TelemetryConfig): Parts {
  const clock = options.clock ?? systemClock;
  const redactor = config.redact ? createRedactor(options.redaction) : NO_REDACTION;
  const { level = 'info', format = 'json', write = writeToConsole, sinks = [] } = options.log ?? {};
  const lines = createLineSink(format, write);
  return {
    clock,
    redactor,
    logger: createLogger({ level, clock, redactor, sinks: [lines, ...sinks] }),
    recentTraces: createRecentTraces({ maxTracesCount: config.recentTracesCount }),
    propagator: options.propagator ?? createPropagator({ names: config.propagators }),
  };
}

function createTracing(
  options: TelemetryOptions,
  config: TelemetryConfig,
  parts: Parts,
): TracingParts {
  const sink = createSink(options, config, parts);
  const extra = options.processors ?? [];
  const hasReader = sink !== null || config.recentTracesCount > 0 || extra.length > 0;
  if (config.disabled || !hasReader) return { tracing: null, batches: null };
  const batches = sink === null ? null : new BatchProcessor(sink, config.spanBatch);
  const tracing = createSdkTracing({
    resource: createResource(resourceAttributes(options, config)),
    sampler: options.sampler ?? createSampler(config.sampler),
    limits: config.spanLimits,
    processors: [
      createBaggageSpanProcessor(),
      createRedactingProcessor(parts.redactor),
      ...extra,
      parts.recentTraces,
      ...(batches === null ? [] : [batches]),
    ],
  });
  return { tracing, batches };
}

function createSink(
  options: TelemetryOptions,
  config: TelemetryConfig,
  { clock, logger }: Parts,
): SpanSink | null {
  if (config.disabled) return null;
  const { exportTimeoutMs, maxQueueCount } = config.spanBatch;
  const toSink = (exporter: SpanExporter) => createExporterSink(exporter, exportTimeoutMs, clock);
  if (options.exporter !== undefined) return toSink(options.exporter);
  switch (config.traces.exporter) {
    case 'none':
      return null;
    case 'console':
      return toSink(createConsoleSpanExporter(options.log?.write ?? writeToConsole));
    case 'otlp':
      return createOtlpSpanSink({
        endpoint: config.traces.otlp,
        clock,
        maxQueuedItems: maxQueueCount,
        userAgentProduct: `Spreadscope/${options.serviceVersion ?? '0'}`,
        report: (report) => logLoss(logger, report),
      });
    default:
      return config.traces.exporter satisfies never;
  }
}

function logLoss(logger: FlushableLogger, report: LossReport): void {
  const { kind, signal } = report;
  switch (kind) {
    case 'loss_began':
      logger.warn(`${signal} are being lost`, { reason: report.reason });
      return;
    case 'loss_ended':
      logger.warn(`${signal} are no longer lost`, { ...report.droppedCounts });
      return;
    case 'backend_said':
      logger.warn(`${signal}: the backend remarked`, {
        reason: report.message,
        rejected_count: report.rejectedCount,
      });
      return;
    default:
      kind satisfies never;
  }
}

function assemble(
  options: TelemetryOptions,
  config: TelemetryConfig,
  parts: Parts,
  { tracing, batches }: TracingParts,
): Telemetry {
  const { clock, logger, propagator, recentTraces, redactor } = parts;
  const limitMs = config.spanBatch.exportTimeoutMs;
  const within = (work: Promise<void> | undefined) =>
    bounded(work ?? Promise.resolve(), limitMs, clock);
  let stopping: Promise<void> | null = null;
  return {
    tracer: toTracer(tracing, options.serviceVersion ?? ''),
    logger,
    propagator,
    recentTraces,
    activeContext: () => context.active(),
    flush: async () => {
      await within(tracing?.forceFlush());
      logger.flushRepeats();
    },
    shutdown: () => {
      stopping ??= within(tracing?.shutdown()).then(() => logger.flushRepeats());
      return stopping;
    },
    health: () => toHealth(options, config, batches, redactor),
  };
}

function toTracer(tracing: Tracing | null, version: string): Tracer {
  return tracing?.getTracer(SCOPE_NAME, version) ?? createNoopTracer(SCOPE_NAME, version);
}

const NO_ACCOUNTS = {
  startedCount: 0,
  exportedCount: 0,
  rejectedCount: 0,
  droppedCounts: {},
  queuedCount: 0,
};

function toHealth(
  options: TelemetryOptions,
  config: TelemetryConfig,
  batches: BatchProcessor | null,
  redactor: Redactor,
): TelemetryHealth {
  const { state, lastError } = batches?.health() ?? { state: 'off' as const, lastError: null };
  const own = options.exporter === undefined ? config.traces.exporter : 'otlp';
  return {
    ...(batches?.accounts() ?? NO_ACCOUNTS),
    exporter: batches === null ? 'none' : own,
    state,
    queueCapacity: config.spanBatch.maxQueueCount,
    lastError: lastError === null ? null : redactor.text(lastError),
  };
}

/** What the backend knows a process by. Both generations of the environment's name: see `INCUBATING_ATTR`. */
function resourceAttributes(
  options: TelemetryOptions,
  config: TelemetryConfig,
): Readonly<Record<string, string>> {
  const { environment } = config;
  const instanceId = options.instanceId ?? randomId();
  return {
    ...(options.serviceVersion === undefined
      ? {}
      : { [SEMCONV_ATTR.serviceVersion]: options.serviceVersion }),
    ...(instanceId === null ? {} : { [INCUBATING_ATTR.serviceInstanceId]: instanceId }),
    ...config.resourceAttributes,
    [SEMCONV_ATTR.serviceName]: config.serviceName ?? options.serviceName,
    ...(environment === null
      ? {}
      : {
          [INCUBATING_ATTR.deploymentEnvironmentName]: environment,
          [INCUBATING_ATTR.deploymentEnvironment]: environment,
        }),
  };
}

/** Null where randomness is forbidden: workerd outside a request. */
function randomId(): string | null {
  try {
    return crypto.randomUUID();
  } catch {
    return null;
  }
}
