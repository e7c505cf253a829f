/**
 * The service that the W3C trace-context suite (`w3c/trace-context`, `test/test.py`) drives: `POST /test` takes a JSON
 * array of `{url, arguments}` and POSTs each `arguments` as JSON to its `url`, continuing the trace that came in.
 *
 *   PORT=5000 bun test/support/trace-context-service.ts
 */

import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { headersGetter } from '../../src/telemetry/propagate/carriers.ts';
import { createOutboundPolicy } from '../../src/telemetry/propagate/outbound-policy.ts';
import { createPropagatingFetch } from '../../src/telemetry/propagate/propagating-fetch.ts';
import { createPropagator } from '../../src/telemetry/propagate/propagator.ts';
import { failSpan, withSpan } from '../../src/telemetry/spans.ts';

interface Call {
  readonly url: string;
  readonly arguments: unknown;
}

const tracer = new BasicTracerProvider().getTracer('trace-context-service');
const propagator = createPropagator({ randomTraceIds: true });

/** Starts the service; port 0 takes a free one. */
export function startTraceContextService(port: number) {
  return Bun.serve({ port, hostname: '127.0.0.1', fetch: handle });
}

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== 'POST' || pathname !== '/test') return new Response(null, { status: 404 });
  const parent = propagator.extract(ROOT_CONTEXT, request.headers, headersGetter);
  const options = { kind: SpanKind.SERVER, parent };
  return withSpan(tracer, 'POST /test', options, async (span) => {
    try {
      const calls = parseCalls(await request.json());
      const context = trace.setSpan(parent, span);
      for (const call of calls) await post(call, context);
      return Response.json({ calledCount: calls.length });
    } catch (error) {
      failSpan(span, error);
      return Response.json({ error: String(error) }, { status: 400 });
    }
  });
}

function post(call: Call, parent: Context): Promise<void> {
  const send = createPropagatingFetch({
    propagator,
    policy: createOutboundPolicy([new URL(call.url).host]),
    fetch,
  });
  return withSpan(tracer, 'POST', { kind: SpanKind.CLIENT, parent }, async (span) => {
    const body = JSON.stringify(call.arguments ?? []);
    const headers = { 'content-type': 'application/json' };
    const context = trace.setSpan(parent, span);
    const response = await send(context, call.url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${call.url}: status ${response.status}`);
  });
}

function parseCalls(body: unknown): readonly Call[] {
  if (!Array.isArray(body)) throw new TypeError('body: expected a JSON array');
  return body.map((item: unknown) => {
    const url = typeof item === 'object' && item !== null && 'url' in item ? item.url : undefined;
    if (typeof url !== 'string') throw new TypeError('url: expected text in every element');
    return { url, arguments: (item as { arguments?: unknown }).arguments };
  });
}

if (import.meta.main) {
  const server = startTraceContextService(Number(process.env['PORT'] ?? '5000'));
  process.stdout.write(`listening on ${server.url}\n`);
}
