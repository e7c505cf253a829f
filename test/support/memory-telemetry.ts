/** Telemetry that keeps finished spans and log lines in memory, on the official SDK. */

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type {
  LogLevel,
  RecentTraces,
  Telemetry,
  TelemetryHealth,
  TraceSummary,
} from '../../src/telemetry/telemetry.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly error: unknown;
}

export interface MemoryTelemetry extends Telemetry {
  readonly spans: () => readonly ReadableSpan[];
  readonly logs: readonly LogLine[];
  health(): TelemetryHealth;
}

export function createMemoryTelemetry(): MemoryTelemetry {
  context.setGlobalContextManager(createContextManager());
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const logs: LogLine[] = [];
  const log = (level: LogLevel, message: string, _attributes?: Attributes, error?: unknown) => {
    logs.push({ level, message, error });
  };
  return {
    tracer: provider.getTracer('test'),
    logger: {
      log,
      debug: (message) => log('debug', message),
      info: (message) => log('info', message),
      warn: (message, attributes, error) => log('warn', message, attributes, error),
      error: (message, attributes, error) => log('error', message, attributes, error),
    },
    propagator: new W3CTraceContextPropagator(),
    recentTraces: toRecentTraces(() => exporter.getFinishedSpans()),
    activeContext: () => context.active(),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    health: () => toHealth(exporter.getFinishedSpans().length),
    spans: () => exporter.getFinishedSpans(),
    logs,
  };
}

function toHealth(startedCount: number): TelemetryHealth {
  return {
    exporter: 'none',
    state: 'off',
    startedCount,
    exportedCount: 0,
    rejectedCount: 0,
    droppedCounts: { not_exported: startedCount },
    queuedCount: 0,
    queueCapacity: 0,
    lastError: null,
  };
}

function toRecentTraces(spans: () => readonly ReadableSpan[]): RecentTraces {
  const list = () => [...groupByTrace(spans())].map(toSummary).reverse();
  return {
    list: (limit) => list().slice(0, limit),
    get: (traceId) => list().find((summary) => summary.traceId === traceId) ?? null,
  };
}

function groupByTrace(spans: readonly ReadableSpan[]): Map<string, ReadableSpan[]> {
  const traces = new Map<string, ReadableSpan[]>();
  for (const span of spans) {
    const { traceId } = span.spanContext();
    traces.set(traceId, [...(traces.get(traceId) ?? []), span]);
  }
  return traces;
}

function toSummary([traceId, spans]: readonly [string, ReadableSpan[]]): TraceSummary {
  const root = spans.find((span) => span.parentSpanContext === undefined) ?? spans[0];
  if (root === undefined) throw new Error('BUG: a trace without spans');
  return {
    traceId,
    rootName: root.name,
    startedAtMs: toMs(root.startTime),
    durationMs: toMs(root.duration),
    hasError: spans.some((span) => span.status.code === 2),
    spans,
  };
}

function toMs([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, thisArg, ...args) => storage.run(active, () => fn.call(thisArg, ...args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
