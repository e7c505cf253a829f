import { expect, test } from 'bun:test';
import { propagation, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { setBaggageValues } from '../../../src/telemetry/propagate/baggage.ts';
import {
  MAX_BATCH_LINKS,
  toLinks,
  withBatchConsumerSpan,
  withConsumerSpan,
  withProducerSpan,
} from '../../../src/telemetry/propagate/messaging.ts';
import { createPropagator } from '../../../src/telemetry/propagate/propagator.ts';
import {
  extractMessageContext,
  extractSseContext,
  formatSseContext,
  injectMessageContext,
} from '../../../src/telemetry/propagate/stream-messages.ts';

const propagator = createPropagator({ randomTraceIds: true });

function setUp() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('test');
  const options = { tracer, propagator, destination: 'opportunities', system: 'test_queue' };
  return { exporter, tracer, options };
}

test('a consumer continues the trace of the producer, baggage included', async () => {
  const { exporter, options } = setUp();
  const parent = setBaggageValues(ROOT_CONTEXT, { workflowId: 'wf-9' });
  const sent = await withProducerSpan({ ...options, parent }, (attributes) =>
    Promise.resolve(attributes),
  );
  expect(Object.keys(sent).sort()).toEqual(['baggage', 'traceparent']);
  const received = Object.fromEntries(
    Object.entries(sent).map(([key, value]) => [key, new TextEncoder().encode(value)]),
  );
  withConsumerSpan(options, received, (_span, processContext) => {
    const baggage = propagation.getBaggage(processContext);
    expect(baggage?.getEntry('crypto.workflow_id')?.value).toBe('wf-9');
  });
  const [producer, consumer] = exporter.getFinishedSpans();
  expect(producer).toMatchObject({
    name: 'send opportunities',
    kind: SpanKind.PRODUCER,
    attributes: {
      'messaging.system': 'test_queue',
      'messaging.destination.name': 'opportunities',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
    },
  });
  expect(consumer).toMatchObject({ name: 'process opportunities', kind: SpanKind.CONSUMER });
  expect(consumer?.parentSpanContext?.spanId).toBe(producer?.spanContext().spanId ?? '');
  expect(consumer?.spanContext().traceId).toBe(producer?.spanContext().traceId ?? '');
});

test('a message without context begins a trace of its own', () => {
  const { exporter, options } = setUp();
  withConsumerSpan(options, { traceparent: 'nonsense', other: 7 }, () => {});
  expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
});

test('a batch links to the producer of each message that has one', () => {
  const { exporter, options } = setUp();
  const first = withProducerSpan(options, (attributes) => attributes);
  const second = withProducerSpan(options, (attributes) => attributes);
  withBatchConsumerSpan(options, [first, {}, second], () => {});
  const [one, two, batch] = exporter.getFinishedSpans();
  expect(batch?.links.map((link) => link.context.spanId)).toEqual([
    one?.spanContext().spanId ?? '',
    two?.spanContext().spanId ?? '',
  ]);
  expect(batch?.attributes['messaging.batch.message_count']).toBe(3);
});

test('a batch has at most 128 links', () => {
  const { options } = setUp();
  const message = withProducerSpan(options, (attributes) => attributes);
  const batch = (count: number) => Array.from({ length: count }, () => message);
  expect(toLinks(propagator, batch(MAX_BATCH_LINKS))).toHaveLength(128);
  expect(toLinks(propagator, batch(MAX_BATCH_LINKS + 1))).toHaveLength(128);
});

test('a send that fails is recorded on the producer and thrown on', () => {
  const { exporter, options } = setUp();
  const fail = (): never => {
    throw new Error('queue is full');
  };
  expect(() => withProducerSpan(options, fail)).toThrow('queue is full');
  expect(exporter.getFinishedSpans()[0]?.events[0]?.name).toBe('exception');
});

function activeContext(span: Span) {
  return setBaggageValues(trace.setSpan(ROOT_CONTEXT, span), { symbol: 'BTC/USDT' });
}

test('a server-sent event carries context in fields that a browser ignores', () => {
  const { tracer } = setUp();
  const span = tracer.startSpan('stream');
  const context = activeContext(span);
  const lines = formatSseContext(propagator, context);
  const event = `event: quote\r\n${lines.replaceAll('\n', '\r\n')}data: {"a":1}\r\n\r\n`;
  const received = extractSseContext(propagator, ROOT_CONTEXT, event);
  expect(trace.getSpanContext(received)).toMatchObject({
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    isRemote: true,
  });
  expect(propagation.getBaggage(received)?.getEntry('crypto.symbol')?.value).toBe('BTC/USDT');
  expect(lines).not.toMatch(/^(data|event|id|retry):/m);
});

test('an event without context, or with two parents, carries none', () => {
  const { tracer } = setUp();
  const lines = formatSseContext(propagator, activeContext(tracer.startSpan('stream')));
  expect(formatSseContext(propagator, ROOT_CONTEXT)).toBe('');
  const plain = extractSseContext(propagator, ROOT_CONTEXT, 'data: traceparent\n\n');
  expect(trace.getSpanContext(plain)).toBeUndefined();
  const twice = extractSseContext(propagator, ROOT_CONTEXT, lines + lines);
  expect(trace.getSpanContext(twice)).toBeUndefined();
});

test('a WebSocket message carries context in its trace member', () => {
  const { tracer } = setUp();
  const span = tracer.startSpan('stream');
  const message = injectMessageContext(propagator, activeContext(span), { type: 'quote' });
  const wire: unknown = JSON.parse(JSON.stringify(message));
  const received = extractMessageContext(propagator, ROOT_CONTEXT, wire);
  expect(trace.getSpanContext(received)?.spanId).toBe(span.spanContext().spanId);
  const bare = { type: 'quote' };
  expect(injectMessageContext(propagator, ROOT_CONTEXT, bare)).toBe(bare);
});

test.each([
  ['null', null],
  ['a number', 7],
  ['no trace member', {}],
  ['a trace member that is text', { trace: 'x' }],
  ['a trace member that is null', { trace: null }],
  ['a traceparent that is a number', { trace: { traceparent: 7 } }],
])('a WebSocket message that is %s carries none', (_title, message) => {
  expect(extractMessageContext(propagator, ROOT_CONTEXT, message)).toBe(ROOT_CONTEXT);
});
