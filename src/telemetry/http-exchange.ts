/** One request and its answer: when its server span ends, with what, and what is measured then. */

import { type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import { hasFailure, recordFailure, toErrorType } from './exceptions.ts';
import { toName, toSize } from './http-request.ts';
import type { HttpServerMetrics } from './metrics/http-metrics.ts';
import { ATTR, INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import { isStreaming, observeBody } from './response-body.ts';

/** Undefined: the connection became a WebSocket (Bun). */
export type Answer = Response | undefined;

export interface ExchangeShared {
  readonly clock: Clock;
  readonly metrics: HttpServerMetrics;
  readonly onEnd: () => void;
}

export class Exchange {
  readonly span: Span;
  readonly #active: Context;
  readonly #method: string;
  readonly #scheme: string;
  readonly #shared: ExchangeShared;
  readonly #startedAtMs: number;
  #route: string | null = null;
  #status: number | null = null;
  #errorType: string | null = null;

  constructor(span: Span, parent: Context, method: string, scheme: string, shared: ExchangeShared) {
    this.span = span;
    this.#active = trace.setSpan(parent, span);
    this.#method = method;
    this.#scheme = scheme;
    this.#shared = shared;
    this.#startedAtMs = shared.clock.monotonicMs();
    shared.metrics.begin(method, scheme);
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
      durationMs: this.#shared.clock.monotonicMs() - this.#startedAtMs,
    };
    this.#shared.metrics.end(served, this.#active);
    this.#shared.onEnd();
  }
}
