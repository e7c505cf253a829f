/** Sets up one exchange of ccxt: addresses, bounds, and hooks that see each request, answer, socket and message. */

import type { Clock } from '../../../domain/clock.ts';
import type { Logger } from '../../../telemetry/telemetry.ts';
import { parseRetryAfterMs } from './backoff.ts';
import { acceptArrayBuffers } from './binary-messages.ts';
import { ongoingCall } from './call-record.ts';
import type { CcxtClient, CcxtErrors, CcxtExchange } from './ccxt-types.ts';
import { MessageTap } from './message-tap.ts';
import { readBytes } from './read-bytes.ts';
import { overrideUrls, type UrlOverride } from './url-overrides.ts';

export interface PrepareOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly errors: CcxtErrors;
  readonly requestTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly urlOverride: UrlOverride | null;
  /** Spot markets are enough: the requests for derivatives are left out where ccxt has an option for it. */
  readonly isSpotOnly: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Prepares `exchange` in place, before its first call. @returns where its messages can be read before ccxt does. */
export function prepareExchange(exchange: CcxtExchange, options: PrepareOptions): MessageTap {
  const tap = new MessageTap();
  exchange.enableRateLimit = true;
  exchange.timeout = options.requestTimeoutMs;
  exchange.log = () => options.logger.debug('message of ccxt', { 'exchange.name': exchange.id });
  exchange.fetchImplementation = createFetch(options);
  // ccxt waits on a timer of its own before it dials again; waiting is this driver's business.
  exchange.options.ws = { ...toRecord(exchange.options.ws), backoff: { base: 0, max: 0 } };
  if (options.isSpotOnly) keepSpotOnly(exchange);
  if (options.urlOverride !== null) {
    exchange.urls.api = overrideUrls(exchange.urls.api, options.urlOverride);
    // Undefined, ccxt refuses to dial `ws://` addresses; null is «no agent».
    exchange.httpAgent = null;
  }
  prepareSockets(exchange, tap);
  refuseUnreadableAnswers(exchange, options.errors);
  refuseUnreadableMessages(exchange, options.errors);
  return tap;
}

/** A `fetch` that notes what happened for the call it belongs to, and reads the body within ccxt's time-out. */
function createFetch({ clock, maxResponseBytes, fetch }: PrepareOptions) {
  return async function fetchForCcxt(url: string, init: RequestInit): Promise<Response> {
    const record = ongoingCall();
    const { method = 'GET', headers, body, signal } = init;
    const signals = [signal, record?.signal].filter((each) => each instanceof AbortSignal);
    if (record !== null) Object.assign(record, { url, method, status: null });
    const startedAtMs = clock.monotonicMs();
    const response = await fetch(url, {
      method,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      // Not 'error', which Workers do not know.
      redirect: 'manual',
      signal: AbortSignal.any(signals),
    });
    refuseRedirect(response);
    if (record !== null) {
      record.requestsCount += 1;
      record.status = response.status;
      record.retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'), clock.nowMs());
    }
    const bytes = await readBytes(response, maxResponseBytes);
    if (record !== null) record.roundTripMs = clock.monotonicMs() - startedAtMs;
    return toReadResponse(response, bytes);
  };
}

/** An exchange's interface does not redirect; a captive portal or a block page does. */
function refuseRedirect({ status, type }: Response): void {
  if (type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)) {
    throw new TypeError('fetch failed: redirected');
  }
}

/** Statuses with which a `Response` may have no body (Fetch standard, "null body status"). */
const NULL_BODY_STATUSES: readonly number[] = [101, 204, 205, 304];

function toReadResponse(response: Response, bytes: Uint8Array<ArrayBuffer>): Response {
  const { status, statusText, headers } = response;
  const body = NULL_BODY_STATUSES.includes(status) ? null : bytes;
  return new Response(body, { status, statusText, headers });
}

/** Notes the address that a call dials, and prepares each connection once. */
function prepareSockets(exchange: CcxtExchange, tap: MessageTap): void {
  const toClient = exchange.client.bind(exchange);
  const prepared = new WeakSet<CcxtClient>();
  exchange.client = (url) => {
    const record = ongoingCall();
    if (record !== null) Object.assign(record, { url, method: null, status: null });
    const client = toClient(url);
    if (!prepared.has(client)) {
      prepared.add(client);
      acceptArrayBuffers(client);
      tap.attach(client);
    }
    return client;
  };
}

/** ccxt passes on text that it cannot parse; its parsers then find nothing in it and report an empty exchange. */
function refuseUnreadableAnswers(exchange: CcxtExchange, errors: CcxtErrors): void {
  const handleRestResponse = exchange.handleRestResponse.bind(exchange);
  exchange.handleRestResponse = async (response, ...request) => {
    const result = await handleRestResponse(response, ...request);
    if (typeof result === 'string' && !isJson(result)) {
      throw new errors.BadResponse('expected JSON, got other text');
    }
    return result;
  };
}

/** As for answers: a message that begins like JSON and is still text could not be parsed. */
function refuseUnreadableMessages(exchange: CcxtExchange, errors: CcxtErrors): void {
  const handleMessage = exchange.handleMessage.bind(exchange);
  exchange.handleMessage = (client, message) => {
    if (typeof message === 'string' && /^\s*[[{]/.test(message)) {
      return client.reject(new errors.BadResponse('expected JSON, got other text'));
    }
    return handleMessage(client, message);
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `options.fetchMarkets.types` is a list, or an object by type, in the exchanges that have it. */
function keepSpotOnly(exchange: CcxtExchange): void {
  const fetchMarkets = toRecord(exchange.options.fetchMarkets);
  const types = fetchMarkets.types;
  if (!Array.isArray(types) || !types.includes('spot')) return;
  exchange.options.fetchMarkets = { ...fetchMarkets, types: ['spot'] };
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
