/**
 * The single point of initialisation. Nothing here throws into the program, blocks it or grows without bound; without
 * anything to record for, spans are no-ops.
 */

import { context, type TextMapPropagator, type Tracer } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from '../domain/clock.ts';
import { parseTelemetryConfig, type TelemetryConfig } from './config.ts';
import type { TelemetryEnvironment } from './config-reader.ts';
import { ensureContextManager } from './context-manager.ts';
import { createLineSink, type LineWriter, type LogFormat, writeToConsole } from './log-lines.ts';
import { createLogger, type FlushableLogger, type LogSink } from './logs.ts';
import { INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import { createRecentTraces, type RecentTracesStore } from './recent-traces.ts';
import { createRedactor, NO_REDACTION, type RedactionOptions, type Redactor } from './redact.ts';
import { createRedactingProcessor } from './redacting-processor.ts';
import {
  createBatchProcessor,
  createNoopTracer,
  createOtlpSpanSink,
  createPropagator,
  createResource,
  createSampler,
  createSdkTracing,
  type Tracing,
  toSpanSink,
} from './sdk.ts';
import { SpanAccounts } from './span-accounts.ts';
import { createConsoleSpanSink } from './span-console.ts';
import {
  BatchCourier,
  CountingSpanProcessor,
  type ExportObserver,
  type SpanSink,
} from './span-export.ts';
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
    return assemble(options, config, parts, createTracingParts(options, config, parts));
  } catch (error) {
    parts.logger.error('telemetry could not be set up and records nothing', {}, error);
    return assemble(options, config, parts, null);
  }
}

interface Parts {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly logger: FlushableLogger;
  readonly recentTraces: RecentTracesStore;
  readonly accounts: SpanAccounts;
  readonly propagator: TextMapPropagator;
}

function createParts(options: TelemetryOptions, config: TelemetryConfig): Parts {
  const clock = options.clock ?? systemClock;
  const redactor = config.redact ? createRedactor(options.redaction) : NO_REDACTION;
  const { level = 'info', format = 'json', write = writeToConsole, sinks = [] } = options.log ?? {};
  return {
    clock,
    redactor,
    logger: createLogger({
      level,
      clock,
      redactor,
      sinks: [createLineSink(format, write), ...sinks],
    }),
    recentTraces: createRecentTraces({ maxTracesCount: config.recentTracesCount }),
    accounts: new SpanAccounts(),
    propagator: options.propagator ?? createPropagator(config.propagators),
  };
}

/** Null when there is nothing to record for. */
function createTracingParts(
  options: TelemetryOptions,
  config: TelemetryConfig,
  parts: Parts,
): Tracing | null {
  const sink = createSink(options, config);
  const extra = options.processors ?? [];
  const hasReader = sink !== null || config.recentTracesCount > 0 || extra.length > 0;
  if (config.disabled || !hasReader) return null;
  return createSdkTracing({
    resource: createResource(resourceAttributes(options, config)),
    sampler: options.sampler ?? createSampler(config.sampler),
    limits: config.spanLimits,
    processors: [
      createRedactingProcessor(parts.redactor),
      ...extra,
      parts.recentTraces,
      ...(sink === null ? [] : [createExport(sink, config, parts)]),
    ],
  });
}

function createSink(options: TelemetryOptions, config: TelemetryConfig): SpanSink | null {
  if (config.disabled) return null;
  if (options.exporter !== undefined) return toSpanSink(options.exporter);
  switch (config.traces.exporter) {
    case 'none':
      return null;
    case 'console':
      return createConsoleSpanSink(options.log?.write ?? writeToConsole);
    case 'otlp':
      return createOtlpSpanSink(config.traces.otlp, userAgent(options));
    default:
      return config.traces.exporter satisfies never;
  }
}

function createExport(sink: SpanSink, config: TelemetryConfig, parts: Parts): SpanProcessor {
  const { accounts, logger } = parts;
  const observer = createObserver(logger);
  const { exportTimeoutMs, maxQueueCount } = config.spanBatch;
  const courier = new BatchCourier(sink, accounts, exportTimeoutMs, observer);
  const batching = createBatchProcessor(courier, config.spanBatch);
  return new CountingSpanProcessor(batching, accounts, maxQueueCount, observer);
}

function createObserver(logger: FlushableLogger): ExportObserver {
  return {
    lossBegan: (reason) => logger.warn('spans are being lost', { reason }),
    lossEnded: (count) => logger.warn('spans are no longer lost', { 'spans.lost_count': count }),
    backendFailed: (message) => logger.warn('spans could not be exported', { reason: message }),
    backendRecovered: () => logger.info('spans are exported again'),
  };
}

function assemble(
  options: TelemetryOptions,
  config: TelemetryConfig,
  parts: Parts,
  tracing: Tracing | null,
): Telemetry {
  const { accounts, clock, logger, propagator, recentTraces, redactor } = parts;
  const version = options.serviceVersion ?? '';
  const limitMs = config.spanBatch.exportTimeoutMs;
  const flush = async () => {
    await bounded(tracing?.forceFlush(), limitMs, clock);
    logger.flushRepeats();
  };
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    await bounded(tracing?.shutdown(), limitMs, clock);
    accounts.abandon('shutdown', 'the process stopped before these spans left');
    logger.flushRepeats();
  };
  return {
    tracer: toTracer(tracing, version),
    logger,
    propagator,
    recentTraces,
    activeContext: () => context.active(),
    flush,
    shutdown: () => {
      stopping ??= stop();
      return stopping;
    },
    health: () => toHealth(options, config, accounts, redactor),
  };
}

function toTracer(tracing: Tracing | null, version: string): Tracer {
  return tracing?.getTracer(SCOPE_NAME, version) ?? createNoopTracer(SCOPE_NAME, version);
}

function toHealth(
  options: TelemetryOptions,
  config: TelemetryConfig,
  accounts: SpanAccounts,
  redactor: Redactor,
): TelemetryHealth {
  const { isReachable, lastError, ...counts } = accounts.snapshot();
  const exporter = config.disabled
    ? 'none'
    : options.exporter === undefined
      ? config.traces.exporter
      : 'otlp';
  const known = isReachable === null ? 'unknown' : isReachable ? 'reachable' : 'unreachable';
  return {
    ...counts,
    exporter,
    state: exporter === 'none' ? 'off' : known,
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

function userAgent(options: TelemetryOptions): string {
  return `spreadscope/${options.serviceVersion ?? '0'}`;
}

/** Settles when `work` does or the time is over, whichever is first; never rejects. */
async function bounded(
  work: Promise<void> | undefined,
  limitMs: number,
  clock: Clock,
): Promise<void> {
  if (work === undefined) return;
  const timer = new AbortController();
  const timeOut = clock.sleep(limitMs, timer.signal).catch(() => {});
  await Promise.race([work.catch(() => {}), timeOut]);
  timer.abort();
}
