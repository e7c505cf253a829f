/** What was thrown, as attributes, and the memory of what has been recorded already. */

import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { SEMCONV_ATTR } from './names.ts';

/** Causes followed below an error. */
const MAX_CAUSES = 4;

/** `error.type`: the error's code where it has one, otherwise its name; `_OTHER` for what is no error. */
export function toErrorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : error.name;
}

/** The stable attributes of an exception; the stack goes on with the stacks of its causes. */
export function toExceptionAttributes(error: unknown): Attributes {
  const message = toMessage(error);
  const stack = toStack(error);
  return {
    [SEMCONV_ATTR.exceptionType]: toErrorType(error),
    [SEMCONV_ATTR.exceptionMessage]: message,
    ...(stack === '' ? {} : { [SEMCONV_ATTR.exceptionStacktrace]: stack }),
  };
}

function toMessage(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    return 'a value that has no text';
  }
}

function toStack(error: unknown): string {
  const stacks: string[] = [];
  let current = error;
  for (let depth = 0; depth <= MAX_CAUSES && current instanceof Error; depth += 1) {
    const stack = current.stack ?? `${current.name}: ${current.message}`;
    stacks.push(depth === 0 ? stack : `Caused by: ${stack}`);
    current = current.cause;
  }
  return stacks.join('\n');
}

/** What the code said of a failure, such as an SQL state, is nearer than the error's name. */
function hasErrorType(span: Span): boolean {
  const { attributes } = span as Span & { readonly attributes?: Attributes };
  return attributes?.[SEMCONV_ATTR.errorType] !== undefined;
}

/** The trace in which an error has been recorded; weak, so that errors are not kept. */
const recordedIn = new WeakMap<Error, string>();

/** Spans that know why they failed. */
const failed = new WeakSet<Span>();

/** True when a failure was recorded on this very span. */
export function hasFailure(span: Span): boolean {
  return failed.has(span);
}

/**
 * Sets status ERROR and `error.type`, and records `error` as an `exception` event, once per error and trace: an error
 * that passes through several spans is told by the innermost.
 */
export function recordFailure(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  failed.add(span);
  span.setStatus({ code: SpanStatusCode.ERROR, message: toMessage(error) });
  if (!hasErrorType(span)) span.setAttribute(SEMCONV_ATTR.errorType, toErrorType(error));
  if (error instanceof Error) {
    const { traceId } = span.spanContext();
    if (recordedIn.get(error) === traceId) return;
    recordedIn.set(error, traceId);
  }
  // `recordException` would leave out the causes.
  span.addEvent('exception', toExceptionAttributes(error));
}
