/**
 * Depth on demand for markets whose books do not stream. A fetch costs an exchange call, so what it gave is cached;
 * quotes are never cached, because they are in memory and newer.
 */

import { z } from '@hono/zod-openapi';
import type { JsonValue } from '../cache/cache.ts';
import type { Book } from '../domain/book.ts';
import type { Clock } from '../domain/clock.ts';
import { isSpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import type { HttpServices } from './services.ts';

/** Longest wait for one exchange, milliseconds; the others' answers are not held back longer than this. */
export const FETCH_TIMEOUT_MS = 4_000;

export interface DepthReason {
  readonly code: string;
  readonly message: string;
}

/** Books by exchange, and why the rest have none. */
export interface Depth {
  /** True when the cache had every book that was wanted. */
  readonly isHit: boolean;
  readonly books: ReadonlyMap<
    string,
    { readonly book: Book; readonly origin: 'fetched' | 'cache' }
  >;
  readonly errors: ReadonlyMap<string, DepthReason>;
}

export interface DepthReader {
  /** Never rejects: a failure is a reason of its exchange. Callers of one symbol at one time share the work. */
  read(symbol: string, exchanges: readonly string[]): Promise<Depth>;
}

type DepthServices = Pick<
  HttpServices,
  'cache' | 'clock' | 'config' | 'feed' | 'shutdown' | 'telemetry'
>;

const level = z.tuple([z.number(), z.number()]);
/** What the cache gives back was written by a process that may have been another version. */
const cachedBooks = z.array(
  z.object({
    exchange: z.string(),
    symbol: z.string(),
    bids: z.array(level),
    asks: z.array(level),
    exchangeTimeMs: z.number().nullable(),
    receivedAtMs: z.number(),
  }),
);

export function createDepthReader(services: DepthServices): DepthReader {
  const running = new Map<string, Promise<Depth>>();
  return {
    read: (symbol, exchanges) => {
      const key = `${symbol} ${exchanges.join(' ')}`;
      const found = running.get(key);
      if (found !== undefined) return found;
      const started = readDepth(services, symbol, exchanges).finally(() => running.delete(key));
      running.set(key, started);
      return started;
    },
  };
}

async function readDepth(
  services: DepthServices,
  symbol: string,
  exchanges: readonly string[],
): Promise<Depth> {
  const key = `depth:v1:${services.feed.source}:${symbol}`;
  const cached = (await readCache(services, key)).filter(({ exchange }) =>
    exchanges.includes(exchange),
  );
  const books: Depth['books'] = new Map(
    cached.map((book) => [book.exchange, { book, origin: 'cache' as const }]),
  );
  const missing = exchanges.filter((exchange) => !books.has(exchange));
  const fetched = await Promise.all(
    missing.map((exchange) => fetchOne(services, exchange, symbol)),
  );
  const fresh = fetched.flatMap(({ book }) => book ?? []);
  if (fresh.length > 0) await writeCache(services, key, [...cached, ...fresh]);
  return {
    isHit: missing.length === 0,
    books: new Map([
      ...books,
      ...fresh.map((book) => [book.exchange, { book, origin: 'fetched' as const }] as const),
    ]),
    errors: new Map(
      fetched.flatMap(({ exchange, error }) =>
        error === null ? [] : [[exchange, error] as const],
      ),
    ),
  };
}

async function readCache(services: DepthServices, key: string): Promise<readonly Book[]> {
  const { cache, clock, config, telemetry } = services;
  try {
    const parsed = cachedBooks.safeParse(await cache.get(key));
    const oldestMs = clock.nowMs() - config.cacheTtlMs;
    // Books of one entry were fetched at different times; each lives for the time to live, not for the entry's.
    return parsed.success ? parsed.data.filter((book) => book.receivedAtMs > oldestMs) : [];
  } catch (error) {
    telemetry.logger.warn('The cache could not be read', {}, error);
    return [];
  }
}

async function writeCache(services: DepthServices, key: string, books: readonly Book[]) {
  const value: JsonValue = books.map((book) => ({ ...book }));
  try {
    await services.cache.set(key, value, services.config.cacheTtlMs);
  } catch (error) {
    services.telemetry.logger.warn('The cache could not be written', {}, error);
  }
}

interface Fetched {
  readonly exchange: string;
  readonly book: Book | null;
  readonly error: DepthReason | null;
}

async function fetchOne(
  services: DepthServices,
  exchange: string,
  symbol: string,
): Promise<Fetched> {
  const { clock, config, feed, shutdown } = services;
  try {
    const book = await withTimeout(clock, shutdown, (signal) =>
      feed.fetchBook(exchange, symbol, config.bookLevelsCount, signal),
    );
    if (book !== null) return { exchange, book, error: null };
    const message = `No answer within ${FETCH_TIMEOUT_MS} ms.`;
    return { exchange, book: null, error: { code: 'exchange_timeout', message } };
  } catch (error) {
    return { exchange, book: null, error: toReason(error) };
  }
}

/** Null when `work` takes longer than the bound; its signal aborts then, and when the program stops. */
async function withTimeout<Value>(
  clock: Clock,
  shutdown: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | null> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, shutdown]);
  const timeout = clock.sleep(FETCH_TIMEOUT_MS, signal).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([work(signal), timeout]);
  } finally {
    done.abort();
  }
}

function toReason(error: unknown): DepthReason {
  return isSpreadscopeError(error)
    ? { code: error.code, message: toErrorMessage(error) }
    : { code: 'exchange_failed', message: 'The exchange gave no book.' };
}
