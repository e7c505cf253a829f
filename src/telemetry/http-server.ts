/**
 * Server spans: one synchronous wrapper around a `fetch` handler, so that everything inside it counts, 404s, thrown
 * errors, other middleware and streaming bodies included. Needs no framework; Hono's `app.fetch` fits.
 */

import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { type Clock, systemClock } from '../domain/clock.ts';
import { createFlushWindow, type FlushWindow, findWaitUntil } from './flush-window.ts';
import { type Answer, Exchange } from './http-exchange.ts';
import { startServerSpan, toMethod } from './http-request.ts';
import { createHttpServerMetrics, type HttpServerMetrics } from './metrics/http-metrics.ts';
import { headersGetter } from './propagate/carriers.ts';
import { parseRequestTarget } from './request-target.ts';
import type { Telemetry } from './telemetry.ts';

/** A handler of the platform: `(request, env, executionContext)` on Workers, `(request, server)` on Bun. */
export type FetchHandler<Rest extends unknown[], Result extends Answer = Response> = (
  request: Request,
  ...rest: Rest
) => Result | Promise<Result>;

export interface TraceFetchOptions {
  /** Paths that are not traced, exact. Default `/health` and `/metrics`. */
  readonly skipPaths?: readonly string[];
  readonly clock?: Clock;
}

/** What is known of a request while it is handled. Weak: it goes when the request goes. */
const exchanges = new WeakMap<Request, Exchange>();

/** The server span of a request that is being handled; null when it is not traced. */
export function spanOf(request: Request): Span | null {
  return exchanges.get(request)?.span ?? null;
}

/** Names the route that matched, such as `/api/tickers/:symbol`. Without effect when the request is not traced. */
export function setRoute(request: Request, route: string): void {
  exchanges.get(request)?.setRoute(route);
}

/** A layer, or where to find it: on Workers it can only be made from the bindings of a request. */
export type TelemetrySource<Rest extends unknown[]> = Telemetry | ((...rest: Rest) => Telemetry);

/**
 * Wraps `handler`: a server span per request, continuing the caller's trace, active while the handler runs, ended with
 * the response or, when that streams, with its body. Where the platform gives a `waitUntil` (Workers), spans are flushed
 * under it.
 */
export function traceFetch<Rest extends unknown[], Result extends Answer>(
  telemetry: TelemetrySource<Rest>,
  handler: FetchHandler<Rest, Result>,
  options: TraceFetchOptions = {},
): FetchHandler<Rest, Result> {
  const skipPaths = new Set(options.skipPaths ?? ['/health', '/metrics']);
  const clock = options.clock ?? systemClock;
  const toolsOf = rememberTools(clock);
  return function tracedFetch(request, ...rest) {
    const target = parseRequestTarget(request.url);
    if (skipPaths.has(target.path)) return handler(request, ...rest);
    const layer = typeof telemetry === 'function' ? telemetry(...rest) : telemetry;
    const parent = layer.propagator.extract(ROOT_CONTEXT, request.headers, headersGetter);
    const span = startServerSpan(layer.tracer, request, target, parent);
    const { metrics, flushes } = toolsOf(layer);
    const waitUntil = findWaitUntil(rest);
    const onEnd = () => flushes.requestEnded(waitUntil);
    const shared = { clock, metrics, onEnd };
    const exchange = new Exchange(span, parent, toMethod(request), target.scheme, shared);
    exchanges.set(request, exchange);
    return exchange.run(() => handler(request, ...rest));
  };
}

interface Tools {
  readonly metrics: HttpServerMetrics;
  readonly flushes: FlushWindow;
}

/** What belongs to a layer and not to a request, made once per layer. */
function rememberTools(clock: Clock): (layer: Telemetry) => Tools {
  const known = new WeakMap<Telemetry, Tools>();
  return (layer) => {
    const before = known.get(layer);
    if (before !== undefined) return before;
    const metrics = createHttpServerMetrics(layer.meter);
    const tools = { metrics, flushes: createFlushWindow(layer, clock) };
    known.set(layer, tools);
    return tools;
  };
}
