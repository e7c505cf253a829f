/**
 * Composition of the telemetry layer out of given parts. Nothing here throws into the program, blocks it or grows
 * without bound; without anything to record for, spans are no-ops.
 */

import { context } from '@opentelemetry/api';
import { systemClock } from '../domain/clock.ts';
import { bounded } from './bounded.ts';
import { parseTelemetryConfig, type TelemetryConfig } from './config.ts';
import { ensureContextManager } from './context-manager.ts';
import type { LogExporter } from './log-exporter.ts';
import { createLineSink, writeToConsole } from './log-lines.ts';
import { createLogger, type FlushableLogger } from './logs.ts';
import { logLoss } from './loss-messages.ts';
import { createMeasuredTracer } from './measured-tracer.ts';
import { createCallMetrics } from './metrics/client-metrics.ts';
import {
  PROMETHEUS_CONTENT_TYPES,
  toPrometheusFormat,
  toPrometheusText,
} from './metrics/prometheus.ts';
import { registerSamplingMetrics } from './metrics/sampling-metrics.ts';
import { registerSdkMetrics } from './metrics/sdk-metrics.ts';
import { NO_ACCOUNTS } from './no-accounts.ts';
import { createOwnLogger, listenToDiag } from './own-log.ts';
import type { TelemetryParts } from './parts.ts';
import { createPropagatingFetch } from './propagate/propagating-fetch.ts';
import { createPropagator } from './propagate/propagator.ts';
import { createRecentTraces } from './recent-traces.ts';
import { createRedactor, NO_REDACTION } from './redact.ts';
import { toResourceAttributes } from './resource.ts';
import { createNoopTracer } from './sdk.ts';
import type { SignalOptions } from './signal-options.ts';
import {
  createLogExport,
  createMetrics,
  createTracing,
  type MetricParts,
  NO_TRACING,
  type TracingParts,
} from './signals.ts';
import type { ToFetch } from './span-sink.ts';
import type { Telemetry, TelemetryHealth } from './telemetry.ts';
import type { TelemetryOptions } from './telemetry-options.ts';
import { withinParts } from './within-parts.ts';

/** Name of the tracer and the meter that the layer hands out. */
const SCOPE_NAME = 'spreadscope';

/** Never throws: a fault in the set-up is logged, and that signal stays off. */
export function composeTelemetry(options: TelemetryOptions, parts: TelemetryParts): Telemetry {
  const asked = options.config ?? parseTelemetryConfig(options.env ?? {});
  const { config, warnings } = withinParts(asked, parts, options.createSdkTracing !== undefined);
  const { signals, logger, logExport } = createLogging(options, config, parts, warnings);
  const own = createOwnLogger(logger, config.logLevel);
  const safely = <Part>(signal: string, create: () => Part, off: () => Part): Part => {
    try {
      return create();
    } catch (error) {
      own.error(`${signal} could not be set up and are off`, {}, error);
      return off();
    }
  };
  const registerGlobals = () => {
    ensureContextManager();
    listenToDiag(logger, config.logLevel);
  };
  safely('contexts', registerGlobals, () => {});
  const tracing = safely(
    'traces',
    () => createTracing(signals, parts),
    () => NO_TRACING,
  );
  const metrics = safely(
    'metrics',
    () => createMetrics(signals, parts),
    () => createMetrics({ ...signals, config: { ...config, disabled: true } }, parts),
  );
  for (const warning of warnings) own.warn(warning);
  return assemble(options, { signals, logger, logExport, tracing, metrics });
}

interface Parts {
  readonly signals: SignalOptions;
  readonly logger: FlushableLogger;
  readonly logExport: LogExporter | null;
  readonly tracing: TracingParts;
  readonly metrics: MetricParts;
}

function createLogging(
  options: TelemetryOptions,
  config: TelemetryConfig,
  parts: TelemetryParts,
  warnings: string[],
): Pick<Parts, 'signals' | 'logger' | 'logExport'> {
  const { level = 'info', format = 'json', write = writeToConsole, sinks = [] } = options.log ?? {};
  const clock = options.clock ?? systemClock;
  const redactor = config.redact ? createRedactor(options.redaction) : NO_REDACTION;
  const version = options.serviceVersion ?? '0';
  const signals: SignalOptions = {
    jsonCodec: parts.jsonCodec,
    config,
    clock,
    redactor,
    recentTraces: createRecentTraces({ maxTracesCount: config.recentTracesCount }),
    resource: toResourceAttributes(options, config),
    product: `Spreadscope/${version}`,
    report: (report) => logLoss(createOwnLogger(logger, config.logLevel), report),
    writeLine: (line) => write(line, 'info'),
    toFetch: createToFetch(options, parts, warnings),
    exporter: options.exporter ?? null,
    otlpModule: options.otlpModule ?? null,
    createSdkTracing: config.tracer === 'sdk' ? (options.createSdkTracing ?? null) : null,
    eventLoop:
      (options.watchEventLoop === true ? parts.createEventLoopMonitor?.(clock) : null) ?? null,
    sampler: options.sampler ?? null,
    processors: options.processors ?? [],
  };
  const logExport = createLogExportSafely(signals);
  const all = [createLineSink(format, write), ...sinks, ...(logExport === null ? [] : [logExport])];
  const logger = createLogger({ level, clock, redactor, sinks: all });
  return { signals, logger, logExport };
}

/** @param warnings - what is found out when a destination is made is added. */
function createToFetch(
  { loadTlsFetch }: TelemetryOptions,
  { createTlsFetch, findFetch }: TelemetryParts,
  warnings: string[],
): ToFetch {
  const plain = findFetch?.() ?? null;
  const warn = (warning: string) => void warnings.push(warning);
  return createTlsFetch?.(loadTlsFetch ?? null, warn, plain) ?? (() => plain);
}

/** The configuration admits only http and https URLs, so this fails only when a runtime lacks what it needs. */
function createLogExportSafely(signals: SignalOptions): LogExporter | null {
  try {
    return createLogExport(signals);
  } catch {
    return null;
  }
}

function assemble(options: TelemetryOptions, parts: Parts): Telemetry {
  const { signals, logger, logExport, metrics, tracing } = parts;
  const { clock, config, recentTraces, resource } = signals;
  const version = options.serviceVersion ?? '';
  const meter = metrics.provider.getMeter(SCOPE_NAME, version);
  const tracer =
    tracing.tracing?.getTracer(SCOPE_NAME, version) ?? createNoopTracer(SCOPE_NAME, version);
  metrics.onFirstCollect(() => {
    if (tracing.sampling !== null) registerSamplingMetrics(meter, tracing.sampling);
    registerSdkMetrics(meter, {
      spans: () => tracing.spanExport?.accounts() ?? null,
      logs: () => logExport?.accounts() ?? null,
      dataPoints: () => metrics.exporter?.accounts() ?? null,
      spanQueueCapacity: config.spanBatch.maxQueueCount,
    });
  });
  metrics.exporter?.start();
  const all = (work: readonly (Promise<void> | undefined)[]) =>
    bounded(Promise.all(work), config.spanBatch.exportTimeoutMs, clock);
  const propagator = options.propagator ?? createPropagator({ names: config.propagators });
  const outbound = createPropagatingFetch({
    propagator,
    policy: config.outbound,
    fetch: (input, init) => fetch(input, init),
  });
  let stopping: Promise<void> | null = null;
  return {
    isDisabled: config.disabled,
    tracer: config.disabled
      ? tracer
      : createMeasuredTracer(tracer, createCallMetrics(meter), clock),
    meter,
    logger,
    propagator,
    recentTraces,
    activeContext: () => context.active(),
    fetch: (input, init) => outbound(context.active(), input, init),
    exportOnFlushOnly: () => {
      tracing.spanExport?.hold();
      logExport?.hold();
    },
    flush: () => {
      logger.flushRepeats();
      return all([tracing.tracing?.forceFlush(), metrics.exporter?.flush(), logExport?.flush()]);
    },
    shutdown: () => {
      stopping ??= shutDown(parts, all);
      return stopping;
    },
    health: () => toHealth(parts),
    prometheus: (accept) => {
      const format = toPrometheusFormat(accept);
      const body = toPrometheusText(resource, metrics.collect(), format);
      return { contentType: PROMETHEUS_CONTENT_TYPES[format], body };
    },
  };
}

/** Logs go last: the other signals may have something to say when they end. */
async function shutDown(
  { signals, tracing, metrics, logger, logExport }: Parts,
  all: (work: readonly (Promise<void> | undefined)[]) => Promise<void>,
): Promise<void> {
  signals.eventLoop?.close();
  tracing.close();
  await all([tracing.tracing?.shutdown(), metrics.exporter?.shutdown()]);
  logger.flushRepeats();
  await all([logExport?.shutdown()]);
}

function toHealth({ signals, tracing, metrics, logExport }: Parts): TelemetryHealth {
  const { config, exporter, redactor } = signals;
  const { spanExport, sampling } = tracing;
  const { state, lastError } = spanExport?.health() ?? { state: 'off' as const, lastError: null };
  const kind = exporter === null ? config.traces.exporter : 'otlp';
  return {
    ...(spanExport?.accounts() ?? NO_ACCOUNTS),
    exporter: spanExport === null ? 'none' : kind,
    state,
    queueCapacity: config.spanBatch.maxQueueCount,
    lastError: lastError === null ? null : redactor.text(lastError),
    logs: logExport?.accounts() ?? null,
    metrics: metrics.exporter?.accounts() ?? null,
    sampling: sampling?.stats() ?? null,
  };
}
