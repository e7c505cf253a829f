/** What was asked for and is not part of this program: replaced by what is, with a warning that names the variable. */

import type { TelemetryConfig } from './config.ts';
import type { SignalConfig } from './config-signals.ts';
import type { TelemetryParts } from './parts.ts';
import type { Signal } from './variable-rows.ts';

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
  const warnings = [...config.warnings];
  const isWithout = (part: unknown, what: string, isAsked: boolean) => {
    const isMissing = isAsked && !part;
    if (isMissing) warnings.push(`${what} is ignored: this program was built without it`);
    return isMissing;
  };
  const within = <Given extends SignalConfig>(signal: Signal, given: Given): Given => {
    const { exporter, otlp } = given;
    const isOtlp = exporter === 'otlp';
    const isConsole = exporter === 'console' && signal !== 'logs';
    const isJson = isOtlp && otlp.protocol === 'http/json';
    isWithout(parts.createTlsFetch, `${TLS_VARIABLES} for ${signal}`, isOtlp && otlp.tls !== null);
    if (isWithout(parts.createConsoleMetrics, `the console exporter for ${signal}`, isConsole)) {
      return { ...given, exporter: 'none' };
    }
    if (!isWithout(parts.jsonCodec, `http/json for ${signal}`, isJson)) return given;
    return { ...given, otlp: { ...otlp, protocol: 'http/protobuf' } };
  };
  isWithout(hasSdk, 'TELEMETRY_TRACER=sdk', config.tracer === 'sdk');
  const traces = within('traces', config.traces);
  const metrics = within('metrics', config.metrics);
  const logs = within('logs', config.logs);
  const { temporality } = metrics;
  const preference = `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=${temporality}`;
  isWithout(parts.createTemporalityView, preference, temporality !== 'cumulative');
  return { config: { ...config, traces, metrics, logs }, warnings };
}
