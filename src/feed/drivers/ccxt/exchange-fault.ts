/** A fault of one exchange, with the code that says why: by ccxt's error class and the HTTP status, never by text. */

import { type ErrorCode, SpreadscopeError } from '../../../domain/errors.ts';
import type { CcxtErrors } from './ccxt-types.ts';

/** What was seen of the HTTP answer that led to the fault. */
export interface HttpFacts {
  readonly status: number | null;
  readonly retryAfterMs: number | null;
}

const NO_HTTP_FACTS: HttpFacts = { status: null, retryAfterMs: null };

/** Most characters of the message of an error of ccxt that are kept. */
export const MAX_CAUSE_LENGTH = 500;

/** What each code means, as the end of a sentence that begins with the exchange. */
const MEANINGS: Partial<Record<ErrorCode, string>> = {
  exchange_unknown: 'is not an exchange that ccxt knows',
  exchange_network: 'cannot be reached',
  exchange_timeout: 'did not answer in time',
  exchange_rate_limited: 'refuses requests because its rate limit is exceeded',
  exchange_maintenance: 'is under maintenance',
  exchange_geo_blocked: 'refuses this location or address',
  exchange_authentication: 'asks for credentials or a permission',
  exchange_bad_data: 'sent data that cannot be understood',
  exchange_not_supported: 'does not offer what was asked for',
  symbol_unknown: 'does not know the symbol',
  closed: 'was closed',
};

/** A `SpreadscopeError` of an exchange that may have said when to come back. */
export class ExchangeFault extends SpreadscopeError {
  /** Least wait that the exchange asked for, milliseconds; null when it asked for none. */
  readonly retryAfterMs: number | null;

  constructor(
    exchange: string,
    code: ErrorCode,
    options: { readonly detail?: string; readonly http?: HttpFacts; readonly cause?: unknown } = {},
  ) {
    const { detail, http = NO_HTTP_FACTS, cause } = options;
    const meaning = detail ?? MEANINGS[code] ?? 'refused the request';
    const status = http.status === null || http.status < 400 ? '' : ` (HTTP ${http.status})`;
    super(code, `${exchange} ${meaning}${status}`, { cause });
    this.retryAfterMs = http.retryAfterMs;
  }
}

/** Turns whatever a call to ccxt threw into a fault; one that is a `SpreadscopeError` already keeps its code. */
export function toExchangeFault(
  exchange: string,
  error: unknown,
  errors: CcxtErrors,
  http: HttpFacts = NO_HTTP_FACTS,
): SpreadscopeError {
  if (error instanceof SpreadscopeError) return error;
  const code = toErrorCode(error, errors, http.status);
  return new ExchangeFault(exchange, code, { http, cause: toBoundedCause(error) });
}

/** ccxt puts whole answers into its messages; a cause ends up in logs and spans, so it keeps only the beginning. */
function toBoundedCause(error: unknown): unknown {
  if (!(error instanceof Error) || error.message.length <= MAX_CAUSE_LENGTH) return error;
  const bounded = new Error(`${error.message.slice(0, MAX_CAUSE_LENGTH)}…`);
  bounded.name = error.name;
  return bounded;
}

/**
 * The code of an error of ccxt. Subclasses come before their parents (ccxt manual, "Exception Hierarchy").
 *
 * @param status - HTTP status of the answer that led to it; ccxt folds 403 and 451 into `ExchangeNotAvailable`.
 */
export function toErrorCode(error: unknown, errors: CcxtErrors, status: number | null): ErrorCode {
  if (error instanceof errors.ExchangeClosedByUser) return 'closed';
  if (error instanceof errors.RestrictedLocation || status === 451) return 'exchange_geo_blocked';
  if (error instanceof errors.AuthenticationError) return 'exchange_authentication';
  if (error instanceof errors.RateLimitExceeded) return 'exchange_rate_limited';
  if (error instanceof errors.DDoSProtection) return 'exchange_rate_limited';
  if (status === 418 || status === 429) return 'exchange_rate_limited';
  if (error instanceof errors.OnMaintenance) return 'exchange_maintenance';
  if (status === 403) return 'exchange_geo_blocked';
  if (error instanceof errors.RequestTimeout) return 'exchange_timeout';
  if (error instanceof errors.ChecksumError) return 'exchange_bad_data';
  if (error instanceof errors.InvalidNonce) return 'exchange_bad_data';
  if (error instanceof errors.NetworkError) return 'exchange_network';
  if (error instanceof errors.BadResponse) return 'exchange_bad_data';
  if (error instanceof errors.BadSymbol) return 'symbol_unknown';
  if (error instanceof errors.NotSupported) return 'exchange_not_supported';
  // What is not ccxt's own was thrown by its parsers over an answer of another shape.
  return error instanceof errors.BaseError ? 'exchange_failed' : 'exchange_bad_data';
}
