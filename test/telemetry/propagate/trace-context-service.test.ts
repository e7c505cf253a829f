/** The service that the W3C suite drives, asked over raw sockets so that every byte of a header arrives as written. */

import { afterAll, expect, test } from 'bun:test';
import { rawPost } from '../../support/raw-post.ts';
import { startTraceContextService } from '../../support/trace-context-service.ts';

const TRACE = '12345678901234567890123456789012';
const PARENT = '1234567890123456';
const TRACEPARENT = `traceparent: 00-${TRACE}-${PARENT}-01`;

const received: { readonly path: string; readonly headers: Headers; readonly body: string }[] = [];
const target = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const body = await request.text();
    received.push({ path: new URL(request.url).pathname, headers: request.headers, body });
    return new Response(null, { status: request.url.endsWith('/fails') ? 500 : 200 });
  },
});
const service = startTraceContextService(0);

afterAll(() => Promise.all([service.stop(true), target.stop(true)]));

const post = (path: string, lines: readonly string[], body: string) =>
  rawPost(service.port ?? 0, path, lines, body);

async function call(lines: readonly string[], count = 1) {
  received.length = 0;
  const calls = Array.from({ length: count }, (_, index) => ({
    url: `${target.url}${index}`,
    arguments: [{ index }],
  }));
  expect(await post('/test', lines, JSON.stringify(calls))).toBe('HTTP/1.1 200 OK');
  return received.map(({ headers }) => {
    const [, traceId, spanId, flags] = (headers.get('traceparent') ?? '').split('-');
    return { traceId, spanId, flags, tracestate: headers.get('tracestate') };
  });
}

test('three calls continue one trace, each with a span of its own', async () => {
  const calls = await call([TRACEPARENT], 3);
  expect(calls.map((one) => one.traceId)).toEqual([TRACE, TRACE, TRACE]);
  expect(new Set(calls.map((one) => one.spanId)).size).toBe(3);
  expect(calls.some((one) => one.spanId === PARENT)).toBe(false);
  expect(received.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
    ['/0', [{ index: 0 }]],
    ['/1', [{ index: 1 }]],
    ['/2', [{ index: 2 }]],
  ]);
});

test('a call without context begins a random, sampled trace', async () => {
  const [first] = await call([]);
  expect(first?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(first?.flags).toBe('03');
  expect(first?.tracestate).toBeNull();
});

test.each(['00', '01', '02', '03'])('incoming flags %s go out unchanged', async (flags) => {
  const [first] = await call([`traceparent: 00-${TRACE}-${PARENT}-${flags}`]);
  expect(first).toMatchObject({ traceId: TRACE, flags });
});

test.each([
  ['capitals in names', [`TRACEPARENT: 00-${TRACE}-${PARENT}-01`, 'TraceState: a=1'], 'a=1'],
  [
    'whitespace around values',
    [`traceparent: \t 00-${TRACE}-${PARENT}-01 \t`, 'tracestate:\ta=1 '],
    'a=1',
  ],
  [
    'several tracestate fields',
    [TRACEPARENT, 'tracestate: a=1,b=2', 'tracestate: ', 'tracestate: c=3'],
    'a=1,b=2,c=3',
  ],
  ['an empty tracestate', [TRACEPARENT, 'tracestate:'], null],
  ['an invalid tracestate', [TRACEPARENT, 'tracestate: a=1', 'tracestate: B=2'], null],
  ['a tracestate under another name', [TRACEPARENT, 'trace-state: a=1'], null],
])('%s: the trace is continued', async (_title, lines, tracestate) => {
  const [first] = await call(lines);
  expect(first).toMatchObject({ traceId: TRACE, tracestate });
});

test.each([
  ['two traceparent fields', [TRACEPARENT, TRACEPARENT]],
  ['another name', [`trace-parent: 00-${TRACE}-${PARENT}-01`]],
  ['version ff', [`traceparent: ff-${TRACE}-${PARENT}-01`]],
  ['a broken header', [`traceparent: 00-${TRACE}-${PARENT}-01.`, 'tracestate: a=1']],
])('%s: a new trace begins, without the state', async (_title, lines) => {
  const [first] = await call(lines);
  expect(first?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(first?.traceId).not.toBe(TRACE);
  expect(first?.tracestate).toBeNull();
});

test('what cannot be done is answered, and the service goes on', async () => {
  expect(await post('/other', [], '[]')).toBe('HTTP/1.1 404 Not Found');
  expect(await post('/test', [], 'nonsense')).toBe('HTTP/1.1 400 Bad Request');
  expect(await post('/test', [], '[{"arguments":[]}]')).toBe('HTTP/1.1 400 Bad Request');
  const failing = JSON.stringify([{ url: `${target.url}fails`, arguments: [] }]);
  expect(await post('/test', [], failing)).toBe('HTTP/1.1 400 Bad Request');
  expect((await call([TRACEPARENT]))[0]?.traceId).toBe(TRACE);
});
