/**
 * The one error class of the program. Normal outcomes are values; faults are `SpreadscopeError`s with a code that
 * callers branch on. Messages say what was expected and what kind of thing came, never secrets or query parameters.
 */

/** Every code a caller may branch on. */
export type ErrorCode =
  | 'config_invalid'
  | 'usage_invalid'
  | 'recording_invalid'
  | 'kernel_incompatible'
  | 'kernel_capacity'
  | 'exchange_unknown'
  | 'exchange_network'
  | 'exchange_timeout'
  | 'exchange_rate_limited'
  | 'exchange_maintenance'
  | 'exchange_geo_blocked'
  | 'exchange_authentication'
  | 'exchange_bad_data'
  | 'exchange_not_supported'
  | 'exchange_failed'
  | 'symbol_unknown'
  | 'feed_unavailable'
  | 'feed_refused'
  | 'feed_failed'
  | 'lease_unavailable'
  | 'store_fenced'
  | 'store_unavailable'
  | 'store_failed'
  | 'store_rejected'
  | 'cache_unavailable'
  | 'cache_failed'
  | 'closed';

/** A fault with a code. `cause` carries the underlying error, which never leaves the process by HTTP. */
export class SpreadscopeError extends Error {
  override readonly name = 'SpreadscopeError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** True when `error` is a `SpreadscopeError`, optionally one with the given code. */
export function isSpreadscopeError(error: unknown, code?: ErrorCode): error is SpreadscopeError {
  return error instanceof SpreadscopeError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown, for logs and reasons. */
export function toErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
