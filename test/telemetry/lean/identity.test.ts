import { afterEach, describe, expect, test } from 'bun:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { hexToWords, wordsToHex } from '../../../src/telemetry/lean/hex-words.ts';
import { RandomWords } from '../../../src/telemetry/lean/random-words.ts';
import { createTracerProvider } from '../../../src/telemetry/lean/tracer-provider.ts';
import { createStackContextManager } from '../export/stack-context-manager.ts';

describe('ids', () => {
  test('are the same as words and as text', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(fc.property(hex, (id) => wordsToHex(hexToWords(id), 0, 4) === id));
    expect([...new Uint8Array(hexToWords('0102030405060708').buffer)]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  test('are never all zeros, whatever the source gives', () => {
    const gifts = [0, 0, 0, 5, 0, 0];
    let next = 0;
    const random = new RandomWords((words) => {
      for (let index = 0; index < words.length; index += 1) {
        words[index] = gifts[next % gifts.length] ?? 0;
        next += 1;
      }
    });
    for (let count = 0; count < 5_000; count += 1) {
      const start = random.take(2);
      expect((random.block[start] ?? 0) | (random.block[start + 1] ?? 0)).not.toBe(0);
    }
  });

  test('are all different', () => {
    const tracer = createTracerProvider().getTracer('t');
    const ids = new Set<string>();
    for (let count = 0; count < 20_000; count += 1) {
      const { traceId, spanId } = tracer.startSpan('s', {}, ROOT_CONTEXT).spanContext();
      ids.add(traceId).add(spanId);
    }
    expect(ids.size).toBe(40_000);
  });

  test('ask the random source once for many spans, and not before the first', () => {
    let calls = 0;
    const fillRandom = (words: Uint32Array<ArrayBuffer>) => {
      calls += 1;
      crypto.getRandomValues(words);
    };
    const tracer = createTracerProvider({ fillRandom }).getTracer('t');
    expect(calls).toBe(0);
    for (let count = 0; count < 300; count += 1) tracer.startSpan('s', {}, ROOT_CONTEXT).end();
    expect(calls).toBe(1);
  });
});

describe('parents', () => {
  afterEach(() => context.disable());

  test('come from the active context', () => {
    context.setGlobalContextManager(createStackContextManager());
    const tracer = createTracerProvider().getTracer('t');
    tracer.startActiveSpan('parent', (parent) => {
      const child = tracer.startSpan('child');
      expect(child.spanContext().traceId).toBe(parent.spanContext().traceId);
      expect(tracer.startSpan('root', { root: true }).spanContext().traceId).not.toBe(
        parent.spanContext().traceId,
      );
      expect(trace.getActiveSpan()).toBe(parent);
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  test('that have ended are parents all the same', () => {
    const tracer = createTracerProvider().getTracer('t');
    const parent = tracer.startSpan('parent', {}, ROOT_CONTEXT);
    parent.end();
    const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
    expect(child.isRecording()).toBe(true);
    expect(child.spanContext().traceId).toBe(parent.spanContext().traceId);
  });
});
