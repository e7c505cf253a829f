/** Errors as the outside sees them: `application/problem+json`, RFC 9457. */

import { isValidTraceId, type Context as TraceContext, trace } from '@opentelemetry/api';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isSpreadscopeError } from '../domain/errors.ts';

/** Status and title of every code a client may branch on. */
export const PROBLEMS = {
  invalid_input: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'The bearer token is not right' },
  symbol_unknown: { status: 404, title: 'The symbol is not watched' },
  asset_unknown: { status: 404, title: 'The asset is not traded on any market that is watched' },
  opportunity_unknown: { status: 404, title: 'The opportunity is not known' },
  trace_unknown: { status: 404, title: 'The trace is not remembered' },
  ingest_off: { status: 404, title: 'This service takes no market data in' },
  route_unknown: { status: 404, title: 'There is nothing at this path' },
  method_not_allowed: { status: 405, title: 'The path does not take this method' },
  body_too_large: { status: 413, title: 'The body is too large' },
  url_too_long: { status: 414, title: 'The URL is too long' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  ingest_behind: { status: 429, title: 'Detection cannot follow' },
  internal_error: { status: 500, title: 'The server failed' },
  store_unavailable: { status: 503, title: 'The database does not answer' },
  too_many_streams: { status: 503, title: 'Too many streams are open' },
  shutting_down: { status: 503, title: 'The server is stopping' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field of the request that was refused. */
export interface FieldError {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  readonly field: string;
  /** What would have been accepted. */
  readonly expected: string;
}

/** The JSON body of an error. */
export interface ProblemBody {
  /** A reference to the description of the code in `/docs`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  /** 32 hex digits; null when the request is not traced. */
  readonly traceId: string | null;
  readonly errors?: readonly FieldError[];
}

/** Thrown by a route to answer with a problem; `detail` is shown to the client. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The problem that stands for anything thrown. What is not meant for clients becomes `internal_error`. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  // Hono's own, for a body that is not JSON.
  if (error instanceof HTTPException && error.status === 400) {
    const errors = [{ in: 'body', field: '', expected: 'JSON' }] as const;
    return new HttpProblem('invalid_input', 'The body is not JSON.', { errors });
  }
  if (isSpreadscopeError(error, 'store_unavailable')) {
    return new HttpProblem('store_unavailable', 'Stored opportunities cannot be read now.', {
      headers: { 'Retry-After': '5' },
    });
  }
  if (isSpreadscopeError(error, 'closed')) {
    return new HttpProblem('shutting_down', 'A part that this needs is closed already.');
  }
  return new HttpProblem(
    'internal_error',
    'The failure is on this side; the trace id finds it in the telemetry.',
  );
}

/** The response for `problem`. @param active - the context whose span gives the trace id. */
export function toProblemResponse(
  problem: HttpProblem,
  c: Context,
  active: TraceContext,
): Response {
  const { status, title } = PROBLEMS[problem.code];
  const body: ProblemBody = {
    type: `/docs#problem-${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    traceId: toTraceId(active),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...problem.headers,
  });
}

function toTraceId(context: TraceContext): string | null {
  const traceId = trace.getSpanContext(context)?.traceId;
  return traceId === undefined || !isValidTraceId(traceId) ? null : traceId;
}
