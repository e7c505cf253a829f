/** What a program may tell the telemetry layer. */

import type { TextMapPropagator } from '@opentelemetry/api';
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import type { TelemetryConfig } from './config.ts';
import type { TelemetryEnvironment } from './config-reader.ts';
import type { TlsFiles } from './config-signals.ts';
import type { FetchFunction } from './export/post.ts';
import type { LineWriter, LogFormat } from './log-lines.ts';
import type { LogSink } from './logs.ts';
import type { RedactionOptions } from './redact.ts';
import type { ServiceIdentity } from './resource.ts';
import type { CreateTracing } from './sdk.ts';
import type { LogLevel } from './telemetry.ts';

export interface TelemetryOptions extends ServiceIdentity {
  /** Where `OTEL_*` and `TELEMETRY_*` are read: process.env, Deno.env.toObject(), Worker bindings. */
  readonly env?: TelemetryEnvironment;
  /** Instead of `env`. */
  readonly config?: TelemetryConfig;
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
  /**
   * Watches how late the event loop is, for the budget of sampling. For servers: it keeps the process alive until
   * `shutdown()`. Default false.
   */
  readonly watchEventLoop?: boolean;
  /** Instead of the exporter of spans that the configuration asks for. */
  readonly exporter?: SpanExporter;
  /**
   * `build/otlp.wasm`: with it, and the lean tracer, spans are encoded when they end and wait as bytes. From
   * `lean/load-file.ts`, or on Workers `lean/load-module.ts`.
   */
  readonly otlpModule?: WebAssembly.Module;
  /** What `TELEMETRY_TRACER=sdk` takes, from `sdk-tracing.ts`; without it the lean tracer records, and says so. */
  readonly createSdkTracing?: CreateTracing;
  /** `loadTlsFetch` of `tls/load-file.ts`, for the certificates of OTLP; without it they are ignored, and a warning says so. */
  readonly loadTlsFetch?: (files: TlsFiles) => FetchFunction;
  /** Instead of the sampler that the configuration asks for. */
  readonly sampler?: Sampler;
  readonly propagator?: TextMapPropagator;
  /** Run after redaction, before export. */
  readonly processors?: readonly SpanProcessor[];
}
