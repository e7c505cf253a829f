/** Errors that say in which operation they happened. */

import type { Attributes } from '@opentelemetry/api';
import { toErrorType } from './exceptions.ts';

/** What was being done when `cause` was thrown. Its message is fixed text, so that a backend can group by it. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly operation: string;
  /** What belongs to this very failure; goes on the span that records it. */
  readonly attributes: Attributes;
  /** The cause's code or name: the type by which callers and backends know it. */
  readonly code: string;

  constructor(operation: string, attributes: Attributes, cause: unknown) {
    super(`${operation} failed`, { cause });
    this.operation = operation;
    this.attributes = attributes;
    this.code = toErrorType(cause);
  }
}

/**
 * Adds the operation and its attributes to an error; the original stays as `cause`, with its stack. An error that has
 * an operation already is returned as it is, since the innermost knows best.
 */
export function wrapError(
  error: unknown,
  operation: string,
  attributes: Attributes = {},
): OperationError {
  return error instanceof OperationError ? error : new OperationError(operation, attributes, error);
}
