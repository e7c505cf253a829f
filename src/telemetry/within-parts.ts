/** What was asked for and is not part of this program: replaced by what is, with a warning that names the variable. */

import type { TelemetryConfig } from './config.ts';
import type { SignalConfig } from './config-signals.ts';
import type { TelemetryParts } from './parts.ts';
import { SIGNALS } from './variable-rows.ts';

const TLS_VARIABLES = 'OTEL_EXPORTER_OTLP_CERTIFICATE, CLIENT_CERTIFICATE and CLIENT_KEY';

export interface WithinParts {
  readonly config: TelemetryConfig;
  /** Those of the configuration, and then ours. */
  readonly warnings: string[];
}

export function withinParts(
  config: TelemetryConfig,
  parts: TelemetryParts,
  hasSdk: boolean,
): WithinParts {
  const missing: string[] = [];
  if (config.tracer === 'sdk' && !hasSdk) missing.push('TELEMETRY_TRACER=sdk');
  const [traces, metrics, logs] = SIGNALS.map((signal) => {
    const given: SignalConfig = config[signal];
    const isWithout = (part: unknown, what: string, isAsked: boolean) => {
      const isMissing = isAsked && part === null;
      if (isMissing) missing.push(`${what} for ${signal}`);
      return isMissing;
    };
    const hasFiles = given.exporter === 'otlp' && given.otlp.tls !== null;
    isWithout(parts.createTlsFetch ?? null, TLS_VARIABLES, hasFiles);
    const isJson = given.exporter === 'otlp' && given.otlp.protocol === 'http/json';
    const isConsole = given.exporter === 'console' && signal !== 'logs';
    if (isWithout(parts.createConsoleMetrics, 'the console exporter', isConsole)) {
      return { ...given, exporter: 'none' as const };
    }
    if (!isWithout(parts.jsonCodec, 'http/json', isJson)) return given;
    return { ...given, otlp: { ...given.otlp, protocol: 'http/protobuf' as const } };
  });
  if (config.metrics.temporality !== 'cumulative' && parts.createTemporalityView === null) {
    missing.push(`OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=${config.metrics.temporality}`);
  }
  const warnings = missing.map((what) => `${what} is ignored: this program was built without it`);
  return {
    config: {
      ...config,
      traces: traces ?? config.traces,
      metrics: { ...config.metrics, ...metrics },
      logs: logs ?? config.logs,
    },
    warnings: [...config.warnings, ...warnings],
  };
}
