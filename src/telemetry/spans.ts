/** Manual spans: a callback runs inside a span that always ends, with its error recorded once. */

import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { withActiveSpan } from './active-context.ts';
import { activeContext, runInContext } from './context-manager.ts';
import { recordFailure } from './exceptions.ts';

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: readonly Link[];
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
  const parent = options.parent ?? activeContext();
  const span = tracer.startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      attributes: options.attributes ?? {},
      ...(options.links === undefined ? {} : { links: [...options.links] }),
    },
    parent,
  );
  const active = withActiveSpan(parent, span);
  return runInContext(active, () => runInside(span, callback));
}

/** Like `withSpan`, for a call that leaves the process: an exchange, a database, a cache, another service. */
export function withClientSpan<Result>(
  tracer: Tracer,
  name: string,
  options: Omit<SpanOptions, 'kind'>,
  callback: (span: Span) => Result,
): Result {
  return withSpan(tracer, name, { ...options, kind: SpanKind.CLIENT }, callback);
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
  if (!isThenable(result)) {
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

/** Records `error` on `span` and sets its status; does not end it. An error is recorded once per trace. */
export function failSpan(span: Span, error: unknown): void {
  recordFailure(span, error);
}

/** Promises, and the lazy queries of database clients. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
