/**
 * Server spans: one synchronous wrapper around a `fetch` handler, so that everything inside it counts, 404s, thrown
 * errors, other middleware and streaming bodies included. Needs no framework; Hono's `app.fetch` fits.
 */

import { type Context, ROOT_CONTEXT, type Span, type Tracer } from '@opentelemetry/api';
import { type Clock, systemClock } from '../domain/clock.ts';
import { runInContext } from './context-manager.ts';
import { createFlushWindow, type FlushWindow, findWaitUntil } from './flush-window.ts';
import { type Answer, Exchange, exchangeOf, keepExchange } from './http-exchange.ts';
import { extractParent, ServerRequest, startServerSpan, toMethod } from './http-request.ts';
import { LeanTracer } from './lean/lean-tracer.ts';
import { unmeasured } from './measured-tracer.ts';
import { HttpServerMetrics } from './metrics/http-metrics.ts';
import { findNodeMessage, type NodeMessage } from './node-exchange.ts';
import { isAnyPath, schemeOf, TargetReader } from './request-target.ts';
import type { TracedLayer } from './telemetry.ts';

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

/** The server span of a request that is being handled; null when it is not traced. */
export function spanOf(request: Request): Span | null {
  return exchangeOf(request)?.span ?? null;
}

/** Names the route that matched, such as `/api/tickers/:symbol`. Without effect when the request is not traced. */
export function setRoute(request: Request, route: string): void {
  exchangeOf(request)?.setRoute(route);
}

/** A layer, or where to find it: on Workers it can only be made from the bindings of a request. */
export type TelemetrySource<Rest extends unknown[]> =
  | TracedLayer
  | ((...rest: Rest) => TracedLayer);

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
  const { skipPaths = ['/health', '/metrics'], clock = systemClock } = options;
  const toolsOf = rememberTools(clock);
  return function tracedFetch(request, ...rest) {
    const { url } = request;
    if (isAnyPath(url, skipPaths)) return handler(request, ...rest);
    const layer = typeof telemetry === 'function' ? telemetry(...rest) : telemetry;
    const message = rest.length === 0 ? null : findNodeMessage(rest);
    const parent = extractParent(layer.propagator, request, message);
    if (layer.isDisabled === true) return carryOn(parent, () => handler(request, ...rest));
    const tools = toolsOf(layer);
    const method = toMethod(request);
    const span = startSpan(tools, request, url, method, message, parent);
    const measured = tools.metrics.of(method, schemeOf(url));
    const exchange = new Exchange(span, parent, measured, clock, toFlush(tools, rest));
    keepExchange(request, exchange);
    return exchange.run(handler, request, rest, message !== null);
  };
}

/** A layer that is switched off still passes the caller's context on. */
function carryOn<Result>(parent: Context, handle: () => Result): Result {
  return parent === ROOT_CONTEXT ? handle() : runInContext(parent, handle);
}

/** Most requests of a busy service begin a trace and are not sampled: those are told before anything is made of them. */
function startSpan(
  { tracer, targets }: Tools,
  request: Request,
  url: string,
  method: string,
  message: NodeMessage | null,
  parent: Context,
): Span {
  if (parent === ROOT_CONTEXT && tracer instanceof LeanTracer) {
    const dropped = tracer.dropRoot();
    if (dropped !== null) return dropped;
  }
  const asked = new ServerRequest(request, url, method, message, targets);
  return startServerSpan(tracer, asked, method, parent);
}

function toFlush({ flushes }: Tools, rest: readonly unknown[]): (() => void) | null {
  const waitUntil = rest.length < 2 ? null : findWaitUntil(rest);
  return waitUntil === null ? null : () => flushes.requestEnded(waitUntil);
}

/** What belongs to a layer and not to a request. */
interface Tools {
  readonly tracer: Tracer;
  readonly metrics: HttpServerMetrics;
  readonly flushes: FlushWindow;
  readonly targets: TargetReader;
}

/** Made once per layer. */
function rememberTools(clock: Clock): (layer: TracedLayer) => Tools {
  const known = new WeakMap<TracedLayer, Tools>();
  let last: { readonly layer: TracedLayer; readonly tools: Tools } | null = null;
  return (layer) => {
    if (last?.layer === layer) return last.tools;
    const tools = known.get(layer) ?? createTools(layer, clock);
    known.set(layer, tools);
    last = { layer, tools };
    return tools;
  };
}

function createTools(layer: TracedLayer, clock: Clock): Tools {
  return {
    // A server span is measured here, not by the tracer.
    tracer: unmeasured(layer.tracer),
    metrics: new HttpServerMetrics(layer.meter),
    flushes: createFlushWindow(layer, clock),
    targets: new TargetReader(),
  };
}
