/** The other end of `POST /api/ingest`: sends batches in order, each until it was taken. */

import type { Clock } from '../domain/clock.ts';
import { SpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import type { Market, MarketDataSource } from '../domain/market.ts';
import type { FeedBatch } from './feed.ts';
import { MAX_INGEST_ROWS_COUNT, type PushedExchange } from './ingest.ts';
import { toRecordingRecord } from './recording/format-line.ts';

export interface IngestClientOptions {
  /** Of the service, such as `https://spreadscope.example.workers.dev`. */
  readonly url: string;
  /** Its `INGEST_TOKEN`. */
  readonly token: string;
  /** Name of this run, never used before: 1 to 128 of `A-Z a-z 0-9 . _ : -`. */
  readonly feeder: string;
  readonly source: MarketDataSource;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Such as `telemetry.fetch`, which carries the trace; default: the runtime's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told of each attempt that failed. */
  readonly onFailure?: (error: SpreadscopeError) => void;
}

/** What one call pushes. */
export interface PushedBatch extends Partial<Pick<FeedBatch, 'quotes' | 'books'>> {
  readonly markets?: readonly Market[];
  readonly exchanges?: readonly PushedExchange[];
}

export interface PushResult {
  readonly updatesCount: number;
  readonly unknownCount: number;
  readonly lateCount: number;
}

export interface IngestClient {
  /**
   * Sends one batch, in parts where it is large; the next call must wait for it. Markets that the service has forgotten
   * are sent again by themselves.
   *
   * @throws {SpreadscopeError} `exchange_authentication` for a wrong token, `exchange_bad_data` when the service refuses
   * the batch; the signal's reason when it aborts. Anything else is tried again.
   */
  push(batch: PushedBatch, signal: AbortSignal): Promise<PushResult>;
}

/** Waits between attempts, milliseconds: at first as short as most faults, then bounded. */
const RETRY_BASE_MS = 200;
const RETRY_MAX_MS = 10_000;
/** Rows of one request; at 200 bytes a quote well below `MAX_INGEST_BYTES`, and a book of 100 levels takes 6 KB. */
const REQUEST_ROWS_COUNT = Math.min(2_000, MAX_INGEST_ROWS_COUNT);
const REQUEST_BYTES = 700_000;
/** Most time for one request, milliseconds. */
const TIMEOUT_MS = 10_000;

export function createIngestClient(options: IngestClientOptions): IngestClient {
  const endpoint = new URL('/api/ingest', options.url).href;
  const known = new Map<string, Market>();
  let sequence = 0;

  const send = async (
    rows: readonly object[],
    exchanges: readonly PushedExchange[],
    signal: AbortSignal,
  ): Promise<PushResult> => {
    sequence += 1;
    const { feeder, source } = options;
    const body = JSON.stringify({ feeder, sequence, source, exchanges, rows });
    return sendUntilTaken(options, endpoint, body, signal);
  };

  const sendAll = async (
    rows: readonly object[],
    exchanges: readonly PushedExchange[],
    signal: AbortSignal,
  ): Promise<PushResult> => {
    const total = { updatesCount: 0, unknownCount: 0, lateCount: 0 };
    for (const [index, part] of toParts(rows).entries()) {
      const result = await send(part, index === 0 ? exchanges : [], signal);
      total.updatesCount += result.updatesCount;
      total.unknownCount += result.unknownCount;
      total.lateCount += result.lateCount;
    }
    return total;
  };

  return {
    push: async ({ markets = [], exchanges = [], quotes = [], books = [] }, signal) => {
      for (const market of markets) known.set(`${market.exchange} ${market.symbol}`, market);
      const updates = [
        ...quotes.map((quote) => toRecordingRecord({ type: 'quote', quote })),
        ...books.map((book) => toRecordingRecord({ type: 'book', book })),
      ];
      const result = await sendAll([...markets.map(toMarketRow), ...updates], exchanges, signal);
      if (result.unknownCount === 0) return result;
      return sendAll([...[...known.values()].map(toMarketRow), ...updates], exchanges, signal);
    },
  };
}

function toMarketRow(market: Market): object {
  return toRecordingRecord({ type: 'market', market });
}

/** At least one part, also of no rows. */
function toParts(rows: readonly object[]): readonly (readonly object[])[] {
  const parts: object[][] = [[]];
  let bytes = 0;
  for (const row of rows) {
    const rowBytes = JSON.stringify(row).length + 1;
    const last = parts.at(-1) ?? [];
    if (
      last.length > 0 &&
      (last.length >= REQUEST_ROWS_COUNT || bytes + rowBytes > REQUEST_BYTES)
    ) {
      parts.push([row]);
      bytes = rowBytes;
      continue;
    }
    last.push(row);
    bytes += rowBytes;
  }
  return parts;
}

async function sendUntilTaken(
  options: IngestClientOptions,
  endpoint: string,
  body: string,
  signal: AbortSignal,
): Promise<PushResult> {
  for (let failuresCount = 0; ; failuresCount += 1) {
    signal.throwIfAborted();
    const outcome = await attempt(options, endpoint, body, signal);
    if (!(outcome instanceof SpreadscopeError)) return outcome.result;
    signal.throwIfAborted();
    if (FINAL_CODES.has(outcome.code)) throw outcome;
    options.onFailure?.(outcome);
    const backoffMs = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** failuresCount);
    await options.clock.sleep(backoffMs * (0.5 + options.random() / 2), signal);
  }
}

/** Sending again would not help. */
const FINAL_CODES: ReadonlySet<string> = new Set(['exchange_authentication', 'exchange_bad_data']);

async function attempt(
  { token, fetch: send = fetch }: IngestClientOptions,
  endpoint: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly result: PushResult } | SpreadscopeError> {
  let response: Response;
  try {
    response = await send(endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.ok) return { result: toResult(await response.json()) };
    await response.body?.cancel();
  } catch (cause) {
    return new SpreadscopeError('exchange_network', `ingest: ${toErrorMessage(cause)}`, { cause });
  }
  return toFault(response.status);
}

function toResult(answer: unknown): PushResult {
  const counts = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const countOf = (name: string) => Number(Reflect.get(counts, name) ?? 0);
  return {
    updatesCount: countOf('updatesCount'),
    unknownCount: countOf('unknownCount'),
    lateCount: countOf('lateCount'),
  };
}

function toFault(status: number): SpreadscopeError {
  const message = `ingest: the service answered ${status}`;
  if (status === 401 || status === 403)
    return new SpreadscopeError('exchange_authentication', message);
  if (status === 429) return new SpreadscopeError('exchange_rate_limited', message);
  const isRefused = status >= 400 && status < 500 && status !== 408;
  return new SpreadscopeError(isRefused ? 'exchange_bad_data' : 'exchange_failed', message);
}
