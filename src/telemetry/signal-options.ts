/** What all signals are built from. */

import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import type { TelemetryConfig } from './config.ts';
import type { OtlpCodec } from './export/codec.ts';
import type { LossReport } from './export/loss-log.ts';
import type { RecentTracesStore } from './recent-traces.ts';
import type { Redactor } from './redact.ts';
import type { EventLoopMonitor } from './sampling/event-loop.ts';
import type { CreateTracing } from './sdk.ts';
import type { ToFetch } from './span-sink.ts';

export interface SignalOptions {
  /** Null: everything goes out in protobuf. */
  readonly jsonCodec: OtlpCodec | null;
  readonly config: TelemetryConfig;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly recentTraces: RecentTracesStore;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Product token of the User-Agent. */
  readonly product: string;
  readonly report: (report: LossReport) => void;
  /** Takes the lines of console exporters. */
  readonly writeLine: (line: string) => void;
  readonly toFetch: ToFetch;
  readonly exporter: SpanExporter | null;
  /** `build/otlp.wasm`, for encoding spans when they end; null: they are encoded in batches. */
  readonly otlpModule: WebAssembly.Module | null;
  /** The provider of `TELEMETRY_TRACER=sdk`; null: the lean one. */
  readonly createSdkTracing: CreateTracing | null;
  /** Watches how late the event loop is; null: nobody watches. */
  readonly eventLoop: EventLoopMonitor | null;
  readonly sampler: Sampler | null;
  readonly processors: readonly SpanProcessor[];
}
