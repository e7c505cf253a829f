import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace-base';
import { parseTelemetryConfig } from '../../src/telemetry/index.ts';
import { createRecentTraces, type RecentTracesStore } from '../../src/telemetry/recent-traces.ts';
import { createSdkTracing } from '../../src/telemetry/sdk-tracing.ts';

function setUp(maxTracesCount: number, maxSpansPerTraceCount = 500) {
  const store = createRecentTraces({ maxTracesCount, maxSpansPerTraceCount });
  const tracing = createSdkTracing({
    resource: {},
    redactor: null,
    sampler: new AlwaysOnSampler(),
    limits: parseTelemetryConfig({}).spanLimits,
    processors: [store],
  });
  return { store, tracer: tracing.getTracer('test') };
}

function names(store: RecentTracesStore, limit = 100): readonly string[] {
  return store.list(limit).map((trace) => trace.rootName);
}

function endTrace(tracer: Tracer, name: string, hasError = false): string {
  const span = tracer.startSpan(name, {}, ROOT_CONTEXT);
  if (hasError) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  return span.spanContext().traceId;
}

const childOf = (tracer: Tracer, parent: Span, name: string) =>
  tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));

describe('recent traces', () => {
  test('shows a trace once its root ended, newest first, spans by start', () => {
    const { store, tracer } = setUp(10);
    const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
    const child = childOf(tracer, root, 'child');
    child.setStatus({ code: SpanStatusCode.ERROR });
    child.end();
    expect(store.list(10)).toEqual([]);
    root.end();
    endTrace(tracer, 'later');
    expect(names(store)).toEqual(['later', 'root']);
    expect(names(store, 1)).toEqual(['later']);
    const found = store.get(root.spanContext().traceId);
    expect(found?.spans.map((span) => span.name)).toEqual(['root', 'child']);
    expect(found?.hasError).toBe(true);
    expect(found?.durationMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs((found?.startedAtMs ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(store.get('0'.repeat(32))).toBeNull();
  });

  test('keeps traces that opened an opportunity longer than those that found nothing', () => {
    const { store, tracer } = setUp(4);
    const endRound = (name: string, openedCount: number) => {
      const attributes = { 'arbitrage.opportunities_opened_count': openedCount };
      tracer.startSpan(name, { attributes }, ROOT_CONTEXT).end();
    };
    endRound('found 1', 1);
    for (const name of ['a', 'b', 'c', 'd', 'e']) endRound(name, 0);
    expect(names(store)).toEqual(['e', 'd', 'c', 'found 1']);
    endRound('found 2', 2);
    endRound('found 3', 1);
    expect(names(store)).toEqual(['found 3', 'found 2', 'e', 'found 1']);
    endRound('found 4', 1);
    expect(names(store)).toEqual(['found 4', 'found 3', 'found 2', 'e']);
  });

  test('adds spans that end after their root, and takes a remote parent for a root', () => {
    const { store, tracer } = setUp(10);
    const remote = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    };
    const root = tracer.startSpan('served', {}, trace.setSpanContext(ROOT_CONTEXT, remote));
    const late = childOf(tracer, root, 'late');
    root.end();
    late.end();
    expect(store.get(remote.traceId)?.spans.map((span) => span.name)).toEqual(['served', 'late']);
  });

  test('keeps the last traces within its bound', () => {
    const { store, tracer } = setUp(3);
    for (const name of ['a', 'b', 'c']) endTrace(tracer, name);
    expect(names(store)).toEqual(['c', 'b', 'a']);
    endTrace(tracer, 'd');
    expect(names(store)).toEqual(['d', 'c', 'b']);
  });

  test('loses ordinary traces before those with an error', () => {
    const { store, tracer } = setUp(4);
    endTrace(tracer, 'error 1', true);
    endTrace(tracer, 'error 2', true);
    for (const name of ['a', 'b', 'c', 'd', 'e']) endTrace(tracer, name);
    expect(names(store)).toEqual(['e', 'd', 'error 2', 'error 1']);
  });

  test('loses the oldest error when errors fill more than half', () => {
    const { store, tracer } = setUp(4);
    for (const index of [1, 2, 3]) endTrace(tracer, `error ${index}`, true);
    endTrace(tracer, 'a');
    endTrace(tracer, 'b');
    expect(names(store)).toEqual(['b', 'a', 'error 3', 'error 2']);
  });

  test('keeps a bounded number of spans of one trace, and its root always', () => {
    const { store, tracer } = setUp(2, 3);
    const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
    for (let index = 0; index < 5; index += 1) childOf(tracer, root, `child ${index}`).end();
    root.end();
    const spans = store.list(1)[0]?.spans.map((span) => span.name);
    expect(spans).toEqual(['root', 'child 0', 'child 1', 'child 2']);
  });

  test('forgets the oldest unfinished trace beyond its bound', () => {
    const { store, tracer } = setUp(1);
    const first = tracer.startSpan('first', {}, ROOT_CONTEXT);
    const second = tracer.startSpan('second', {}, ROOT_CONTEXT);
    childOf(tracer, first, 'forgotten').end();
    childOf(tracer, second, 'kept').end();
    first.end();
    expect(store.list(1)[0]?.spans.map((span) => span.name)).toEqual(['first']);
  });

  test('keeps nothing when its bound is 0', () => {
    const { store, tracer } = setUp(0);
    endTrace(tracer, 'a');
    expect(store.list(10)).toEqual([]);
  });
});
