import { describe, expect, test } from 'bun:test';
import { SpanKind } from '@opentelemetry/api';
import { createHttpApp } from '../../src/http/app.ts';
import type { TraceJson } from '../../src/http/schemas/trace.ts';
import { withSpan } from '../../src/telemetry/spans.ts';
import { createHttpWorld } from '../support/http-world.ts';

function createWorld() {
  const world = createHttpWorld();
  const { tracer } = world.services.telemetry;
  const record = () => {
    let traceId = '';
    const attributes = { 'a.text': 'x', 'a.nan': Number.NaN, 'a.list': [1, 2] };
    expect(() =>
      withSpan(tracer, 'outer', { attributes }, (outer) => {
        traceId = outer.spanContext().traceId;
        outer.addLink({
          context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 },
        });
        return withSpan(tracer, 'inner', { kind: SpanKind.CLIENT }, () => {
          throw new RangeError('too far');
        });
      }),
    ).toThrow('too far');
    return traceId;
  };
  return { app: createHttpApp(world.services), record };
}

describe('/api/traces', () => {
  test('gives the spans of a trace with parent, kind, status, events and links', async () => {
    const { app, record } = createWorld();
    const traceId = record();
    const trace = (await (await app.request(`/api/traces/${traceId}`)).json()) as TraceJson;
    expect(trace).toMatchObject({ traceId, rootName: 'outer', hasError: true, spansCount: 2 });
    const [outer, inner] = trace.spans;
    expect(outer).toMatchObject({
      parentSpanId: null,
      kind: 'internal',
      status: 'error',
      statusMessage: 'too far',
      attributes: { 'a.text': 'x', 'a.nan': 'NaN', 'a.list': [1, 2] },
      links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
    });
    expect(inner).toMatchObject({
      parentSpanId: outer?.spanId ?? '',
      name: 'inner',
      kind: 'client',
    });
    expect(inner?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  test('leaves stack traces out', async () => {
    const { app, record } = createWorld();
    const traceId = record();
    const text = await (await app.request(`/api/traces/${traceId}`)).text();
    expect(text).toContain('exception.message');
    expect(text).not.toContain('stacktrace');
    expect(text).not.toContain('.ts:');
  });

  test('lists the newest first, as many as asked for', async () => {
    const { app, record } = createWorld();
    const ids = [record(), record(), record()];
    const read = async (query: string) =>
      (
        (await (await app.request(`/api/traces${query}`)).json()) as { traces: TraceJson[] }
      ).traces.map(({ traceId }) => traceId);
    expect(await read('')).toEqual(ids.toReversed());
    expect(await read('?limit=1')).toEqual(ids.slice(2));
  });

  test('takes an id in capitals and refuses what is none', async () => {
    const { app, record } = createWorld();
    const traceId = record();
    expect((await app.request(`/api/traces/${traceId.toUpperCase()}`)).status).toBe(200);
    expect((await app.request(`/api/traces/${traceId}0`)).status).toBe(400);
    expect((await app.request(`/api/traces/${'0'.repeat(32)}`)).status).toBe(404);
  });
});
