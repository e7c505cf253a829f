/** Fetched depth that passes the guards of detection: what the cache kept may be too old to reckon with. */

import { judgeBook } from '../detect/guards.ts';
import type { Book } from '../domain/book.ts';
import { readDepth } from './depth.ts';
import type { HttpServices } from './services.ts';

/** Books by exchange; those that failed, or fail a guard, are missing. */
export async function readUsableDepth(
  services: HttpServices,
  symbol: string,
  exchanges: readonly string[],
): Promise<ReadonlyMap<string, Book>> {
  const { books } = await readDepth(services, symbol, exchanges);
  const nowMs = services.clock.nowMs();
  return new Map(
    [...books].flatMap(([exchange, { book }]) =>
      judgeBook(book, nowMs, services.config) === null ? [[exchange, book] as const] : [],
    ),
  );
}
