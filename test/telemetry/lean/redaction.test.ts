import { expect, test } from 'bun:test';
import { type AttributeValue, ROOT_CONTEXT, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createEncodingProcessor } from '../../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../../src/telemetry/lean/load-file.ts';
import type { SpanRedactor } from '../../../src/telemetry/lean/span-redactor.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';
import { decodeOtlpProtobuf } from '../../support/otlp-proto.ts';
import { createEncodingRig } from './encoding-rig.ts';

/** Hides one word everywhere, and everything under the key `password`. */
function createCountingRedactor() {
  const calls: string[] = [];
  const text = (given: string) => given.replaceAll('hunter2', '***');
  const redactor: SpanRedactor = {
    text,
    value(key, value): AttributeValue {
      calls.push(key);
      if (key === 'password') return '***';
      if (Array.isArray(value)) return value.map((item) => text(String(item)));
      return typeof value === 'string' ? text(value) : value;
    },
  };
  return { calls, redactor };
}

async function createRig(withReader: boolean) {
  const { transport, bodies } = await createEncodingRig();
  const module = await loadOtlpModule();
  const processor = createEncodingProcessor({ module, transport, scheduleDelayMs: null });
  const reader = new InMemorySpanExporter();
  const before = withReader ? [new SimpleSpanProcessor(reader)] : [];
  const { calls, redactor } = createCountingRedactor();
  const provider = createTracerProvider({ redactor, spanProcessors: [...before, processor] });
  const exported = async () => {
    await processor.flush();
    const requests = bodies.map((body) => decodeOtlpProtobuf('traces', body));
    return JSON.stringify(requests);
  };
  return { tracer: provider.getTracer('t'), reader, calls, exported };
}

function leak(tracer: Tracer): void {
  const attributes = {
    password: 9_007_199_254_740_991,
    url: '/?key=hunter2',
    fine: 'yes',
    list: ['hunter2'],
  };
  const span = tracer.startSpan('GET /hunter2', { attributes }, ROOT_CONTEXT);
  span.addEvent('e', { password: 'hunter2' }).recordException(new Error('hunter2'));
  span.addLink({ context: span.spanContext(), attributes: { password: 'hunter2' } });
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'said hunter2' }).end();
}

for (const withReader of [false, true]) {
  test(`secrets leave neither by the encoder nor by a reader (${withReader ? 'read' : 'unread'})`, async () => {
    const { tracer, reader, exported } = await createRig(withReader);
    for (let count = 0; count < 3; count += 1) leak(tracer);
    const text = await exported();
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('9007199254740991');
    expect(text).toContain('/?key=***');
    for (const span of reader.getFinishedSpans()) {
      const { name, attributes, events, links, status } = span;
      expect(JSON.stringify([name, attributes, events, links, status])).not.toContain('hunter2');
      expect(attributes['fine']).toBe('yes');
    }
  });
}

test('a value that was looked at in the span before is not looked at again', async () => {
  const { tracer, calls, exported } = await createRig(false);
  const emit = (value: string) =>
    tracer.startSpan('s', { attributes: { same: 'x', other: value } }, ROOT_CONTEXT).end();
  emit('first');
  emit('hunter2');
  emit('hunter2');
  const text = await exported();
  expect(text).not.toContain('hunter2');
  expect(calls).toEqual(['same', 'other', 'other']);
});
