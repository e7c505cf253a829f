import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { countDropped } from '../../../src/telemetry/export/accounts.ts';
import { toOtlpModule } from '../../../src/telemetry/lean/load-module.ts';
import { OtlpMemory } from '../../../src/telemetry/lean/otlp-module.ts';
import { decodeOtlpProtobuf } from '../../support/otlp-proto.ts';
import { sampleSpan } from '../export/sample-span.ts';
import { createEncodingRig, type EncodingRig } from './encoding-rig.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `s${from + index}`);

function emit(rig: EncodingRig, from: number, to: number): void {
  for (const name of range(from, to)) rig.tracer.startSpan(name, {}, ROOT_CONTEXT).end();
}

function expectBalanced(rig: EncodingRig): void {
  const accounts = rig.processor.accounts();
  expect(
    accounts.exportedCount + accounts.rejectedCount + countDropped(accounts) + accounts.queuedCount,
  ).toBe(accounts.startedCount);
}

describe('time and size', () => {
  test('a span waits for others until the delay is over', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: 5_000 });
    emit(rig, 0, 3);
    await rig.clock.advance(4_999);
    expect(rig.bodies.length).toBe(0);
    await rig.clock.advance(1);
    expect(rig.names()).toEqual(range(0, 3));
    expectBalanced(rig);
  });

  test('a full batch goes at once, one span less waits', async () => {
    const rig = await createEncodingRig({ maxBatchItems: 4 });
    emit(rig, 0, 3);
    await rig.clock.advance(100);
    expect(rig.bodies.length).toBe(0);
    emit(rig, 3, 4);
    await rig.clock.advance(0);
    expect(rig.names()).toEqual(range(0, 4));
  });

  test('batches are no larger than asked for', async () => {
    const rig = await createEncodingRig({ maxBatchItems: 4, scheduleDelayMs: null });
    emit(rig, 0, 10);
    await rig.processor.flush();
    expect(rig.names()).toEqual(range(0, 10));
    expect(rig.bodies.length).toBe(3);
  });

  test('without a delay nothing goes but by flush', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null, maxBatchItems: 2 });
    emit(rig, 0, 5);
    await rig.clock.advance(60_000);
    expect(rig.bodies.length).toBe(0);
    await rig.processor.flush();
    expect(rig.names().length).toBe(5);
  });

  test('times are those of the clock', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null });
    const span = rig.tracer.startSpan('timed', {}, ROOT_CONTEXT);
    await rig.clock.advance(1_234);
    span.end();
    await rig.processor.flush();
    const text = JSON.stringify(decodeOtlpProtobuf('traces', rig.bodies[0] ?? new Uint8Array()));
    expect(text).toContain('"startTimeUnixNano":"1700000000000000000"');
    expect(text).toContain('"endTimeUnixNano":"1700000001234000000"');
  });
});

describe('bounds', () => {
  test('the queue takes its last span, drops the next, and says when that begins and ends', async () => {
    const rig = await createEncodingRig({ maxQueueItems: 3, scheduleDelayMs: null });
    emit(rig, 0, 5);
    expect(rig.processor.accounts()).toMatchObject({
      startedCount: 5,
      queuedCount: 3,
      droppedCounts: { queue_full: 2 },
    });
    await rig.clock.advance(10);
    await rig.processor.flush();
    expect(rig.names()).toEqual(range(0, 3));
    expect(rig.reports).toEqual([
      { kind: 'loss_began', signal: 'traces', reason: 'queue_full' },
      {
        kind: 'loss_ended',
        signal: 'traces',
        droppedCounts: { queue_full: 2 },
        durationMs: 10,
      },
    ]);
    expectBalanced(rig);
  });

  test('memory grows with the queue up to its bytes', async () => {
    const rig = await createEncodingRig({
      scheduleDelayMs: null,
      maxQueueItems: 100_000,
      maxQueueBytes: 600_000,
    });
    const value = 'x'.repeat(1_000);
    for (let n = 0; n < 1_000; n += 1) {
      rig.tracer.startSpan('wide', { attributes: { value } }, ROOT_CONTEXT).end();
    }
    const { bytes, memoryBytes, itemCount } = rig.processor.queue();
    expect(bytes).toBeLessThan(600_000 + 1_200);
    expect(itemCount).toBeGreaterThan(400);
    expect(memoryBytes).toBeLessThan(1_200_000);
    expect(rig.processor.accounts().droppedCounts['queue_full']).toBe(1_000 - itemCount);
    expectBalanced(rig);
  });

  test('waits in its own memory while two batches are on the wire', async () => {
    const rig = await createEncodingRig({ maxBatchItems: 2, maxQueueItems: 10 });
    rig.isHanging = true;
    for (let round = 0; round < 4; round += 1) {
      emit(rig, round * 2, round * 2 + 2);
      await rig.clock.advance(1);
    }
    expect(rig.bodies.length).toBe(2);
    expect(rig.processor.queue().itemCount).toBe(4);
    expect(rig.processor.accounts()).toMatchObject({ queuedCount: 8 });
    expectBalanced(rig);
  });

  test('a flush of more than the transport can hold goes in rounds', async () => {
    const rig = await createEncodingRig(
      { maxBatchItems: 2, maxQueueItems: 100, scheduleDelayMs: null },
      { maxQueuedItems: 5 },
    );
    emit(rig, 0, 41);
    await rig.processor.flush();
    expect(rig.processor.accounts()).toMatchObject({ exportedCount: 41, droppedCounts: {} });
  });

  test('names and keys without end do not grow the table', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null, maxQueueItems: 20_000 });
    for (let n = 0; n < 10_000; n += 1) {
      const attributes = { [`key.${n}`]: n };
      rig.tracer.startSpan(`name ${n}`, { attributes }, ROOT_CONTEXT).end();
    }
    await rig.processor.flush();
    expect(rig.names()).toEqual(Array.from({ length: 10_000 }, (_, n) => `name ${n}`));
    expect(rig.processor.accounts()).toMatchObject({ exportedCount: 10_000, droppedCounts: {} });
  });
});

describe('end of life', () => {
  test('shutdown sends what waits; later spans are not recorded', async () => {
    const rig = await createEncodingRig();
    emit(rig, 0, 3);
    const late = rig.tracer.startSpan('late', {}, ROOT_CONTEXT);
    await rig.provider.shutdown();
    late.end();
    expect(rig.names()).toEqual(range(0, 3));
    expect(rig.tracer.startSpan('after', {}, ROOT_CONTEXT).isRecording()).toBe(false);
    expect(rig.processor.accounts()).toMatchObject({
      startedCount: 4,
      exportedCount: 3,
      droppedCounts: { shutdown: 1 },
    });
    expectBalanced(rig);
  });

  test('flush ends at its deadline when the backend hangs', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null });
    rig.isHanging = true;
    emit(rig, 0, 3);
    const flushed = rig.processor.flush(500);
    await rig.clock.advance(500);
    await flushed;
    expect(rig.processor.accounts()).toMatchObject({ queuedCount: 3 });
  });

  test('a backend that is down costs what was on the wire and what finds no room', async () => {
    const rig = await createEncodingRig({ maxBatchItems: 2, maxQueueItems: 6 });
    rig.status = 503;
    for (let round = 0; round < 100; round += 1) {
      emit(rig, 0, 2);
      await rig.clock.advance(1_000);
      expectBalanced(rig);
    }
    rig.status = 200;
    await rig.clock.advance(120_000);
    expect(rig.processor.accounts().queuedCount).toBe(0);
    expectBalanced(rig);
    const [first, last] = [rig.reports.at(0), rig.reports.at(-1)];
    expect(first?.kind).toBe('loss_began');
    expect(last?.kind).toBe('loss_ended');
  });
});

describe('what comes in', () => {
  test('spans of any provider, each in the envelope of its resource and scope', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null });
    emit(rig, 0, 1);
    rig.processor.onEnd(sampleSpan({ name: 'foreign' }));
    emit(rig, 1, 2);
    rig.provider.getTracer('other').startSpan('other', {}, ROOT_CONTEXT).end();
    emit(rig, 2, 3);
    await rig.processor.flush();
    expect(rig.bodies.length).toBe(1);
    const request = decodeOtlpProtobuf('traces', rig.bodies[0] ?? new Uint8Array());
    const groups = request['resourceSpans'] as ReadonlyArray<{
      readonly scopeSpans: ReadonlyArray<{
        readonly scope: { readonly name: string };
        readonly spans: ReadonlyArray<{ readonly name: string }>;
      }>;
    }>;
    expect(
      groups.map(({ scopeSpans }) =>
        scopeSpans.map(({ scope, spans }) => [scope.name, spans.map(({ name }) => name)]),
      ),
    ).toEqual([
      [
        ['rig', ['s0', 's1', 's2']],
        ['other', ['other']],
      ],
      [['scope', ['foreign']]],
    ]);
  });

  test('unsampled spans are not exported and not counted', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null });
    const context = { ...sampleSpan().spanContext(), traceFlags: 0 };
    rig.processor.onEnd(sampleSpan({ spanContext: () => context }));
    expect(rig.processor.accounts().startedCount).toBe(0);
  });

  test('a processor in front may change what was recorded', async () => {
    const redact: SpanProcessor = {
      onStart: (span) => void span.setAttribute('added', 'at start'),
      onEnding: (span) => void span.setAttribute('ending', true),
      onEnd: (span) => {
        span.attributes['password'] = 'REDACTED';
        Object.assign(span, { name: 'clean name', status: { code: 2, message: 'clean' } });
        const [event] = span.events;
        if (event?.attributes) event.attributes['secret'] = 'REDACTED';
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const rig = await createEncodingRig({ scheduleDelayMs: null }, {}, [redact]);
    const span = rig.tracer.startSpan('x', { attributes: { password: 'hunter2' } }, ROOT_CONTEXT);
    span.addEvent('e', { secret: 'hunter2' });
    span.setStatus({ code: 2, message: 'hunter2' }).end();
    await rig.processor.flush();
    const text = JSON.stringify(decodeOtlpProtobuf('traces', rig.bodies[0] ?? new Uint8Array()));
    expect(text).not.toContain('hunter2');
    for (const part of ['REDACTED', 'clean name', 'at start', 'ending'])
      expect(text).toContain(part);
  });

  test('a processor that throws disturbs nobody', async () => {
    const broken: SpanProcessor = {
      onStart: () => {
        throw new Error('start');
      },
      onEnding: () => {
        throw new Error('ending');
      },
      onEnd: () => {
        throw new Error('end');
      },
      forceFlush: () => Promise.reject(new Error('flush')),
      shutdown: () => Promise.reject(new Error('shutdown')),
    };
    const rig = await createEncodingRig({ scheduleDelayMs: null }, {}, [broken]);
    emit(rig, 0, 1);
    await rig.provider.forceFlush();
    await rig.provider.shutdown();
    expect(rig.names()).toEqual(['s0']);
  });

  test('an oversized batch goes in parts, and each span arrives once', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null }, { maxRequestBytes: 400 });
    emit(rig, 0, 20);
    rig.provider.getTracer('other').startSpan('s20', {}, ROOT_CONTEXT).end();
    await rig.processor.flush();
    expect(rig.bodies.length).toBeGreaterThan(5);
    expect(rig.names().toSorted()).toEqual(range(0, 21).toSorted());
    for (const body of rig.bodies) expect(body.length).toBeLessThanOrEqual(400);
  });

  test('a root has the random flag and its children keep it', async () => {
    const rig = await createEncodingRig({ scheduleDelayMs: null });
    const root = rig.tracer.startSpan('root', {}, ROOT_CONTEXT);
    const child = rig.tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
    const remote = trace.setSpanContext(ROOT_CONTEXT, sampleSpan().spanContext());
    expect([root, child].map((span) => span.spanContext().traceFlags)).toEqual([3, 3]);
    expect(rig.tracer.startSpan('plain', {}, remote).spanContext().traceFlags).toBe(1);
  });
});

describe('the module', () => {
  test('is known by its exports', () => {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    expect(() => new OtlpMemory(empty)).toThrow('expected build/otlp.wasm, got another module');
    expect(() => toOtlpModule('./otlp.wasm')).toThrow('got string');
    expect(toOtlpModule(empty)).toBe(empty);
  });
});

test.each([
  ['short keys', { method: 'GET', path: '/api/opportunities', status: 200, hit: true }],
  [
    'keys of the semantic conventions',
    {
      'http.request.method': 'GET',
      'url.path': '/api/opportunities',
      'http.response.status_code': 200,
      'network.protocol.version': '1.1',
    },
  ],
])(
  'ten thousand waiting spans of four attributes with %s take little memory',
  async (_, attributes) => {
    const options = {
      scheduleDelayMs: null,
      maxQueueItems: 10_000,
      maxQueueBytes: 16 * 1024 * 1024,
    };
    const rig = await createEncodingRig(options);
    for (let count = 0; count < 10_000; count += 1) {
      rig.tracer.startSpan('GET /api/opportunities', { attributes }, ROOT_CONTEXT).end();
    }
    const { itemCount, bytes, memoryBytes } = rig.processor.queue();
    expect(itemCount).toBe(10_000);
    expect(bytes).toBeLessThan(1_550_000);
    expect(memoryBytes).toBeLessThan(1_800_000);
  },
);
