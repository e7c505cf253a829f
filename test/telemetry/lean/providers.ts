/** The two providers that the contract compares, with the same ids, down to the bytes that they export. */

import type { Tracer } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  type IdGenerator,
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
  type SpanLimits,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { encodeTracesProtobuf } from '../../../src/telemetry/export/encode-protobuf.ts';
import { createOtlpTransport } from '../../../src/telemetry/export/otlp-transport.ts';
import { createEncodingProcessor } from '../../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../../src/telemetry/lean/load-file.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';

export const RESOURCE = resourceFromAttributes({ 'service.name': 'contract', n: 1, list: ['a'] });

export interface ProviderSetup {
  readonly spanLimits?: SpanLimits;
  readonly sampler?: Sampler;
  readonly before?: readonly SpanProcessor[];
}

export type RunProgram = (
  program: (tracer: Tracer) => void,
  setup?: ProviderSetup,
) => Promise<readonly Uint8Array[]>;

/** The same ids in every run. Trace ids vary in all their bits, since ratio samplers look at them. */
function createCountingIds(): IdGenerator {
  let traceCount = 0;
  let spanCount = 0;
  return {
    generateTraceId() {
      traceCount += 1;
      const word = Math.imul(traceCount, 0x9e3779b1) >>> 0;
      return word.toString(16).padStart(32, '1');
    },
    generateSpanId() {
      spanCount += 1;
      return spanCount.toString(16).padStart(16, '0');
    },
  };
}

const options = ({ spanLimits, sampler, before = [] }: ProviderSetup, last: SpanProcessor) => ({
  resource: RESOURCE,
  idGenerator: createCountingIds(),
  spanProcessors: [...before, last],
  ...(spanLimits === undefined ? {} : { spanLimits }),
  ...(sampler === undefined ? {} : { sampler }),
});

const SCOPE = ['contract', '1.2.3', { schemaUrl: 'https://example.test/schema' }] as const;

/** The official provider and the official encoder. */
export const runOfficial: RunProgram = async (program, setup = {}) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider(options(setup, new SimpleSpanProcessor(exporter)));
  program(provider.getTracer(...SCOPE));
  const spans = exporter.getFinishedSpans();
  const bytes = spans.length === 0 ? undefined : ProtobufTraceSerializer.serializeRequest(spans);
  return bytes === undefined ? [] : [bytes];
};

/** Ours, read by official processors, encoded in TypeScript. */
export const runLeanRead: RunProgram = async (program, setup = {}) => {
  const exporter = new InMemorySpanExporter();
  const provider = createTracerProvider(options(setup, new SimpleSpanProcessor(exporter)));
  program(provider.getTracer(...SCOPE));
  const spans = exporter.getFinishedSpans();
  return spans.length === 0 ? [] : [encodeTracesProtobuf(spans)];
};

/** Ours, encoded at the end of each span in WASM. */
export const runLeanEncoded: RunProgram = async (program, setup = {}) => {
  const bodies: Uint8Array[] = [];
  const transport = createOtlpTransport({
    signal: 'traces',
    url: 'http://collector.test/v1/traces',
    fetch: async (_url, init) => {
      bodies.push(Uint8Array.from(init.body as Uint8Array));
      return new Response();
    },
  });
  const module = await loadOtlpModule();
  const processor = createEncodingProcessor({ module, transport, scheduleDelayMs: null });
  const provider = createTracerProvider(options(setup, processor));
  program(provider.getTracer(...SCOPE));
  await provider.forceFlush();
  return bodies;
};
