/** The contract of the telemetry layer: what the rest of the program, or a service of yours, gets from it. */

import type { Attributes, Context, Meter, TextMapPropagator, Tracer } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SamplingStats } from './sampling/sampler.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured logs; the active span's ids are added. Never throws. */
export interface Logger {
  log(level: LogLevel, message: string, attributes?: Attributes, error?: unknown): void;
  debug(message: string, attributes?: Attributes): void;
  info(message: string, attributes?: Attributes): void;
  warn(message: string, attributes?: Attributes, error?: unknown): void;
  error(message: string, attributes?: Attributes, error?: unknown): void;
}

/** The books of one signal's exporter. `startedCount` = exported + rejected + dropped + queued, always. */
export interface SignalAccounts {
  readonly startedCount: number;
  readonly exportedCount: number;
  readonly rejectedCount: number;
  readonly droppedCounts: Readonly<Record<string, number>>;
  readonly queuedCount: number;
}

/** Where spans went. `startedCount` = exported + rejected + dropped + queued, always. */
export interface TelemetryHealth {
  readonly exporter: 'none' | 'console' | 'otlp';
  /** `unknown` until the first export ended; `off` when nothing is exported. */
  readonly state: 'off' | 'unknown' | 'reachable' | 'unreachable';
  /** Recorded spans that were started and ended. */
  readonly startedCount: number;
  readonly exportedCount: number;
  /** Refused by the backend (status or partial success). */
  readonly rejectedCount: number;
  /** Lost, by reason: `queue_full`, `timeout`, `network`, `shutdown`, … */
  readonly droppedCounts: Readonly<Record<string, number>>;
  readonly queuedCount: number;
  readonly queueCapacity: number;
  /** Why the last export failed, without secrets; null after a success. */
  readonly lastError: string | null;
  /** Log records; null when they are not exported. */
  readonly logs: SignalAccounts | null;
  /** Data points; null when metrics are not exported. */
  readonly metrics: SignalAccounts | null;
  /** What the sampler decided, and the budget used; null when nothing is recorded or the service samples by itself. */
  readonly sampling: SamplingStats | null;
}

/** One finished trace kept in memory for those without a backend. */
export interface TraceSummary {
  readonly traceId: string;
  readonly rootName: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly hasError: boolean;
  readonly spans: readonly ReadableSpan[];
}

/** The last traces, newest first; bounded in traces and in spans per trace. */
export interface RecentTraces {
  list(limit: number): readonly TraceSummary[];
  get(traceId: string): TraceSummary | null;
}

/** As much of the layer as server spans need: for services that put it together themselves. */
export type TracedLayer = Pick<Telemetry, 'tracer' | 'meter' | 'propagator' | 'flush'> &
  Partial<Pick<Telemetry, 'isDisabled' | 'health' | 'exportOnFlushOnly'>>;

export interface Telemetry {
  /** `OTEL_SDK_DISABLED`: nothing is recorded or measured; contexts still travel. */
  readonly isDisabled: boolean;
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly propagator: TextMapPropagator;
  readonly recentTraces: RecentTraces;
  /** The context that is active now. */
  activeContext(): Context;
  /** `fetch` that carries the active context to the hosts of `TELEMETRY_PROPAGATE_HOSTS`, and to no others. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * From now on spans and log records leave only with `flush()`: for platforms where work ends with the request that began it.
   * `traceFetch` asks for it where it finds a `waitUntil`, under which it then flushes.
   */
  exportOnFlushOnly(): void;
  /** Exports what is queued, within the export timeout; never throws. */
  flush(): Promise<void>;
  /** Flushes and stops; later spans are not recorded. Never throws. */
  shutdown(): Promise<void>;
  health(): TelemetryHealth;
  /**
   * All metrics as a page for Prometheus.
   *
   * @param accept - the `Accept` header of the scraper; with OpenMetrics come exemplars.
   */
  prometheus(accept: string | null): { readonly contentType: string; readonly body: string };
}
