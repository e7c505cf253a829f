import { expect, test } from 'bun:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { setBaggageValues } from '../../../src/telemetry/propagate/baggage.ts';
import { createOutboundPolicy } from '../../../src/telemetry/propagate/outbound-policy.ts';
import { createPropagatingFetch } from '../../../src/telemetry/propagate/propagating-fetch.ts';
import { createPropagator } from '../../../src/telemetry/propagate/propagator.ts';

const SPAN = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
const CONTEXT = setBaggageValues(trace.setSpanContext(ROOT_CONTEXT, SPAN), { exchange: 'okx' });

test.each([
  ['api.example.com', 'https://api.example.com/x', true],
  ['api.example.com', 'https://api.example.com:8443/x', true],
  ['API.Example.com', 'http://api.example.COM./x', true],
  ['api.example.com', 'https://example.com/', false],
  ['api.example.com', 'https://api.example.com.evil.net/', false],
  ['api.example.com', 'https://xapi.example.com/', false],
  ['api.example.com', 'https://api.example.com@evil.net/', false],
  ['api.example.com', 'wss://api.example.com/', false],
  ['api.example.com', '/relative', false],
  ['*.example.com', 'https://a.b.example.com/', true],
  ['*.example.com', 'https://example.com/', false],
  ['*.example.com', 'https://badexample.com/', false],
  ['localhost:3000', 'http://localhost:3000/', true],
  ['localhost:3000', 'http://localhost:3001/', false],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:443', 'http://example.com/', false],
  ['example.com:80', 'http://example.com/', true],
  ['[::1]:3000', 'http://[::1]:3000/', true],
])('the entry %s and the URL %s: %p', (entry, url, isAllowed) => {
  expect(createOutboundPolicy([entry]).allows(url)).toBe(isAllowed);
  if (URL.canParse(url)) {
    expect(createOutboundPolicy([entry]).allows(new URL(url))).toBe(isAllowed);
  }
});

test('an empty list allows no host', () => {
  expect(createOutboundPolicy([]).allows('https://example.com/')).toBe(false);
});

test.each([
  '',
  '*',
  '*.',
  'https://example.com',
  'a b',
  'user@host',
  'host/path',
  '*.*.com',
  'a:b',
])('the entry %p is refused by name', (entry) => {
  expect(() => createOutboundPolicy([entry])).toThrow(RangeError);
  expect(() => createOutboundPolicy([entry])).toThrow(`got ${entry}`);
});

function recordingFetch(names?: readonly string[]) {
  const calls: { input: unknown; headers: Headers; redirect: unknown }[] = [];
  const send = createPropagatingFetch({
    propagator: createPropagator(names === undefined ? {} : { names }),
    policy: createOutboundPolicy(['ours.example']),
    fetch: (input, init) => {
      calls.push({ input, headers: new Headers(init?.headers), redirect: init?.redirect });
      return Promise.resolve(new Response(null, { status: 204 }));
    },
  });
  return { send, calls };
}

test('an allowed host gets the context beside the headers of the caller', async () => {
  const { send, calls } = recordingFetch();
  await send(CONTEXT, 'https://ours.example/x', { headers: { accept: 'text/plain' } });
  expect(Object.fromEntries(calls[0]?.headers ?? [])).toEqual({
    accept: 'text/plain',
    traceparent: `00-${SPAN.traceId}-${SPAN.spanId}-01`,
    baggage: 'crypto.exchange=okx',
  });
  expect(calls[0]?.redirect).toBe('manual');
});

test('another host gets nothing, not even context that the caller copied', async () => {
  const { send, calls } = recordingFetch();
  const headers = { TraceParent: 'x', tracestate: 'a=1', Baggage: 'k=v', 'x-key': '1' };
  await send(CONTEXT, 'https://exchange.example/x', { headers });
  await send(CONTEXT, new Request('https://exchange.example/y', { headers }));
  for (const call of calls) expect(Object.fromEntries(call.headers)).toEqual({ 'x-key': '1' });
  expect(calls[0]?.redirect).toBeUndefined();
});

test('headers of a Request go along, and its wish to fail on redirects is kept', async () => {
  const { send, calls } = recordingFetch();
  const request = new Request('https://ours.example/z', {
    headers: { 'x-key': '1' },
    redirect: 'error',
  });
  await send(CONTEXT, request);
  expect(calls[0]?.headers.get('x-key')).toBe('1');
  expect(calls[0]?.headers.has('traceparent')).toBe(true);
  expect(calls[0]?.redirect).toBe('error');
});

test('an allowed host that redirects to a stranger takes our ids nowhere', async () => {
  const seen: (string | null)[] = [];
  const stranger = Bun.serve({
    port: 0,
    fetch: (request) => {
      seen.push(request.headers.get('traceparent'));
      return new Response('stranger');
    },
  });
  const ours = Bun.serve({ port: 0, fetch: () => Response.redirect(String(stranger.url), 307) });
  const send = createPropagatingFetch({
    propagator: createPropagator(),
    policy: createOutboundPolicy([ours.url.host]),
    fetch,
  });
  const response = await send(CONTEXT, ours.url);
  expect(response.status).toBe(307);
  expect(seen).toEqual([]);
  await Promise.all([ours.stop(true), stranger.stop(true)]);
});

test('names choose the propagators; unknown ones are reported once and passed over', () => {
  const unknown: string[] = [];
  const names = ['baggage', 'b3', 'baggage', 'b3'];
  const propagator = createPropagator({ names, onUnknown: (name) => unknown.push(name) });
  expect(propagator.fields()).toEqual(['baggage']);
  expect(unknown).toEqual(['b3']);
  expect(createPropagator().fields()).toEqual(['traceparent', 'tracestate', 'baggage']);
  expect(createPropagator({ names: ['none', 'tracecontext'] }).fields()).toEqual([]);
});
