/** Requests to a market-data service: authenticated, bounded in time, their faults given a code. */

import type { Clock } from '../../../domain/clock.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import { isJsonRecord, readTimeMs } from '../../recording/fields.ts';

export interface MarketServiceOptions {
  /** Where it is, such as `http://market:8787`. */
  readonly url: string;
  /** The secret that both know. */
  readonly token: string;
  readonly clock: Clock;
}

export interface MarketService {
  /** For messages and spans; without credentials. */
  readonly host: string;
  /**
   * An answer with status 200.
   *
   * @throws {SpreadscopeError} `feed_unavailable` (try again), `feed_refused` (it will never do so); the reason of
   * `signal` when that aborts.
   */
  get(path: string, headers: Readonly<Record<string, string>>, wait: Wait): Promise<Response>;
  /** Its clock less ours, milliseconds; 0 when the two may be equal as far as can be measured. */
  measureClockOffsetMs(signal: AbortSignal): Promise<number>;
}

interface Wait {
  readonly signal: AbortSignal;
  /** Until the answer begins. */
  readonly timeoutMs: number;
}

/** Of one request that is answered from memory. */
const CLOCK_TIMEOUT_MS = 5_000;
/** Requests of one measurement, of which the shortest counts; the first one also opens the connection. */
const CLOCK_SAMPLES_COUNT = 3;
/** Resolution of both clocks, milliseconds. */
const CLOCK_RESOLUTION_MS = 1;

export function createMarketService({ url, token, clock }: MarketServiceOptions): MarketService {
  const base = url.replace(/\/+$/, '');
  const { host } = new URL(url);
  const get: MarketService['get'] = async (path, headers, { signal, timeoutMs }) => {
    const late = new AbortController();
    const timer = new AbortController();
    clock.sleep(timeoutMs, timer.signal).then(
      () => late.abort(),
      () => undefined,
    );
    try {
      const response = await fetch(base + path, {
        headers: { ...headers, Authorization: `Bearer ${token}` },
        // Workers know no 'error'; a redirect is not what was asked for, and says so by its status.
        redirect: 'manual',
        signal: AbortSignal.any([signal, late.signal]),
      });
      if (response.status === 200) return response;
      await response.body?.cancel();
      throw toStatusFault(host, response.status);
    } catch (error) {
      if (error instanceof SpreadscopeError) throw error;
      signal.throwIfAborted();
      const detail = late.signal.aborted ? `no answer within ${timeoutMs} ms` : 'no answer';
      throw unavailable(`market-data service ${host}: ${detail}`, error);
    } finally {
      timer.abort();
    }
  };
  return {
    host,
    get,
    measureClockOffsetMs: (signal) => measureOffset(get, clock, signal),
  };
}

/** What to say of a service that cannot be read now. */
export function unavailable(message: string, cause?: unknown): SpreadscopeError {
  return new SpreadscopeError('feed_unavailable', message, { cause });
}

function toStatusFault(host: string, status: number): SpreadscopeError {
  const refuse = (message: string) => new SpreadscopeError('feed_refused', message);
  if (status === 401 || status === 403) {
    return refuse(`MARKET_TOKEN: expected the secret of ${host}, which refuses this one`);
  }
  if (status === 404 || status === 405 || status === 400) {
    return refuse(
      `MARKET_URL: expected a service with ROLE=market; ${host} answers with ${status}`,
    );
  }
  return unavailable(`market-data service ${host}: answers with status ${status}`);
}

/** The answer of the shortest round trip was made halfway, give or take half of it (RFC 5905, section 8). */
async function measureOffset(
  get: MarketService['get'],
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  let best = { offsetMs: 0, roundTripMs: Number.POSITIVE_INFINITY };
  for (let count = 0; count < CLOCK_SAMPLES_COUNT; count += 1) {
    const startedMs = clock.monotonicMs();
    const response = await get('/api/quotes/clock', {}, { signal, timeoutMs: CLOCK_TIMEOUT_MS });
    const body: unknown = await response.json();
    const roundTripMs = clock.monotonicMs() - startedMs;
    const atMs = readTimeMs(isJsonRecord(body) ? body : {}, 'atMs');
    const offsetMs = atMs - (clock.nowMs() - roundTripMs / 2);
    if (roundTripMs < best.roundTripMs) best = { offsetMs, roundTripMs };
  }
  const uncertaintyMs = best.roundTripMs / 2 + CLOCK_RESOLUTION_MS;
  return Math.abs(best.offsetMs) <= uncertaintyMs ? 0 : best.offsetMs;
}
