/** Where each signal goes: exporters and OTLP destinations ("OTLP Exporter Configuration" of the specification). */

import type { ConfigReader, ValuesOf } from './config-reader.ts';
import {
  exporterRow,
  METRIC_ROWS,
  OTLP_ROWS,
  otlpSignalRows,
  SIGNALS,
  type Signal,
} from './variable-rows.ts';

export type ExporterName = 'otlp' | 'console' | 'none';

/** One OTLP/HTTP destination. */
export interface OtlpEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Most time for one export, retries included. */
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Null: what the runtime trusts, and no certificate of our own. */
  readonly tls: TlsFiles | null;
}

/** Paths of PEM files; null: not given. */
export interface TlsFiles {
  /** What is trusted instead of what the runtime trusts. */
  readonly certificate: string | null;
  readonly clientCertificate: string | null;
  readonly clientKey: string | null;
}

export interface SignalConfig {
  readonly exporter: ExporterName;
  readonly otlp: OtlpEndpoint;
}

/** `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory';

export interface MetricsConfig extends SignalConfig {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly exemplarFilter: 'trace_based' | 'always_on' | 'always_off';
  readonly temporality: TemporalityPreference;
}

export interface SignalConfigs {
  readonly traces: SignalConfig;
  readonly metrics: MetricsConfig;
  readonly logs: SignalConfig;
}

/** OTLP/HTTP's port on this machine (opentelemetry-proto, docs/specification.md). */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

export function readSignals(read: ConfigReader): SignalConfigs {
  const base = read.all(OTLP_ROWS);
  const [traces, metrics, logs] = SIGNALS.map((signal) => readSignal(read, signal, base));
  if (traces === undefined || metrics === undefined || logs === undefined) {
    throw new Error('BUG: a signal is missing');
  }
  // Histograms have explicit buckets; a wish for others is a warning.
  const { aggregation: _, ...ofMetrics } = read.all(METRIC_ROWS);
  return { traces, metrics: { ...metrics, ...ofMetrics }, logs };
}

type GenericOtlp = ValuesOf<typeof OTLP_ROWS>;

/** Setting by setting, and file by file, what a signal says wins. */
function readSignal(read: ConfigReader, signal: Signal, base: GenericOtlp): SignalConfig {
  const own = Object.entries(read.all(otlpSignalRows(signal))).filter(
    ([, value]) => value !== null,
  );
  const given: Partial<GenericOtlp> = Object.fromEntries(own);
  const { url, headers, certificate, clientCertificate, clientKey, ...settings } = {
    ...base,
    ...given,
  };
  const address = given.url ?? appendPath(url ?? new URL(DEFAULT_ENDPOINT), `v1/${signal}`);
  const hasFiles = certificate !== null || clientCertificate !== null || clientKey !== null;
  return {
    exporter: read.one(exporterRow(signal)) ?? (url === null ? 'none' : 'otlp'),
    otlp: {
      ...settings,
      url: address.href,
      headers: headers ?? {},
      tls: hasFiles ? { certificate, clientCertificate, clientKey } : null,
    },
  };
}

/** The generic endpoint is a base: the signal's path is appended to its own ("OTLP Exporter Configuration"). */
function appendPath(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}
