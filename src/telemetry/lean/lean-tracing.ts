/** The lean provider with its encoding processor, put together: what stands in for the SDK's provider and batches. */

import type { Resource } from '@opentelemetry/resources';
import type { Sampler, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../../domain/clock.ts';
import type { LossReport } from '../export/loss-log.ts';
import type { OtlpTransport } from '../export/otlp-transport.ts';
import {
  createEncodingProcessor,
  type EncodingProcessor,
  type EncodingProcessorOptions,
} from './encoding-processor.ts';
import type { SpanRedactor } from './span-redactor.ts';
import { createTracerProvider, type LeanTracerProvider } from './tracer-provider.ts';

export interface LeanTracingOptions {
  /** `build/otlp.wasm`; see `load-file.ts` and `load-module.ts`. */
  readonly module: WebAssembly.Module;
  /** For traces, in protobuf; shut down with the provider. */
  readonly transport: OtlpTransport;
  readonly resource: Resource;
  readonly sampler?: Sampler;
  readonly spanLimits?: SpanLimits;
  readonly redactor?: SpanRedactor;
  readonly clock?: Clock;
  readonly batch?: Pick<
    EncodingProcessorOptions,
    'maxQueueItems' | 'maxQueueBytes' | 'maxBatchItems' | 'scheduleDelayMs' | 'schedule'
  >;
  readonly report?: (report: LossReport) => void;
  /** Processors that change spans, or add to them; called before a span is encoded. */
  readonly writers?: readonly SpanProcessor[];
  /** Processors that only look; called after it was encoded, so that what they read costs the export nothing. */
  readonly readers?: readonly SpanProcessor[];
  /** Puts a tail sampler before the export. */
  readonly wrapExport?: (next: SpanProcessor) => SpanProcessor;
}

export interface LeanTracing {
  readonly provider: LeanTracerProvider;
  /** Books, health and queue of the export. */
  readonly batches: EncodingProcessor;
}

/** @throws {TypeError} when `module` is not the OTLP module. */
export function createLeanTracing(options: LeanTracingOptions): LeanTracing {
  const { module, transport, clock, report, batch = {} } = options;
  const { writers = [], readers = [], wrapExport = (next: SpanProcessor) => next } = options;
  const batches = createEncodingProcessor({
    ...batch,
    module,
    transport,
    ...(clock === undefined ? {} : { clock }),
    ...(report === undefined ? {} : { report }),
  });
  const provider = createTracerProvider({
    resource: options.resource,
    spanProcessors: [...writers, wrapExport(batches), ...readers],
    ...(options.sampler === undefined ? {} : { sampler: options.sampler }),
    ...(options.spanLimits === undefined ? {} : { spanLimits: options.spanLimits }),
    ...(options.redactor === undefined ? {} : { redactor: options.redactor }),
    ...(clock === undefined ? {} : { clock }),
  });
  return { provider, batches };
}
