/** Where each signal goes: exporters and OTLP destinations ("OTLP Exporter Configuration" of the specification). */

import type { ConfigReader } from './config-reader.ts';
import {
  COMPRESSIONS,
  EXEMPLAR_FILTERS,
  EXPORTERS,
  HISTOGRAM_AGGREGATIONS,
  PROTOCOLS,
  SIGNALS,
  type Signal,
  TEMPORALITIES,
} from './variable-rows.ts';

export type ExporterName = (typeof EXPORTERS)[number];

/** One OTLP/HTTP destination. */
export interface OtlpEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Most time for one export, retries included. */
  readonly timeoutMs: number;
  readonly compression: (typeof COMPRESSIONS)[number];
  readonly protocol: (typeof PROTOCOLS)[number];
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
export type TemporalityPreference = (typeof TEMPORALITIES)[number];

export interface MetricsConfig extends SignalConfig {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly exemplarFilter: (typeof EXEMPLAR_FILTERS)[number];
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
  const base = readGenericOtlp(read);
  const [traces, metrics, logs] = SIGNALS.map((signal) => readSignal(read, signal, base));
  if (traces === undefined || metrics === undefined || logs === undefined) {
    throw new Error('BUG: a signal is missing');
  }
  return {
    traces,
    metrics: {
      ...metrics,
      intervalMs: read.number('OTEL_METRIC_EXPORT_INTERVAL') ?? 60_000,
      timeoutMs: read.number('OTEL_METRIC_EXPORT_TIMEOUT') ?? 30_000,
      exemplarFilter:
        read.choice('OTEL_METRICS_EXEMPLAR_FILTER', EXEMPLAR_FILTERS) ?? 'trace_based',
      temporality: readTemporality(read),
    },
    logs,
  };
}

/** Histograms have explicit buckets; a wish for others is a warning. */
function readTemporality(read: ConfigReader): TemporalityPreference {
  const head = 'OTEL_EXPORTER_OTLP_METRICS';
  read.choice(`${head}_DEFAULT_HISTOGRAM_AGGREGATION`, HISTOGRAM_AGGREGATIONS);
  return read.choice(`${head}_TEMPORALITY_PREFERENCE`, TEMPORALITIES) ?? 'cumulative';
}

interface GenericOtlp extends Omit<OtlpEndpoint, 'url'> {
  /** Null when unset. */
  readonly url: URL | null;
}

function readGenericOtlp(read: ConfigReader): GenericOtlp {
  return {
    url: read.url('OTEL_EXPORTER_OTLP_ENDPOINT'),
    headers: read.pairs('OTEL_EXPORTER_OTLP_HEADERS') ?? {},
    timeoutMs: read.number('OTEL_EXPORTER_OTLP_TIMEOUT') ?? 10_000,
    compression: read.choice('OTEL_EXPORTER_OTLP_COMPRESSION', COMPRESSIONS) ?? 'none',
    protocol: read.choice('OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOLS) ?? 'http/protobuf',
    tls: readTls(read, (suffix) => `OTEL_EXPORTER_OTLP_${suffix}`),
  };
}

function readSignal(read: ConfigReader, signal: Signal, base: GenericOtlp): SignalConfig {
  const name = (suffix: string) => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${suffix}`;
  const ownUrl = read.url(name('ENDPOINT'));
  const hasEndpoint = ownUrl !== null || base.url !== null;
  const exporter = read.choice(`OTEL_${signal.toUpperCase()}_EXPORTER`, EXPORTERS);
  return {
    exporter: exporter ?? (hasEndpoint ? 'otlp' : 'none'),
    otlp: {
      url: (ownUrl ?? appendPath(base.url ?? new URL(DEFAULT_ENDPOINT), `v1/${signal}`)).href,
      headers: read.pairs(name('HEADERS')) ?? base.headers,
      timeoutMs: read.number(name('TIMEOUT')) ?? base.timeoutMs,
      compression: read.choice(name('COMPRESSION'), COMPRESSIONS) ?? base.compression,
      protocol: read.choice(name('PROTOCOL'), PROTOCOLS) ?? base.protocol,
      tls: mergeTls(readTls(read, name), base.tls),
    },
  };
}

/** The generic endpoint is a base: the signal's path is appended to its own ("OTLP Exporter Configuration"). */
function appendPath(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}

function readTls(read: ConfigReader, name: (suffix: string) => string): TlsFiles | null {
  const certificate = read.text(name('CERTIFICATE'));
  const clientCertificate = read.text(name('CLIENT_CERTIFICATE'));
  const clientKey = read.text(name('CLIENT_KEY'));
  const isSet = certificate !== null || clientCertificate !== null || clientKey !== null;
  return isSet ? { certificate, clientCertificate, clientKey } : null;
}

/** File by file, what a signal says wins. */
function mergeTls(own: TlsFiles | null, base: TlsFiles | null): TlsFiles | null {
  if (own === null || base === null) return own ?? base;
  return {
    certificate: own.certificate ?? base.certificate,
    clientCertificate: own.clientCertificate ?? base.clientCertificate,
    clientKey: own.clientKey ?? base.clientKey,
  };
}
