/** The two tracers that the span bench compares, each with the shortest way to a finished request. */

import type { Tracer } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { EncodedQueue } from '../../src/telemetry/lean/encoded-queue.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { OtlpMemory } from '../../src/telemetry/lean/otlp-module.ts';
import { createTracerProvider } from '../../src/telemetry/lean/tracer-provider.ts';

/** Spans in a batch: the specification's default. */
export const BATCH_SPANS_COUNT = 512;

export interface BenchTracer {
  readonly tracer: Tracer;
  /** The request with all spans that ended since the last call. */
  takeRequest(): Uint8Array;
}

const RESOURCE: Resource = resourceFromAttributes({
  'service.name': 'bench',
  'service.version': '1.0.0',
  'service.instance.id': 'bench-1',
});

/** The official provider; spans are kept in a list, which is less than its batch processor does. */
export function createOfficialTracer(sampler?: Sampler): BenchTracer {
  let spans: ReadableSpan[] = [];
  const processor = toProcessor((span) => void spans.push(span));
  const provider = new BasicTracerProvider({
    resource: RESOURCE,
    spanProcessors: [processor],
    ...(sampler === undefined ? {} : { sampler }),
  });
  return {
    tracer: provider.getTracer('bench', '1.0.0'),
    takeRequest() {
      const request = ProtobufTraceSerializer.serializeRequest(spans);
      spans = [];
      return request ?? new Uint8Array();
    },
  };
}

/** Ours, up to the bytes that the transport gets. */
export async function createLeanTracer(sampler?: Sampler): Promise<BenchTracer> {
  const queue = await createQueue();
  const provider = createTracerProvider({
    resource: RESOURCE,
    spanProcessors: [toProcessor((span) => void queue.add(span))],
    ...(sampler === undefined ? {} : { sampler }),
  });
  return {
    tracer: provider.getTracer('bench', '1.0.0'),
    takeRequest: () => queue.take()?.body ?? new Uint8Array(),
  };
}

/** A queue of our encoder, large enough for any bench. */
export async function createQueue(maxBatchItems = BATCH_SPANS_COUNT): Promise<EncodedQueue> {
  return new EncodedQueue({
    memory: new OtlpMemory(await loadOtlpModule()),
    maxItems: 20_000,
    maxBytes: 64 * 1024 * 1024,
    maxBatchItems,
  });
}

/** Spans of our provider, ended and not encoded. */
export function recordSpans(record: (tracer: Tracer) => void): readonly ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const spanProcessors = [toProcessor((span) => void spans.push(span))];
  record(createTracerProvider({ resource: RESOURCE, spanProcessors }).getTracer('bench', '1.0.0'));
  return spans;
}

function toProcessor(onEnd: (span: ReadableSpan) => void): SpanProcessor {
  return {
    onStart: () => {},
    onEnd,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
