import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { propagation, trace } from '@opentelemetry/api';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { failSpan, setRoute, spanOf, traceFetch, withSpan } from '../../src/telemetry/index.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { createTestTelemetry, type TestTelemetry } from './support.ts';

let collector: OtlpCollector;
let telemetry: TestTelemetry;
let baseUrl: string;
let server: ReturnType<typeof Bun.serve>;

const OCTETS = { 'content-type': 'application/octet-stream' };

function createApp(): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    setRoute(c.req.raw, c.req.routePath);
  });
  app.get('/health', (c) => c.text('ok'));
  app.get('/api/tickers/:symbol', async (c) => {
    await Promise.resolve();
    withSpan(telemetry.tracer, 'lookup', {}, () => {});
    c.header('set-cookie', 'a=1', { append: true });
    c.header('set-cookie', 'b=2', { append: true });
    return c.json({ traceId: trace.getActiveSpan()?.spanContext().traceId });
  });
  app.get('/baggage', async (c) => {
    await Promise.resolve();
    const entry = propagation.getActiveBaggage()?.getEntry('crypto.symbol');
    return c.text(entry?.value ?? 'none');
  });
  app.get('/broken', () => {
    throw new Error('database is gone');
  });
  app.get('/busy', (c) => c.json({}, 503));
  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ data: 'one' });
      await stream.writeSSE({ data: 'two' });
    }),
  );
  app.get('/endless', () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue('tick') });
    return new Response(body, { headers: OCTETS });
  });
  app.get('/torn', () => {
    let chunks = 0;
    return new Response(
      new ReadableStream({
        pull: (controller) => {
          chunks += 1;
          if (chunks > 1) throw new Error('torn in the middle');
          controller.enqueue(new TextEncoder().encode('part'));
        },
      }),
      { headers: OCTETS },
    );
  });
  app.onError((error, c) => {
    const span = spanOf(c.req.raw);
    if (span !== null) failSpan(span, error);
    return c.json({ traceId: span?.spanContext().traceId }, 500);
  });
  return app;
}

beforeAll(async () => {
  collector = await createOtlpCollector();
  telemetry = createTestTelemetry(collector.url);
  const app = createApp();
  const handler = traceFetch(telemetry, app.fetch);
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => handler(request) });
  baseUrl = `http://127.0.0.1:${server.port}`;
});
afterEach(() => collector.clear());
afterAll(async () => {
  await telemetry.shutdown();
  await server.stop(true);
  await collector.close();
});

/** Waits for what the server does when a client has gone. */
async function eventually(isDone: () => boolean): Promise<void> {
  for (let turn = 0; !isDone() && turn < 400; turn += 1) await Bun.sleep(5);
  expect(isDone()).toBe(true);
}

async function oneTree() {
  await telemetry.flush();
  const trees = [...collector.toTrees().values()].flat();
  expect(trees.length).toBe(1);
  const [tree] = trees;
  if (tree === undefined) throw new Error('no tree arrived');
  return tree;
}

describe('traceFetch', () => {
  test('describes a request by the stable conventions, with its children', async () => {
    const response = await fetch(`${baseUrl}/api/tickers/BTC-USDT?depth=5&token=hunter2`, {
      headers: { 'user-agent': 'test/1' },
    });
    const { traceId } = (await response.json()) as { traceId: string };
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const tree = await oneTree();
    expect(tree.name).toBe('GET /api/tickers/:symbol');
    expect(tree.kind).toBe('SERVER');
    expect(tree.span.traceId).toBe(traceId);
    expect(tree.status).toEqual({ code: 'UNSET', message: '' });
    expect(tree.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/tickers/:symbol',
      'http.response.status_code': 200,
      'url.path': '/api/tickers/BTC-USDT',
      'url.query': 'depth=5&token=REDACTED',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': server.port ?? 0,
      'user_agent.original': 'test/1',
    });
    expect(tree.children.map((child) => child.name)).toEqual(['lookup']);
  });

  test('continues the trace and the baggage of the caller', async () => {
    const response = await fetch(`${baseUrl}/baggage`, {
      headers: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'vendor=value',
        baggage: 'crypto.symbol=BTC%2FUSDT',
      },
    });
    expect(response.headers.get('content-type')?.toLowerCase()).toBe('text/plain;charset=utf-8');
    expect(await response.text()).toBe('BTC/USDT');
    const tree = await oneTree();
    expect(tree.span).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      traceState: 'vendor=value',
    });
    expect(telemetry.recentTraces.get('0af7651916cd43dd8448eb211c80319c')?.rootName).toBe(
      'GET /baggage',
    );
  });

  test('skips the listed paths', async () => {
    await fetch(`${baseUrl}/health`);
    await telemetry.flush();
    expect(collector.spans()).toEqual([]);
  });

  test('names an unknown route by its method alone and does not fail the span', async () => {
    expect((await fetch(`${baseUrl}/nowhere`)).status).toBe(404);
    const tree = await oneTree();
    expect(tree.attributes['http.response.status_code']).toBe(404);
    expect(tree.status.code).toBe('UNSET');
  });

  test('turns an unknown method into _OTHER and keeps the original', async () => {
    const handler = traceFetch(telemetry, () => new Response('x'));
    const response = await handler(new Request('http://localhost/', { method: 'PROPFIND' }));
    expect(await response.text()).toBe('x');
    const tree = await oneTree();
    expect(tree.name).toBe('HTTP');
    expect(tree.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PROPFIND',
    });
    expect(tree.attributes['server.port']).toBeUndefined();
  });

  test('marks a 5xx answer as an error by its status', async () => {
    await fetch(`${baseUrl}/busy`);
    const tree = await oneTree();
    expect(tree.status.code).toBe('ERROR');
    expect(tree.attributes['error.type']).toBe('503');
  });

  test('keeps the exception that an error handler recorded', async () => {
    await fetch(`${baseUrl}/broken`);
    const tree = await oneTree();
    expect(tree.status).toEqual({ code: 'ERROR', message: 'database is gone' });
    expect(tree.attributes).toMatchObject({
      'error.type': 'Error',
      'http.response.status_code': 500,
    });
    expect(tree.events.map((event) => event.name)).toEqual(['exception']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('bad');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('bad'))],
  ])('records a handler that %s and lets the error through', async (_title, fail) => {
    const handler = traceFetch(telemetry, (): Response | Promise<Response> => fail());
    await expect((async () => handler(new Request('http://localhost:8787/x')))()).rejects.toThrow(
      'bad',
    );
    const tree = await oneTree();
    expect(tree.status).toEqual({ code: 'ERROR', message: 'bad' });
    expect(tree.attributes['error.type']).toBe('TypeError');
    expect(tree.attributes['http.response.status_code']).toBeUndefined();
  });

  test('ends the span of a stream when its body ends, with its size', async () => {
    const response = await fetch(`${baseUrl}/events`);
    const text = await response.text();
    expect(text).toContain('data: two');
    const tree = await oneTree();
    expect(tree.attributes['http.response.body.size']).toBe(text.length);
    expect(tree.attributes['http.response.body.cancelled']).toBeUndefined();
  });

  test('ends the span of a stream when the client goes away', async () => {
    const client = new AbortController();
    const response = await fetch(`${baseUrl}/endless`, { signal: client.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    client.abort();
    await eventually(() => telemetry.health().queuedCount > 0);
    const tree = await oneTree();
    expect(tree.attributes['http.response.body.cancelled']).toBe(true);
    expect(tree.status.code).toBe('UNSET');
  });

  test('fails the span of a stream that breaks', async () => {
    await fetch(`${baseUrl}/torn`)
      .then((response) => response.text())
      .catch(() => {});
    const tree = await oneTree();
    expect(tree.status).toEqual({ code: 'ERROR', message: 'torn in the middle' });
    expect(tree.attributes['http.response.body.size']).toBe(4);
  });

  test.each([
    ['GET', undefined, undefined],
    ['POST', '{"a":1}', 7],
  ])('tells the size of the body of a %s that can have one', async (method, body, size) => {
    const headers = { 'content-length': '7' };
    const init = body === undefined ? { method, headers } : { method, headers, body };
    await traceFetch(telemetry, () => Response.json({}))(new Request('http://localhost/', init));
    expect((await oneTree()).attributes['http.request.body.size']).toBe(size);
  });

  test.each([
    [{ 'content-type': 'application/json' }, undefined],
    [{ 'content-type': 'application/json', 'content-length': '2' }, 2],
    [{ 'content-length': '2' }, 2],
  ])('tells the size of a whole answer with %j', async (headers, size) => {
    const answer = new Response('{}', { headers });
    expect(traceFetch(telemetry, () => answer)(new Request('http://localhost/'))).toBe(answer);
    expect((await oneTree()).attributes['http.response.body.size']).toBe(size);
  });

  test('measures a request by the duration of its span', async () => {
    const measured = createTestTelemetry(collector.url, {});
    await traceFetch(measured, () => new Response('x'))(new Request('http://localhost/'));
    await measured.flush();
    const [span] = collector.spans();
    const nanos = (span?.endTimeUnixNano ?? 0n) - (span?.startTimeUnixNano ?? 0n);
    const sum = /http_server_request_duration_seconds_sum\{[^}]*\} (\S+)/.exec(
      measured.prometheus(null).body,
    );
    expect(Number(sum?.[1])).toBeCloseTo(Number(nanos) / 1e9, 8);
    await measured.shutdown();
  });

  test('does not wait for the body of an answer to HEAD', async () => {
    const handler = traceFetch(telemetry, () => new Response('never read'));
    await handler(new Request('http://localhost/', { method: 'HEAD' }));
    expect((await oneTree()).name).toBe('HEAD');
  });

  test('lets a connection become a WebSocket', async () => {
    const handler = traceFetch(telemetry, () => undefined);
    expect(handler(new Request('http://localhost/ws'))).toBeUndefined();
    expect((await oneTree()).attributes['http.response.status_code']).toBeUndefined();
  });

  test('answers an untraced request without a span', () => {
    const request = new Request('http://localhost/x');
    setRoute(request, '/x');
    expect(spanOf(request)).toBeNull();
  });

  test('with the layer switched off, passes the context on, and records and measures nothing', async () => {
    const off = createTestTelemetry(collector.url, { OTEL_SDK_DISABLED: 'true' });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const handler = traceFetch(off, (request: Request) => {
      const active = trace.getActiveSpan()?.spanContext().traceId ?? 'none';
      return new Response(`${active} ${spanOf(request)}`);
    });
    const ask = async (headers: Record<string, string>) =>
      (await handler(new Request('http://localhost/x', { headers }))).text();
    expect(await ask({ traceparent: `00-${traceId}-b7ad6b7169203331-01` })).toBe(`${traceId} null`);
    expect(await ask({})).toBe('none null');
    expect(off.prometheus(null).body).not.toContain('http_server');
    expect(collector.spans()).toEqual([]);
  });

  test('keeps the children of a root that is not sampled out of the export', async () => {
    const never = createTestTelemetry(collector.url, {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const handler = traceFetch(never, (request: Request) =>
      withSpan(never.tracer, 'inside', {}, (span) => {
        const { traceId, traceFlags } = span.spanContext();
        const isSame = traceId === spanOf(request)?.spanContext().traceId;
        return new Response(`${isSame} ${traceFlags & 1}`);
      }),
    );
    expect(await (await handler(new Request('http://localhost/x'))).text()).toBe('true 0');
    await never.flush();
    expect(collector.spans()).toEqual([]);
    expect(never.health().sampling?.decisions.droppedCount).toBe(2);
  });

  test('reads the headers and the whole answers of a Node adapter as they are', async () => {
    const whole = Symbol('cache');
    const answer = Object.assign(new Response('{}'), {
      [whole]: [201, '{}', { 'Content-Length': '2' }],
    });
    Object.defineProperty(answer, 'headers', {
      get: () => {
        throw new Error('looked at');
      },
    });
    const handler = traceFetch(telemetry, (_request: Request, _bindings: object) => answer);
    const incoming = {
      headers: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'user-agent': 'node/1',
      },
    };
    expect(handler(new Request('http://localhost/x'), { incoming })).toBe(answer);
    const { attributes, span } = await oneTree();
    expect(span.parentSpanId).toBe('b7ad6b7169203331');
    expect(attributes).toMatchObject({
      'user_agent.original': 'node/1',
      'http.response.body.size': 2,
    });
  });
});
