/**
 * What `@hono/node-server` hands to a handler beside the request, and what its answers show. Its `Request` and
 * `Response` are light until somebody looks at their headers; looking costs more than all of a span.
 */

import type { HeaderFields } from './propagate/carriers.ts';

/** Node's own message, as far as it is used. */
export interface NodeMessage {
  readonly headers: HeaderFields;
}

/** `(request, { incoming, outgoing })`. Null on other platforms. */
export function findNodeMessage(rest: readonly unknown[]): NodeMessage | null {
  const [bindings] = rest;
  if (typeof bindings !== 'object' || bindings === null || !('incoming' in bindings)) return null;
  const { incoming } = bindings;
  const isMessage =
    typeof incoming === 'object' &&
    incoming !== null &&
    'headers' in incoming &&
    typeof incoming.headers === 'object' &&
    incoming.headers !== null;
  return isMessage ? (incoming as NodeMessage) : null;
}

/** Status, body and headers, as the light response keeps them under a symbol of its own. */
type LightParts = readonly [status: number, body: unknown, headers: unknown];

/** Where the last light response had its parts: listing the symbols of each costs as much as an active context. */
let partsKey: symbol | null = null;

/** The headers of an answer that is there as a whole; null when that is not known without looking at the response. */
export function headersOfWhole(response: Response): LightHeaders | null {
  const known = partsKey === null ? null : partsAt(response, partsKey);
  const parts = known ?? searchParts(response);
  return parts !== null && isWhole(parts[1]) ? toLightHeaders(parts[2]) : null;
}

function searchParts(response: Response): LightParts | null {
  for (const symbol of Object.getOwnPropertySymbols(response)) {
    const parts = partsAt(response, symbol);
    if (parts === null) continue;
    partsKey = symbol;
    return parts;
  }
  return null;
}

function partsAt(response: object, symbol: symbol): LightParts | null {
  const parts = (response as { readonly [key: symbol]: unknown })[symbol];
  return isLightParts(parts) ? parts : null;
}

/** Headers as they were given to the response. */
export type LightHeaders = Headers | Readonly<Record<string, unknown>>;

/** @param name - in lower case. */
export function getLight(headers: LightHeaders, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) return String(headers[key]);
  }
  return null;
}

function isLightParts(parts: unknown): parts is LightParts {
  return Array.isArray(parts) && parts.length === 3 && typeof parts[0] === 'number';
}

function isWhole(body: unknown): boolean {
  return body === null || typeof body === 'string' || body instanceof Uint8Array;
}

/** Null for a list of pairs, which is rare. */
function toLightHeaders(headers: unknown): LightHeaders | null {
  if (headers === undefined || headers === null) return {};
  const isRecord = typeof headers === 'object' && !Array.isArray(headers);
  return isRecord ? (headers as LightHeaders) : null;
}
