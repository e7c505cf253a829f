/** What queued spans take, ours as encoded entries and the official SDK's as objects. */

import { ROOT_CONTEXT, SpanKind, type Tracer } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createOtlpTransport } from '../../src/telemetry/export/otlp-transport.ts';
import { createEncodingProcessor } from '../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { createTracerProvider } from '../../src/telemetry/lean/tracer-provider.ts';
import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { toResult } from '../measure.ts';

const SPANS_COUNT = 10_000;

export const memoryStudy: Study = { name: 'memory', isStudy: true, measure: measureMemory };

async function measureMemory({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const official: number[] = [];
  const lean: number[] = [];
  for (let turn = 0; turn < (isQuick ? 1 : 7); turn += 1) {
    official.push(await measureOfficial());
    lean.push(await measureLean());
  }
  return [
    {
      name: 'memory-queued',
      question: 'How much memory do 10,000 spans take that wait to be exported?',
      input: 'SERVER spans of 4 attributes, all with the same keys, half of the values new',
      notMeasured: 'spans that are not ended; growth of the heap after garbage collection',
      unit: 'B',
      variants: [
        toResult({ name: 'official', role: 'peer' }, official),
        toResult({ name: 'lean', role: 'ours' }, lean),
      ],
    },
  ];
}

async function measureOfficial(): Promise<number> {
  const exporter = {
    export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    shutdown: () => Promise.resolve(),
  };
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 2 * SPANS_COUNT,
    maxExportBatchSize: 2 * SPANS_COUNT,
    scheduledDelayMillis: 600_000,
  });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('bench');
  emit(tracer);
  await provider.forceFlush();
  const before = heapBytes();
  emit(tracer);
  const grown = heapBytes() - before;
  await provider.shutdown();
  return grown;
}

/** All of the module's memory, and what the heap grows by while that does not grow any more. */
async function measureLean(): Promise<number> {
  const transport = createOtlpTransport({
    signal: 'traces',
    url: 'http://127.0.0.1:9/v1/traces',
    fetch: () => Promise.resolve(new Response()),
  });
  const processor = createEncodingProcessor({
    module: await loadOtlpModule(),
    transport,
    maxQueueItems: 2 * SPANS_COUNT,
    scheduleDelayMs: null,
  });
  const tracer = createTracerProvider({ spanProcessors: [processor] }).getTracer('bench');
  emit(tracer);
  await processor.flush();
  const before = heapBytes();
  emit(tracer);
  const { itemCount, memoryBytes } = processor.queue();
  if (itemCount !== SPANS_COUNT) throw new Error(`BUG: ${itemCount} spans wait`);
  const grown = Math.max(0, heapBytes() - before);
  await processor.shutdown();
  return memoryBytes + grown;
}

function emit(tracer: Tracer): void {
  for (let count = 0; count < SPANS_COUNT; count += 1) {
    const attributes = {
      'http.request.method': 'GET',
      'url.path': `/api/opportunities/${count}`,
      'http.response.status_code': 200,
      'http.response.body.size': 1_000 + count,
    };
    const options = { kind: SpanKind.SERVER, attributes };
    tracer.startSpan('GET /api/opportunities/:id', options, ROOT_CONTEXT).end();
  }
}

function heapBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
}
