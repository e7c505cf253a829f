/** One request and its answer: when its server span ends, with what, and what is measured then. */

import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import { withActiveSpan } from './active-context.ts';
import { runInContext } from './context-manager.ts';
import { hasFailure, recordFailure, toErrorType } from './exceptions.ts';
import { toName, toSize } from './http-request.ts';
import { LeanSpan } from './lean/lean-span.ts';
import type { MethodMetrics } from './metrics/http-metrics.ts';
import { ATTR, INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';
import { getLight, headersOfWhole } from './node-exchange.ts';
import { hasOnlyWholeType, isStreaming, observeBody } from './response-body.ts';

/** Undefined: the connection became a WebSocket (Bun). */
export type Answer = Response | undefined;

/** On the request itself: a `WeakMap` costs several times as much, and more again when memory is collected. */
const EXCHANGE = Symbol('spreadscope exchange');

type Carrier = Request & { [EXCHANGE]?: Exchange };

export function exchangeOf(request: Request): Exchange | null {
  return (request as Carrier)[EXCHANGE] ?? null;
}

/** A request that takes no properties is traced all the same, without a route's name. */
export function keepExchange(request: Request, exchange: Exchange): void {
  try {
    // Not `Reflect.set`, which no engine remembers the way of.
    (request as Carrier)[EXCHANGE] = exchange;
  } catch {
    // Frozen.
  }
}

export class Exchange {
  readonly span: Span;
  readonly #active: Context;
  readonly #metrics: MethodMetrics;
  readonly #clock: Clock;
  readonly #onEnd: (() => void) | null;
  readonly #startedAtMs: number;
  /** Its response may be one that is dear to look at. */
  #isLight = false;
  #route: string | null = null;
  #status: number | null = null;
  #errorType: string | null = null;

  constructor(
    span: Span,
    parent: Context,
    metrics: MethodMetrics,
    clock: Clock,
    onEnd: (() => void) | null,
  ) {
    this.span = span;
    this.#active = withActiveSpan(parent, span);
    this.#metrics = metrics;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#startedAtMs = span instanceof LeanSpan ? span.startMs : clock.monotonicMs();
    metrics.begin();
  }

  setRoute(route: string): void {
    this.#route = route;
    if (!this.span.isRecording()) return;
    this.span.setAttribute(SEMCONV_ATTR.httpRoute, route);
    this.span.updateName(`${toName(this.#metrics.method)} ${route}`);
  }

  run<Rest extends unknown[], Result extends Answer>(
    handler: (request: Request, ...rest: Rest) => Result | Promise<Result>,
    request: Request,
    rest: Rest,
    isLight: boolean,
  ): Result | Promise<Result> {
    this.#isLight = isLight;
    try {
      const answer = runInContext(this.#active, () => handler(request, ...rest));
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
    const { status } = response;
    const isRecording = this.span.isRecording();
    this.#status = status;
    if (isRecording) this.span.setAttribute(SEMCONV_ATTR.httpResponseStatusCode, status);
    if (status >= 500) this.#markServerError(status);
    if (this.#endWhole(response, isRecording)) return response;
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

  /** @returns false when the body may still be produced. */
  #endWhole(response: Response, isRecording: boolean): boolean {
    const light = this.#isLight ? headersOfWhole(response) : null;
    const isPlain = light === null && hasOnlyWholeType(response.headers);
    const isWhole =
      light !== null || isPlain || this.#metrics.method === 'HEAD' || !isStreaming(response);
    if (!isWhole) return false;
    if (isRecording && !isPlain) {
      this.#setSize(toSize(getLight(light ?? response.headers, 'content-length')));
    }
    this.#end();
    return true;
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
    this.#setSize(sizeBytes);
    this.#end();
  }

  #setSize(sizeBytes: number | null): void {
    if (sizeBytes !== null) this.span.setAttribute(INCUBATING_ATTR.httpResponseBodySize, sizeBytes);
  }

  #end(): void {
    this.span.end();
    const endMs = this.#readEndMs();
    const outcome = this.#metrics.end(this.#route, this.#status, this.#errorType);
    outcome.record((endMs - this.#startedAtMs) / 1_000, this.#active, endMs);
    this.#onEnd?.();
  }

  /** A recorded span has read the clock; its duration is the metric's, too ("HTTP metrics", http.server.request.duration). */
  #readEndMs(): number {
    const { span } = this;
    return span instanceof LeanSpan ? span.endMs : this.#clock.monotonicMs();
  }
}
