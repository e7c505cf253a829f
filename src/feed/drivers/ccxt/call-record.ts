/** What one call to ccxt did on the wire, noted by the hooks of `prepare-exchange.ts` and put on the call's span. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpFacts } from './exchange-fault.ts';

/** The newest request or connection of a call; a call such as `loadMarkets` makes several in turn. */
export interface CallRecord extends HttpFacts {
  /** Aborts the call's requests when it fails. */
  readonly signal: AbortSignal;
  /** True once the call returned or threw; nothing is noted any more. */
  isOver: boolean;
  requestsCount: number;
  url: string | null;
  method: string | null;
  status: number | null;
  retryAfterMs: number | null;
  /** Milliseconds from sending a request to having read its answer; null before the first answer. */
  roundTripMs: number | null;
}

export function createCallRecord(signal: AbortSignal): CallRecord {
  return {
    signal,
    isOver: false,
    requestsCount: 0,
    url: null,
    method: null,
    status: null,
    retryAfterMs: null,
    roundTripMs: null,
  };
}

/** Ties requests to the call that made them: ccxt's own queue for rate limiting lies between the two. */
export const currentCall = new AsyncLocalStorage<CallRecord>();

/** The call that a request belongs to; null for one that a stream makes by itself, long after its call. */
export function ongoingCall(): CallRecord | null {
  const record = currentCall.getStore();
  return record === undefined || record.isOver ? null : record;
}

/** Query keys whose values are market data terms. All other values are hidden: they may be keys, tokens or signatures. */
const OPEN_QUERY_KEYS = new Set([
  'category',
  'channel',
  'count',
  'currency_pair',
  'depth',
  'instId',
  'instType',
  'level',
  'limit',
  'market',
  'pair',
  'pairs',
  'permissions',
  'product_id',
  'product_ids',
  'scale',
  'symbol',
  'symbolStatus',
  'symbols',
  'type',
]);

/** The URL for a span: without user and password, with only the open values of its query. */
export function toSpanUrl(text: string): { readonly full: string; readonly host: string } {
  if (!URL.canParse(text)) return { full: 'invalid', host: 'invalid' };
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.hash = '';
  for (const key of new Set(url.searchParams.keys())) {
    if (!OPEN_QUERY_KEYS.has(key)) url.searchParams.set(key, 'REDACTED');
  }
  return { full: url.href, host: url.hostname };
}
