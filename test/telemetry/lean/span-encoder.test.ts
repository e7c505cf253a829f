import { expect, test } from 'bun:test';
import { type Attributes, ROOT_CONTEXT, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { encodeTracesProtobuf } from '../../../src/telemetry/export/encode-protobuf.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';
import { decodeSpans } from '../export/decode-values.ts';
import { HARD_VALUES, sampleSpan } from '../export/sample-span.ts';
import { createEncodingRig } from './encoding-rig.ts';

const keepAll = () => {
  const spans: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => void spans.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  return { spans, processor };
};

/** Spans are kept behind the encoder, so that it sees spans that nobody has read. */
async function createRig() {
  const rig = await createEncodingRig({ scheduleDelayMs: null });
  const { spans, processor } = keepAll();
  const provider = createTracerProvider({
    clock: rig.clock,
    spanProcessors: [rig.processor, processor],
  });
  return { ...rig, kept: spans, tracer: provider.getTracer('t') };
}

const primitive = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('a', 'é', '\ud800', '😀'), maxLength: 60 }),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 53, -(2 ** 63), 2 ** 63, 1e21, 2 ** 32, -1, 127, 128, 0.1),
  fc.boolean(),
);
const value = fc.oneof(
  primitive,
  fc.array(fc.string(), { maxLength: 4 }),
  fc.array(fc.double(), { maxLength: 4 }),
  fc.array(fc.boolean(), { maxLength: 4 }),
);
/** Objects put keys that are whole numbers first, and `__proto__` nowhere; bytes are compared in order here. */
const key = fc.string({ maxLength: 140 }).filter((text) => !/^(?:\d+|__proto__)$/.test(text));
const attributes = fc.dictionary(key, value, {
  maxKeys: 12,
  noNullPrototype: true,
}) as fc.Arbitrary<Attributes>;

interface Recording {
  readonly name: string;
  readonly kind: number;
  readonly first: Attributes;
  readonly second: Attributes;
  readonly events: readonly Attributes[];
  readonly message: string | null;
}

const recording: fc.Arbitrary<Recording> = fc.record({
  name: fc.string({ unit: 'binary', maxLength: 200 }),
  kind: fc.integer({ min: 0, max: 4 }),
  first: attributes,
  second: attributes,
  events: fc.array(attributes, { maxLength: 3 }),
  message: fc.option(fc.string({ maxLength: 60 })),
});

function play(span: Span, { first, second, events, message }: Recording): void {
  span.setAttributes(second).setAttributes(first);
  for (const each of events)
    span.addEvent('e', each).addLink({ context: sampleSpan().spanContext() });
  if (message !== null) span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
}

test('WASM and TypeScript encode every span to the same bytes', async () => {
  const { kept, tracer, processor, bodies } = await createRig();
  await fc.assert(
    fc.asyncProperty(fc.array(recording, { minLength: 1, maxLength: 4 }), async (recordings) => {
      kept.length = 0;
      for (const one of recordings) {
        const options = { kind: one.kind, attributes: one.first };
        play(tracer.startSpan(one.name, options, ROOT_CONTEXT), one);
      }
      await processor.flush();
      expect(bodies.at(-1)).toEqual(encodeTracesProtobuf(kept));
    }),
    { numRuns: 200, endOnFailure: true },
  );
});

test('hard values of attributes come out of WASM as they come out of TypeScript', async () => {
  const { kept, tracer, processor, bodies } = await createRig();
  for (const [name, hard] of Object.entries(HARD_VALUES)) {
    kept.length = 0;
    tracer.startSpan(name, { attributes: { hard } as Attributes }, ROOT_CONTEXT).end();
    await processor.flush();
    expect(bodies.at(-1)).toEqual(encodeTracesProtobuf(kept));
  }
});

test('keys that the module has to forget while spans wait are not lost', async () => {
  const { kept, tracer, processor, bodies } = await createRig();
  for (let n = 0; n < 2_000; n += 1) {
    const attributes = { [`key of some length ${n}`]: n, 'http.route': `/r/${n % 7}` };
    tracer.startSpan(`name ${n % 50}`, { attributes }, ROOT_CONTEXT).end();
  }
  expect(processor.queue().itemCount).toBe(2_000);
  await processor.flush();
  const decoded = bodies.flatMap((body) => [...decodeSpans(body)]);
  expect(decoded).toEqual([...decodeSpans(encodeTracesProtobuf(kept))]);
});

test.each([24_400, 24_460, 24_500, 24_560, 24_576, 30_000, 40_000, 70_000])(
  'a value of %d bytes arrives whole, whether an entry has room for it or not',
  async (length) => {
    const { kept, tracer, processor, bodies } = await createRig();
    const long = { before: 1, ['k'.repeat(120)]: 'v'.repeat(length), after: true };
    for (const attributes of [{ a: 1 }, long, { a: 2 }]) {
      tracer.startSpan('s', { attributes }, ROOT_CONTEXT).end();
    }
    await processor.flush();
    expect(bodies.at(-1)).toEqual(encodeTracesProtobuf(kept));
  },
);

test('128 attributes with the longest keys are written out whole', async () => {
  const { kept, tracer, processor, bodies } = await createRig();
  const entries = Array.from({ length: 128 }, (_, n) => [
    `${n}`.padStart(120, 'k'),
    'v'.repeat(n < 2 ? 4_000 : 120),
  ]);
  tracer.startSpan('s', { attributes: Object.fromEntries(entries) }, ROOT_CONTEXT).end();
  await processor.flush();
  expect(bodies.at(-1)).toEqual(encodeTracesProtobuf(kept));
});

test('a span that somebody has read is encoded as one that nobody has', async () => {
  const { kept, tracer, processor, bodies } = await createRig();
  for (const isRead of [false, true]) {
    const attributes = { a: 1, b: ['x'], c: 'é', ['very long key'.repeat(20)]: 1 };
    const span = tracer.startSpan('s', { attributes }, ROOT_CONTEXT).setAttribute('a', 2);
    span.end();
    if (isRead) expect(kept.at(-1)?.attributes['a']).toBe(2);
  }
  await processor.flush();
  const [first, second] = decodeSpans(bodies.at(-1) ?? new Uint8Array());
  expect(second?.['attributes']).toEqual(first?.['attributes']);
});
