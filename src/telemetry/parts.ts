/** What a composition may have or leave out: each part is code that not every program needs in its bundle. */

import type { Clock } from '../domain/clock.ts';
import type { TemporalityPreference } from './config-signals.ts';
import type { OtlpCodec } from './export/codec.ts';
import type { FetchFunction } from './export/post.ts';
import type { ConsoleMetricExporterOptions } from './metrics/console-metric-exporter.ts';
import type { MetricExporter } from './metrics/metric-exporter.ts';
import type { TemporalityView } from './metrics/temporality.ts';
import type { EventLoopMonitor } from './sampling/event-loop.ts';
import type { Governor } from './sampling/governor.ts';
import type { SignalOptions } from './signal-options.ts';
import type { SpanExport } from './span-export.ts';
import type { createTlsFetch } from './tls-fetch.ts';

export interface TelemetryParts {
  /** `OTEL_EXPORTER_OTLP_PROTOCOL=http/json`; null: protobuf goes out, and a warning says so. */
  readonly jsonCodec: OtlpCodec | null;
  /** Carries ended spans away; gives null when nothing is to be exported. */
  readonly createSpanExport: (options: SignalOptions) => SpanExport | null;
  /**
   * Measures, beside the program's work, what spans cost on this machine, and tells the governor; null: its own costs
   * stay. @returns what ends it.
   */
  readonly calibrate: ((options: SignalOptions, governor: Governor | null) => () => void) | null;
  /** `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`; null: cumulative, and a warning when another is asked for. */
  readonly createTemporalityView: ((preference: TemporalityPreference) => TemporalityView) | null;
  /** What costs less than `fetch` where this runs, looked for once; null, or giving null: `fetch`. */
  readonly findFetch: (() => FetchFunction | null) | null;
  /** `OTEL_METRICS_EXPORTER=console`; null: the console is no exporter here, of spans neither, and a warning says so. */
  readonly createConsoleMetrics: ((options: ConsoleMetricExporterOptions) => MetricExporter) | null;
  /** Certificates of OTLP destinations; absent: they are ignored, and a warning says so. */
  readonly createTlsFetch?: typeof createTlsFetch;
  /** `watchEventLoop`; absent: nobody watches. */
  readonly createEventLoopMonitor?: (clock: Clock) => EventLoopMonitor;
}
