/** A request as the attributes of its server span ("Semantic conventions for HTTP spans", stable). */

import {
  type Attributes,
  type AttributeValue,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TextMapPropagator,
  type Tracer,
} from '@opentelemetry/api';
import { type LazySpanOptions, LeanTracer } from './lean/lean-tracer.ts';
import { INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import type { NodeMessage } from './node-exchange.ts';
import { fieldsGetter, headersGetter } from './propagate/carriers.ts';
import type { TargetReader } from './request-target.ts';

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

/** The one thing that is done with a span here. */
interface AttributeTaker {
  setAttribute(key: string, value: AttributeValue): unknown;
}

class AttributeCollector implements AttributeTaker {
  readonly attributes: Attributes = {};

  setAttribute(key: string, value: AttributeValue): void {
    this.attributes[key] = value;
  }
}

/** What came in, looked at as late as possible. */
export class ServerRequest implements LazySpanOptions {
  readonly kind = SpanKind.SERVER;
  readonly #request: Request;
  readonly #url: string;
  readonly #method: string;
  readonly #message: NodeMessage | null;
  readonly #targets: TargetReader;

  /** @param url - the request's. @param method - of `toMethod`. @param message - Node's own, where there is one. */
  constructor(
    request: Request,
    url: string,
    method: string,
    message: NodeMessage | null,
    targets: TargetReader,
  ) {
    this.#request = request;
    this.#url = url;
    this.#method = method;
    this.#message = message;
    this.#targets = targets;
  }

  /** For samplers and tracers that want them as an object. */
  get attributes(): Attributes {
    const collector = new AttributeCollector();
    this.writeAttributes(collector);
    return collector.attributes;
  }

  writeAttributes(span: AttributeTaker): void {
    const target = this.#targets.read(this.#url);
    span.setAttribute(SEMCONV_ATTR.httpRequestMethod, this.#method);
    span.setAttribute(SEMCONV_ATTR.urlPath, target.path);
    span.setAttribute(SEMCONV_ATTR.urlScheme, target.scheme);
    span.setAttribute(SEMCONV_ATTR.serverAddress, target.host);
    if (this.#method === '_OTHER') {
      span.setAttribute(SEMCONV_ATTR.httpRequestMethodOriginal, this.#request.method);
    }
    if (target.port !== null) span.setAttribute(SEMCONV_ATTR.serverPort, target.port);
    if (target.query !== '') span.setAttribute(SEMCONV_ATTR.urlQuery, target.query);
    this.#writeHeaders(span);
  }

  #writeHeaders(span: AttributeTaker): void {
    const userAgent = this.#header('user-agent');
    if (userAgent !== null) span.setAttribute(SEMCONV_ATTR.userAgentOriginal, userAgent);
    if (!mayHaveBody(this.#method)) return;
    const size = toSize(this.#header('content-length'));
    if (size !== null) span.setAttribute(INCUBATING_ATTR.httpRequestBodySize, size);
  }

  /** Of a header that Node never lists: those that may come once. */
  #header(name: string): string | null {
    if (this.#message === null) return this.#request.headers.get(name);
    const field = this.#message.headers[name];
    return typeof field === 'string' ? field : null;
  }
}

/** The context of whoever sent the request; the root context when it says nothing of itself. */
export function extractParent(
  propagator: TextMapPropagator,
  request: Request,
  message: NodeMessage | null,
): Context {
  return message === null
    ? propagator.extract(ROOT_CONTEXT, request.headers, headersGetter)
    : propagator.extract(ROOT_CONTEXT, message.headers, fieldsGetter);
}

/** Any tracer but the lean one gets plain options. @param method - of `toMethod`. */
export function startServerSpan(
  tracer: Tracer,
  asked: ServerRequest,
  method: string,
  parent: Context,
): Span {
  const options =
    tracer instanceof LeanTracer ? asked : { kind: asked.kind, attributes: asked.attributes };
  return tracer.startSpan(toName(method), options, parent);
}

/** The method, `_OTHER` when it is not a known one. */
export function toMethod(request: Request): string {
  const { method } = request;
  return method === 'GET' || KNOWN_METHODS.has(method) ? method : '_OTHER';
}

/** The method's part of the span's name ("HTTP spans", Name). */
export function toName(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}

/** Fetch Standard, "new Request": a request with one of these has no body. */
function mayHaveBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** A `Content-Length`; null when there is none, or no number. */
export function toSize(header: string | null): number | null {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
