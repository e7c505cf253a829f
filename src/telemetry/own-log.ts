/** What the telemetry layer says about itself: `OTEL_LOG_LEVEL` decides how much of it reaches the logs. */

import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { TelemetryConfig } from './config.ts';
import type { Logger, LogLevel } from './telemetry.ts';

const DIAG_LEVELS: Readonly<Record<TelemetryConfig['logLevel'], DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

const SEVERITY: Readonly<Record<LogLevel, DiagLogLevel>> = {
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
};

/** `logger` for the layer's own messages, quieter by `level`. */
export function createOwnLogger(logger: Logger, level: TelemetryConfig['logLevel']): Logger {
  const log: Logger['log'] = (severity, message, attributes, error) => {
    if (SEVERITY[severity] <= DIAG_LEVELS[level]) logger.log(severity, message, attributes, error);
  };
  return {
    log,
    debug: (message, attributes) => log('debug', message, attributes),
    info: (message, attributes) => log('info', message, attributes),
    warn: (message, attributes, error) => log('warn', message, attributes, error),
    error: (message, attributes, error) => log('error', message, attributes, error),
  };
}

/**
 * Sends what the API, the SDK and the lean tracer report to `diag` to `logger`. `diag` is one per process: with two
 * layers the newer one hears it.
 */
export function listenToDiag(logger: Logger, level: TelemetryConfig['logLevel']): void {
  const listener: DiagLogger = {
    error: (message, ...details) => logger.error(toText(message, details)),
    warn: (message, ...details) => logger.warn(toText(message, details)),
    info: (message, ...details) => logger.info(toText(message, details)),
    debug: (message, ...details) => logger.debug(toText(message, details)),
    verbose: (message, ...details) => logger.debug(toText(message, details)),
  };
  diag.setLogger(listener, { logLevel: DIAG_LEVELS[level], suppressOverrideMessage: true });
}

function toText(message: string, details: readonly unknown[]): string {
  const texts = details.map((detail) =>
    detail instanceof Error ? `${detail.name}: ${detail.message}` : String(detail),
  );
  return ['OpenTelemetry:', message, ...texts].join(' ');
}
