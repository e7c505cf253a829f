import { describe, expect, test } from 'bun:test';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { failSpan, withClientSpan, withSpan } from '../../src/telemetry/index.ts';
import { createTestTelemetry } from './support.ts';

function setUp() {
  const telemetry = createTestTelemetry(null);
  const last = () => telemetry.recentTraces.list(1)[0]?.spans ?? [];
  return { tracer: telemetry.tracer, last };
}

describe('withSpan', () => {
  test('returns what the callback returns and makes the span active inside it', () => {
    const { tracer, last } = setUp();
    const isActive = withSpan(tracer, 'a', {}, (span) => trace.getActiveSpan() === span);
    expect(isActive).toBe(true);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(last()[0]?.ended).toBe(true);
  });

  test('stays active across awaits, separately for calls side by side', async () => {
    const { tracer } = setUp();
    const run = (name: string) =>
      withSpan(tracer, name, {}, async (span) => {
        await new Promise((resolve) => setImmediate(resolve));
        return trace.getActiveSpan() === span;
      });
    expect(await Promise.all([run('a'), run('b'), run('c')])).toEqual([true, true, true]);
  });

  test('ends the span of a lazy query when the query settles', async () => {
    const { tracer, last } = setUp();
    let asked = 0;
    const lazy: PromiseLike<number> = {
      // biome-ignore lint/suspicious/noThenProperty: what database clients return.
      then: (resolve) => {
        asked += 1;
        return Promise.resolve(7).then(resolve);
      },
    };
    expect(await withSpan(tracer, 'query', {}, () => lazy)).toBe(7);
    expect(asked).toBe(1);
    expect(last().length).toBe(1);
  });

  test('takes an explicit parent and links', () => {
    const { tracer, last } = setUp();
    const parent = tracer.startSpan('parent');
    const link = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } };
    const options = { parent: trace.setSpan(context.active(), parent), links: [link] };
    withClientSpan(tracer, 'child', options, () => {});
    parent.end();
    const child = last().find((span) => span.name === 'child');
    expect(child?.kind).toBe(SpanKind.CLIENT);
    expect(child?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(child?.links).toMatchObject([link]);
  });

  test('records what is thrown, even when it is no error', () => {
    const { tracer, last } = setUp();
    const thrown = Object.create(null);
    const run = () =>
      withSpan(tracer, 'a', {}, () => {
        throw thrown;
      });
    expect(run).toThrow();
    const [span] = last();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes['error.type']).toBe('_OTHER');
    expect(span?.events[0]?.attributes?.['exception.message']).toBe('a value that has no text');
  });

  test('takes the code of an error for its type', () => {
    const { tracer, last } = setUp();
    withSpan(tracer, 'a', {}, (span) => {
      failSpan(span, Object.assign(new Error('slow'), { code: 'exchange_timeout' }));
    });
    expect(last()[0]?.attributes['error.type']).toBe('exchange_timeout');
    expect(last()[0]?.events[0]?.attributes?.['exception.type']).toBe('exchange_timeout');
  });

  test('records one error again when it turns up in another trace', () => {
    const { tracer, last } = setUp();
    const error = new Error('shared');
    for (const name of ['a', 'b']) {
      withSpan(tracer, name, {}, (span) => failSpan(span, error));
      expect(last()[0]?.events.length).toBe(1);
    }
  });
});
