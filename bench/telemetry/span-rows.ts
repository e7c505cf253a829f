/** Rows of the span bench: recording with encoding, encoding alone, and spans that are not sampled. */

import { type Attributes, ROOT_CONTEXT, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { AlwaysOffSampler, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { encodeTracesProtobuf } from '../../src/telemetry/export/encode-protobuf.ts';
import { ProtobufWriter } from '../../src/telemetry/export/protobuf-writer.ts';
import type { EncodedQueue } from '../../src/telemetry/lean/encoded-queue.ts';
import { LeanSpan } from '../../src/telemetry/lean/lean-span.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import { OtlpMemory } from '../../src/telemetry/lean/otlp-module.ts';
import { SpanEncoder } from '../../src/telemetry/lean/span-encoder.ts';
import type { BenchRow, BenchVariant } from '../bench.ts';
import { summarizeRequest } from './summarize-request.ts';
import {
  BATCH_SPANS_COUNT,
  type BenchTracer,
  createLeanTracer,
  createOfficialTracer,
  createQueue,
  recordSpans,
} from './tracers.ts';

const FOUR: Attributes = {
  'http.request.method': 'GET',
  'url.path': '/api/opportunities',
  'http.response.status_code': 200,
  'cache.hit': true,
};
const TEN: Attributes = {
  ...FOUR,
  'exchange.name': 'binance',
  'crypto.symbol': 'BTC/USDT',
  'arbitrage.symbols_count': 4096,
  'arbitrage.edge_bps': 12.5,
  'server.address': 'api.example.test',
  'arbitrage.levels_walked_count': 37,
};

const INPUTS = [
  ['4', FOUR],
  ['10', TEN],
] as const;

export async function createSpanRows(): Promise<readonly BenchRow[]> {
  const official = createOfficialTracer();
  const lean = await createLeanTracer();
  const queue = await createQueue();
  const module = await loadOtlpModule();
  return [
    ...INPUTS.map(([count, attributes]) => createRecordRow(count, attributes, official, lean)),
    ...INPUTS.map(([count, attributes]) => createEncodeRow(count, attributes, queue, module)),
    ...(await createUnsampledRows()),
  ];
}

function createRecordRow(
  count: string,
  attributes: Attributes,
  official: BenchTracer,
  lean: BenchTracer,
): BenchRow {
  const record = ({ tracer, takeRequest }: BenchTracer) => {
    emit(tracer, attributes);
    return takeRequest();
  };
  const variant = (name: string, role: BenchVariant['role'], which: BenchTracer) => ({
    name,
    role,
    run: () => record(which),
    answer: () => summarizeRequest(record(which)),
  });
  return {
    name: `record-and-encode-${count}`,
    question: `What does a span of ${count} attributes cost, from startSpan to the bytes of a request?`,
    input: `${BATCH_SPANS_COUNT} root SERVER spans a batch, the same ${count} attributes each`,
    notMeasured: 'the active context, batching by time, compression, the network',
    operationsCount: BATCH_SPANS_COUNT,
    variants: [
      { name: 'two clock readings', role: 'floor', run: readClockTwice },
      variant('official', 'peer', official),
      variant('lean', 'ours', lean),
    ],
  };
}

function createEncodeRow(
  count: string,
  attributes: Attributes,
  queue: EncodedQueue,
  module: WebAssembly.Module,
): BenchRow {
  // Each encoder has spans of its own: the views that one makes by reading them are no work of the others.
  const record = (): ReadableSpan[] => [...recordSpans((tracer) => emit(tracer, attributes))];
  const [forOfficial, forTypeScript, unread] = [record(), record(), record()];
  const encodeOfficial = () =>
    ProtobufTraceSerializer.serializeRequest(forOfficial) ?? new Uint8Array();
  const encodeQueued = () => {
    for (const span of unread) queue.add(span);
    return queue.take()?.body ?? new Uint8Array();
  };
  const encodeRecord = createRecordEncoder(module, unread);
  const variant = (name: string, role: BenchVariant['role'], run: () => Uint8Array) => ({
    name,
    role,
    run,
    answer: () => summarizeRequest(run()),
  });
  const largest = new Uint8Array(encodeOfficial());
  return {
    name: `encode-${count}`,
    question: `What does encoding an ended span of ${count} attributes cost, copy out included?`,
    input: `${BATCH_SPANS_COUNT} ended spans of our tracer`,
    notMeasured: 'recording; from the record: writing it, which recording a span ends with',
    operationsCount: BATCH_SPANS_COUNT,
    variants: [
      { name: 'copy of the bytes', role: 'floor', run: () => largest.slice() },
      { name: 'wasm, from the record', role: 'ours', run: encodeRecord },
      variant('wasm, from the span', 'ours', encodeQueued),
      variant('official', 'peer', encodeOfficial),
      variant('typescript', 'ours', () => encodeTracesProtobuf(forTypeScript)),
    ],
  };
}

/** The module alone: encodes the record that it holds, as often as a batch has spans, and copies the bytes out. */
function createRecordEncoder(
  module: WebAssembly.Module,
  spans: readonly ReadableSpan[],
): () => Uint8Array {
  const memory = new OtlpMemory(module);
  const start = memory.layout.QUEUE;
  memory.growTo(start + BATCH_SPANS_COUNT * 1_024 + memory.layout.SPAN_BYTES);
  const [span] = spans;
  if (!(span instanceof LeanSpan)) throw new Error('BUG: expected a span of our tracer');
  new SpanEncoder(memory).encode(span, start);
  return () => {
    let end = start;
    for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) end = memory.encodeSpan(end);
    const writer = new ProtobufWriter(memory.wireBytes(start, end));
    memory.writeEntries(start, end, writer);
    return writer.peek();
  };
}

async function createUnsampledRows(): Promise<readonly BenchRow[]> {
  const sampler = new AlwaysOffSampler();
  const official = createOfficialTracer(sampler).tracer;
  const lean = (await createLeanTracer(sampler)).tracer;
  const inUnsampled = (tracer: Tracer) =>
    trace.setSpan(ROOT_CONTEXT, tracer.startSpan('unsampled', {}, ROOT_CONTEXT));
  const row = (name: string, question: string, contexts: typeof inUnsampled): BenchRow => ({
    name,
    question,
    input: 'sampler always_off, 4 attributes, explicit context',
    notMeasured: 'the active context',
    operationsCount: BATCH_SPANS_COUNT,
    variants: [
      { name: 'official', role: 'peer', run: emitIn(official, contexts(official)) },
      { name: 'lean', role: 'ours', run: emitIn(lean, contexts(lean)) },
    ],
  });
  return [
    row('sampled-out-root', 'What does a root span cost that is not sampled?', () => ROOT_CONTEXT),
    row('sampled-out-child', 'What does a child of an unsampled span cost?', inUnsampled),
  ];
}

function emitIn(tracer: Tracer, context: typeof ROOT_CONTEXT): () => void {
  return () => {
    for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
      tracer
        .startSpan('GET /api/opportunities', { kind: SpanKind.SERVER, attributes: FOUR }, context)
        .end();
    }
  };
}

function emit(tracer: Tracer, attributes: Attributes): void {
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    const options = { kind: SpanKind.SERVER, attributes };
    tracer.startSpan('GET /api/opportunities', options, ROOT_CONTEXT).end();
  }
}

function readClockTwice(): number {
  let sum = 0;
  for (let count = 0; count < BATCH_SPANS_COUNT; count += 1) {
    sum += performance.now();
    sum += performance.now();
  }
  return sum;
}
