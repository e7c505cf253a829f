/** Requests from the Worker to objects, in the trace of the request that caused them. */

import { headersSetter } from '../../../telemetry/propagate/carriers.ts';
import type { Telemetry } from '../../../telemetry/telemetry.ts';
import type { Bindings, ShardStub } from '../bindings.ts';
import type { Layout } from '../layout.ts';

export interface Gateway {
  readonly layout: Layout;
  readonly telemetry: Pick<Telemetry, 'propagator' | 'activeContext'>;
  stubOf(name: string): ShardStub;
}

export function createGateway(
  env: Bindings,
  layout: Layout,
  telemetry: Gateway['telemetry'],
): Gateway {
  return { layout, telemetry, stubOf: (name) => env.MARKET.getByName(name) };
}

/** Headers for an object: those given, with the active trace. */
export function withTrace(gateway: Gateway, given: Headers): Headers {
  const headers = new Headers(given);
  const { propagator, activeContext } = gateway.telemetry;
  propagator.inject(activeContext(), headers, headersSetter);
  return headers;
}

/** Sends the request on, body and all. */
export function forward(gateway: Gateway, request: Request, name: string): Promise<Response> {
  const headers = withTrace(gateway, request.headers);
  return gateway.stubOf(name).fetch(new Request(request, { headers }));
}

/** Asks several objects the same, without a body. Answers stand in the order of `names`. */
export function askAll(
  gateway: Gateway,
  request: Request,
  names: readonly string[] = gateway.layout.names,
): Promise<readonly Response[]> {
  const headers = withTrace(gateway, request.headers);
  // Compared with one object's answer, a merged one would be called unchanged.
  headers.delete('if-none-match');
  const { url, signal } = request;
  const init = { method: 'GET', headers, signal };
  return Promise.all(names.map((name) => gateway.stubOf(name).fetch(new Request(url, init))));
}

/** The answers as JSON when all are well; otherwise the first that is not. */
export async function readAll<Answer>(
  responses: readonly Response[],
): Promise<readonly Answer[] | Response> {
  const refused = responses.find(({ ok }) => !ok);
  if (refused === undefined) {
    return Promise.all(responses.map((response) => response.json() as Promise<Answer>));
  }
  for (const other of responses) if (other !== refused) await other.body?.cancel();
  return refused;
}

/** `body` with the headers that every answer of the API has, as an object sent them. */
export function toMergedResponse(body: unknown, like: Response, status = 200): Response {
  const headers = new Headers(like.headers);
  headers.delete('content-length');
  headers.delete('etag');
  return new Response(JSON.stringify(body), { status, headers });
}
