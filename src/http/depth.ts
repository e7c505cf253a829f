/**
 * Depth on demand for markets whose books do not stream. A fetch costs an exchange call, so what it gave is cached;
 * quotes are never cached, because they are in memory and newer.
 */

import { withCache } from '../cache/cached.ts';
import type { Book } from '../domain/book.ts';
import { isSpreadscopeError, SpreadscopeError } from '../domain/errors.ts';
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

export type DepthServices = Pick<HttpServices, 'cache' | 'clock' | 'config' | 'feed' | 'shutdown'>;

/** A book as plain JSON; the version in the key changes with it. */
type CachedBook = Pick<Book, keyof Book>;

type Read =
  | { readonly exchange: string; readonly book: Book; readonly isHit: boolean }
  | { readonly exchange: string; readonly error: DepthReason };

/** Never rejects: a failure is a reason of its exchange. Callers of one market at one time share the fetch. */
export async function readDepth(
  services: DepthServices,
  symbol: string,
  exchanges: readonly string[],
): Promise<Depth> {
  const reads = await Promise.all(
    exchanges.map((exchange) => readBook(services, exchange, symbol)),
  );
  const found = reads.filter((read) => 'book' in read);
  return {
    isHit: found.length === reads.length && found.every(({ isHit }) => isHit),
    books: new Map(
      found.map(({ exchange, book, isHit }) => [
        exchange,
        { book, origin: isHit ? 'cache' : 'fetched' },
      ]),
    ),
    errors: new Map(
      reads.flatMap((read) => ('error' in read ? [[read.exchange, read.error] as const] : [])),
    ),
  };
}

async function readBook(services: DepthServices, exchange: string, symbol: string): Promise<Read> {
  const { cache, config, feed } = services;
  const key = `book:v1:${feed.source}:${exchange}:${symbol}`;
  try {
    const { value, isHit } = await withCache<CachedBook>(cache, key, config.cacheTtlMs, () =>
      fetchBook(services, exchange, symbol),
    );
    return { exchange, book: value, isHit };
  } catch (error) {
    return { exchange, error: toReason(error) };
  }
}

/** @throws {SpreadscopeError} `exchange_timeout` after the bound, or what the feed throws. */
async function fetchBook(
  { clock, config, feed, shutdown }: DepthServices,
  exchange: string,
  symbol: string,
): Promise<Book> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, shutdown]);
  const timeout = clock.sleep(FETCH_TIMEOUT_MS, signal).then(() => {
    throw new SpreadscopeError('exchange_timeout', `No answer within ${FETCH_TIMEOUT_MS} ms.`);
  });
  try {
    return await Promise.race([
      feed.fetchBook(exchange, symbol, config.bookLevelsCount, signal),
      timeout,
    ]);
  } finally {
    timeout.catch(() => {});
    done.abort();
  }
}

function toReason(error: unknown): DepthReason {
  return isSpreadscopeError(error)
    ? { code: error.code, message: error.message }
    : { code: 'exchange_failed', message: 'The exchange gave no book.' };
}
