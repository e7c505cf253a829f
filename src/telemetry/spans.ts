/** Manual spans: a callback runs inside a span that always ends, with its error recorded once. */

import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Explicit parent; the active context when absent. */
  readonly parent?: Context;
}

/**
 * Runs `callback` inside a span and ends it when the callback returns or its promise settles. What is thrown is
 * recorded as an `exception` event with status ERROR, and thrown on.
 */
export function withSpan<Result>(
  tracer: Tracer,
  name: string,
  options: SpanOptions,
  callback: (span: Span) => Result,
): Result {
  const parent = options.parent ?? context.active();
  const span = tracer.startSpan(
    name,
    { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} },
    parent,
  );
  return context.with(trace.setSpan(parent, span), () => runInside(span, callback));
}

function runInside<Result>(span: Span, callback: (span: Span) => Result): Result {
  let result: Result;
  try {
    result = callback(span);
  } catch (error) {
    failSpan(span, error);
    span.end();
    throw error;
  }
  if (!isPromise(result)) {
    span.end();
    return result;
  }
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      failSpan(span, error);
      span.end();
      throw error;
    },
  ) as Result;
}

/** Records `error` on `span` and sets its status; does not end it. */
export function failSpan(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
