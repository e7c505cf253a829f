/** The modes in which a telemetry layer can be, ours and the official SDK side by side. */

import { INVALID_SPAN_CONTEXT, ProxyTracerProvider, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { ensureContextManager } from '../../src/telemetry/context-manager.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { createRedactor } from '../../src/telemetry/redact.ts';
import { createRedactingProcessor } from '../../src/telemetry/redacting-processor.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import type { VariantRole } from '../bench.ts';

export const MODES = ['noop', 'unsampled', 'sampled', 'sampled+redact', 'sampled+export'] as const;
export type Mode = (typeof MODES)[number];

/** A layer in one mode. */
export interface ModeVariant {
  readonly name: string;
  readonly role: VariantRole;
  readonly tracer: Tracer;
  /** Sends what waits. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** More than a sample records, so that nothing is dropped. */
const QUEUE_SPANS_COUNT = 65_536;
const BATCH_SPANS_COUNT = 512;
/** Longer than the bench: spans leave when a batch is full, and when flushed. */
const DELAY_MS = 600_000;

/** What a composition of our layer takes in every mode. */
export interface OurOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly processors: readonly SpanProcessor[];
}

/** One of our compositions: of a server, or of a Worker. */
export type OurLayer = (options: OurOptions) => Pick<Telemetry, 'tracer' | 'flush' | 'shutdown'>;

/** The one of servers, which encodes spans with the module when they end. */
export function toOurLayer(otlpModule: WebAssembly.Module): OurLayer {
  return (options) => createTelemetry({ serviceName: 'bench', otlpModule, ...options });
}

export function createModeVariants(
  collectorUrl: string,
  createLayer: OurLayer,
): readonly ModeVariant[] {
  ensureContextManager();
  return [
    createNone(),
    ...MODES.flatMap((mode) => [
      createOurs(mode, collectorUrl, createLayer),
      createOfficial(mode, collectorUrl),
    ]),
  ];
}

/** The calls as they stand in the code, to a tracer that hands out one span. */
function createNone(): ModeVariant {
  const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  const tracer: Tracer = {
    startSpan: () => span,
    startActiveSpan: () => {
      throw new Error('BUG: the operations use startSpan');
    },
  };
  return { name: 'none', role: 'floor', tracer, ...NOTHING_TO_SEND };
}

const NOTHING_TO_SEND = {
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

function createOurs(mode: Mode, collectorUrl: string, createLayer: OurLayer): ModeVariant {
  const isExporting = mode === 'sampled+export';
  const telemetry = createLayer({
    processors: isExporting ? [] : [createIdleProcessor()],
    env: {
      ...(mode === 'noop' ? { OTEL_SDK_DISABLED: 'true' } : {}),
      ...(isExporting ? { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collectorUrl}/v1/traces` } : {}),
      OTEL_TRACES_SAMPLER: mode === 'unsampled' ? 'always_off' : 'parentbased_always_on',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE_SPANS_COUNT),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH_SPANS_COUNT),
      OTEL_BSP_SCHEDULE_DELAY: String(DELAY_MS),
      TELEMETRY_BUDGET_RATIO: '1',
      TELEMETRY_RECENT_TRACES: '0',
      TELEMETRY_REDACT: String(mode === 'sampled+redact'),
    },
  });
  const { tracer } = telemetry;
  return {
    name: `ours ${mode}`,
    role: 'ours',
    tracer,
    flush: () => telemetry.flush(),
    shutdown: () => telemetry.shutdown(),
  };
}

/** Redaction is not its own: our processor does it. */
function createOfficial(mode: Mode, collectorUrl: string): ModeVariant {
  const name = `official ${mode}`;
  if (mode === 'noop') {
    const tracer = new ProxyTracerProvider().getTracer('bench');
    return { name, role: 'peer', tracer, ...NOTHING_TO_SEND };
  }
  const sampler: Partial<{ sampler: Sampler }> =
    mode === 'unsampled' ? { sampler: new AlwaysOffSampler() } : {};
  const spanProcessors = [createOfficialProcessor(mode, collectorUrl)];
  const provider = new BasicTracerProvider({ ...sampler, spanProcessors });
  return {
    name,
    role: 'peer',
    tracer: provider.getTracer('bench'),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}

function createOfficialProcessor(mode: Mode, collectorUrl: string): SpanProcessor {
  if (mode === 'sampled+redact') return createRedactingProcessor(createRedactor());
  if (mode !== 'sampled+export') return createIdleProcessor();
  return new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collectorUrl}/v1/traces` }), {
    maxQueueSize: QUEUE_SPANS_COUNT,
    maxExportBatchSize: BATCH_SPANS_COUNT,
    scheduledDelayMillis: DELAY_MS,
  });
}

/** Spans are recorded for it, and go nowhere. */
function createIdleProcessor(): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
