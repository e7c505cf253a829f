/**
 * The bare API in the place of the layer: no-op spans and metrics, lines on the console. What the Worker's bundle has with
 * the layer and not with this is what the layer weighs.
 */

import { context, metrics, propagation, trace } from '@opentelemetry/api';
import type { Telemetry, TelemetryHealth } from '../../src/telemetry/telemetry.ts';

const HEALTH: TelemetryHealth = {
  exporter: 'none',
  state: 'off',
  startedCount: 0,
  exportedCount: 0,
  rejectedCount: 0,
  droppedCounts: {},
  queuedCount: 0,
  queueCapacity: 0,
  lastError: null,
  logs: null,
  metrics: null,
  sampling: null,
};

export function createEdgeTelemetry(): Telemetry {
  const log: Telemetry['logger']['log'] = (level, message, attributes) =>
    process.stdout.write(JSON.stringify({ level, message, ...attributes }));
  return {
    isDisabled: false,
    tracer: trace.getTracer('spreadscope'),
    meter: metrics.getMeter('spreadscope'),
    logger: {
      log,
      debug: (message, attributes) => log('debug', message, attributes),
      info: (message, attributes) => log('info', message, attributes),
      warn: (message, attributes) => log('warn', message, attributes),
      error: (message, attributes) => log('error', message, attributes),
    },
    propagator: { inject: () => {}, extract: (given) => given, fields: () => propagation.fields() },
    recentTraces: { list: () => [], get: () => null },
    activeContext: () => context.active(),
    fetch: (input, init) => fetch(input, init),
    exportOnFlushOnly: () => {},
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    health: () => HEALTH,
    prometheus: () => ({ contentType: 'text/plain', body: '' }),
  };
}

export function traceFetch<Handler>(_telemetry: unknown, handler: Handler): Handler {
  return handler;
}

export function setRoute(): void {}

export function spanOf(): null {
  return null;
}
