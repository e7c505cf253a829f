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
  return toChain(error)
    .map(({ name, message, stack = `${name}: ${message}` }, depth) =>
      depth === 0 ? stack : `Caused by: ${stack}`,
    )
    .join('\n');
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
 * that passes through several spans, wrapped on its way or not, is told by the innermost.
 */
export function recordFailure(span: Span, error: unknown): void {
  failed.add(span);
  if (!hasErrorType(span)) span.setAttribute(SEMCONV_ATTR.errorType, toErrorType(error));
  if (!span.isRecording()) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: toMessage(error) });
  const details = toDetails(error);
  if (details !== null) span.setAttributes(details);
  const { traceId } = span.spanContext();
  const chain = toChain(error);
  const isKnown = chain.some((link) => recordedIn.get(link) === traceId);
  for (const link of chain) recordedIn.set(link, traceId);
  // `recordException` would leave out the causes.
  if (!isKnown) span.addEvent('exception', toExceptionAttributes(error));
}

/** The attributes that an `OperationError` carries. */
function toDetails(error: unknown): Attributes | null {
  const isDetailed =
    error instanceof Error && error.name === 'OperationError' && 'attributes' in error;
  return isDetailed ? (error.attributes as Attributes) : null;
}

/** An error and its causes. */
function toChain(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let current = error;
  while (chain.length <= MAX_CAUSES && current instanceof Error) {
    chain.push(current);
    current = current.cause;
  }
  return chain;
}
