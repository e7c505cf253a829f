/** A request as the attributes of its server span ("Semantic conventions for HTTP spans", stable). */

import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import type { RequestTarget } from './request-target.ts';

/** RFC 9110 §9 and RFC 5789; any other is `_OTHER` ("HTTP spans", http.request.method). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

export function startServerSpan(
  tracer: Tracer,
  request: Request,
  target: RequestTarget,
  parent: Context,
): Span {
  const method = toMethod(request);
  const attributes = requestAttributes(request, method, target);
  return tracer.startSpan(toName(method), { kind: SpanKind.SERVER, attributes }, parent);
}

/** The method, `_OTHER` when it is not a known one. */
export function toMethod(request: Request): string {
  return KNOWN_METHODS.has(request.method) ? request.method : '_OTHER';
}

/** The method's part of the span's name ("HTTP spans", Name). */
export function toName(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}

function requestAttributes(request: Request, method: string, target: RequestTarget): Attributes {
  const attributes: Attributes = {
    [SEMCONV_ATTR.httpRequestMethod]: method,
    [SEMCONV_ATTR.urlPath]: target.path,
    [SEMCONV_ATTR.urlScheme]: target.scheme,
    [SEMCONV_ATTR.serverAddress]: target.host,
  };
  if (method === '_OTHER') attributes[SEMCONV_ATTR.httpRequestMethodOriginal] = request.method;
  if (target.port !== null) attributes[SEMCONV_ATTR.serverPort] = target.port;
  if (target.query !== '') attributes[SEMCONV_ATTR.urlQuery] = target.query;
  const userAgent = request.headers.get('user-agent');
  if (userAgent !== null) attributes[SEMCONV_ATTR.userAgentOriginal] = userAgent;
  const size = toSize(request.headers.get('content-length'));
  if (size !== null) attributes[INCUBATING_ATTR.httpRequestBodySize] = size;
  return attributes;
}

/** A `Content-Length`; null when there is none, or no number. */
export function toSize(header: string | null): number | null {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
