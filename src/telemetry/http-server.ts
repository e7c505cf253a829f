/**
 * Server spans: one synchronous wrapper around a `fetch` handler, so that everything inside it counts, 404s, thrown
 * errors, other middleware and streaming bodies included. Needs no framework; Hono's `app.fetch` fits.
 */

import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { type Clock, systemClock } from '../domain/clock.ts';
import { hasFailure, recordFailure, toErrorType } from './exceptions.ts';
import { createHttpServerMetrics, type HttpServerMetrics } from './metrics/http-metrics.ts';
import { ATTR, INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import { isStreaming, observeBody } from './response-body.ts';
import type { Telemetry } from './telemetry.ts';

/** A handler of the platform: `(request, env, executionContext)` on Workers, `(request, server)` on Bun. */
export type FetchHandler<Rest extends unknown[], Result extends Answer = Response> = (
  request: Request,
  ...rest: Rest
) => Result | Promise<Result>;

/** Undefined: the connection became a WebSocket (Bun). */
type Answer = Response | undefined;

export interface TraceFetchOptions {
  /** Paths that are not traced, exact. Default `/health` and `/metrics`. */
  readonly skipPaths?: readonly string[];
  readonly clock?: Clock;
}

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

/** What is known of a request while it is handled. Weak: it goes when the request goes. */
const exchanges = new WeakMap<Request, Exchange>();

const HEADERS: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, key) => headers.get(key) ?? undefined,
};

/** The server span of a request that is being handled; null when it is not traced. */
export function spanOf(request: Request): Span | null {
  return exchanges.get(request)?.span ?? null;
}

/** Names the route that matched, such as `/api/tickers/:symbol`. Without effect when the request is not traced. */
export function setRoute(request: Request, route: string): void {
  exchanges.get(request)?.setRoute(route);
}

/**
 * Wraps `handler`: a server span per request, continuing the caller's trace, active while the handler runs, ended with
 * the response or, when that streams, with its body.
 */
export function traceFetch<Rest extends unknown[], Result extends Answer>(
  telemetry: Telemetry,
  handler: FetchHandler<Rest, Result>,
  options: TraceFetchOptions = {},
): FetchHandler<Rest, Result> {
  const skipPaths = new Set(options.skipPaths ?? ['/health', '/metrics']);
  const clock = options.clock ?? systemClock;
  const metrics = createHttpServerMetrics(telemetry.meter);
  return function tracedFetch(request, ...rest) {
    const target = parseRequestTarget(request.url);
    if (skipPaths.has(target.path)) return handler(request, ...rest);
    const parent = telemetry.propagator.extract(ROOT_CONTEXT, request.headers, HEADERS);
    const span = startServerSpan(telemetry, request, target, parent);
    const exchange = new Exchange(span, parent, toMethod(request), target.scheme, clock, metrics);
    exchanges.set(request, exchange);
    return exchange.run(() => handler(request, ...rest));
  };
}

class Exchange {
  readonly span: Span;
  readonly #active: Context;
  readonly #method: string;
  readonly #scheme: string;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #metrics: HttpServerMetrics;
  #route: string | null = null;
  #status: number | null = null;
  #errorType: string | null = null;

  constructor(
    span: Span,
    parent: Context,
    method: string,
    scheme: string,
    clock: Clock,
    metrics: HttpServerMetrics,
  ) {
    this.span = span;
    this.#active = trace.setSpan(parent, span);
    this.#method = method;
    this.#scheme = scheme;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#startedAtMs = clock.monotonicMs();
    metrics.begin(method, scheme);
  }

  setRoute(route: string): void {
    this.#route = route;
    this.span.setAttribute(SEMCONV_ATTR.httpRoute, route);
    this.span.updateName(`${toName(this.#method)} ${route}`);
  }

  run<Result extends Answer>(handle: () => Result | Promise<Result>): Result | Promise<Result> {
    try {
      const answer = context.with(this.#active, handle);
      if (answer === undefined || !('then' in answer)) return this.#answer(answer);
      return answer.then(
        (value) => this.#answer(value),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #answer<Result extends Answer>(response: Result): Result {
    if (response !== undefined) return this.#respond(response) as Result;
    this.#end();
    return response;
  }

  #respond(response: Response): Response {
    this.#status = response.status;
    this.span.setAttribute(SEMCONV_ATTR.httpResponseStatusCode, response.status);
    if (response.status >= 500) this.#markServerError(response.status);
    if (this.#method === 'HEAD' || !isStreaming(response)) {
      const size = toSize(response.headers.get('content-length'));
      if (size !== null) this.span.setAttribute(INCUBATING_ATTR.httpResponseBodySize, size);
      this.#end();
      return response;
    }
    return observeBody(response, {
      ended: (sizeBytes) => this.#endBody(sizeBytes),
      failed: (error, sizeBytes) => {
        this.#errorType = toErrorType(error);
        recordFailure(this.span, error);
        this.#endBody(sizeBytes);
      },
      cancelled: (sizeBytes) => {
        this.span.setAttribute(ATTR.responseCancelled, true);
        this.#endBody(sizeBytes);
      },
    });
  }

  /** A 5xx without an exception: the status code is the error's type ("HTTP spans", error.type). */
  #markServerError(status: number): void {
    this.#errorType = String(status);
    if (hasFailure(this.span)) return;
    this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.setAttribute(SEMCONV_ATTR.errorType, String(status));
  }

  #fail(error: unknown): never {
    this.#errorType = toErrorType(error);
    recordFailure(this.span, error);
    this.#end();
    throw error;
  }

  #endBody(sizeBytes: number): void {
    this.span.setAttribute(INCUBATING_ATTR.httpResponseBodySize, sizeBytes);
    this.#end();
  }

  #end(): void {
    this.span.end();
    const served = {
      method: this.#method,
      scheme: this.#scheme,
      route: this.#route,
      status: this.#status,
      errorType: this.#errorType,
      durationMs: this.#clock.monotonicMs() - this.#startedAtMs,
    };
    this.#metrics.end(served, this.#active);
  }
}

function startServerSpan(
  telemetry: Telemetry,
  request: Request,
  target: RequestTarget,
  parent: Context,
): Span {
  const method = toMethod(request);
  const attributes = requestAttributes(request, method, target);
  return telemetry.tracer.startSpan(toName(method), { kind: SpanKind.SERVER, attributes }, parent);
}

function toMethod(request: Request): string {
  return KNOWN_METHODS.has(request.method) ? request.method : '_OTHER';
}

/** The method's part of the span's name ("HTTP spans", Name). */
function toName(method: string): string {
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

function toSize(header: string | null): number | null {
  return header !== null && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
