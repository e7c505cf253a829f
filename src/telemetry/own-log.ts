/** What the telemetry layer says about itself: `OTEL_LOG_LEVEL` decides how much of it reaches the logs. */

import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { TelemetryConfig } from './config.ts';
import { withLevels } from './logs.ts';
import type { Logger } from './telemetry.ts';

type OwnLevel = TelemetryConfig['logLevel'];

/** `logger` for the layer's own messages, quieter by `level`. */
export function createOwnLogger(logger: Logger, level: OwnLevel): Logger {
  return withLevels((severity, message, attributes, error) => {
    const isLoud = toDiagLevel(severity) <= toDiagLevel(level);
    if (isLoud) logger.log(severity, message, attributes, error);
  });
}

/**
 * Sends what the API, the SDK and the lean tracer report to `diag` to `logger`. `diag` is one per process: with two
 * layers the newer one hears it.
 */
export function listenToDiag(logger: Logger, level: OwnLevel): void {
  const listener: DiagLogger = {
    error: (message, ...details) => logger.error(toText(message, details)),
    warn: (message, ...details) => logger.warn(toText(message, details)),
    info: (message, ...details) => logger.info(toText(message, details)),
    debug: (message, ...details) => logger.debug(toText(message, details)),
    verbose: (message, ...details) => logger.debug(toText(message, details)),
  };
  diag.setLogger(listener, { logLevel: toDiagLevel(level), suppressOverrideMessage: true });
}

/** The API's levels have the names of `OTEL_LOG_LEVEL`, in capitals. */
function toDiagLevel(level: OwnLevel): DiagLogLevel {
  return DiagLogLevel[level.toUpperCase() as Uppercase<OwnLevel>];
}

function toText(message: string, details: readonly unknown[]): string {
  const texts = details.map((detail) =>
    detail instanceof Error ? `${detail.name}: ${detail.message}` : String(detail),
  );
  return ['OpenTelemetry:', message, ...texts].join(' ');
}
