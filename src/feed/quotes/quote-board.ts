/**
 * The newest state of every market, for any number of readers that each come at their own pace. A reader is a place in
 * the order of changes: one that is slow, or away for a while, finds the newest state of whatever changed since, so it
 * costs no memory here and never reads what is out of date. What it never saw is told by the numbers of the updates.
 */

import type { Book } from '../../domain/book.ts';
import type { Funding } from '../../domain/funding.ts';
import type { Quote } from '../../domain/quote.ts';
import type { ExchangeStatus, FeedBatch, FeedMarkets } from '../feed.ts';

/** An update with its number: each market counts from 1, its funding apart, so a reader knows how many it missed. */
export type NumberedUpdate =
  | { readonly type: 'quote'; readonly number: number; readonly quote: Quote }
  | { readonly type: 'book'; readonly number: number; readonly book: Book }
  | { readonly type: 'funding'; readonly number: number; readonly funding: Funding };

/** What changed after a place. */
export interface BoardChanges {
  /** In the order of their last change. */
  readonly updates: readonly NumberedUpdate[];
  /** The place after them. */
  readonly sequence: number;
}

export interface QuoteBoard {
  publish(batch: FeedBatch): void;
  /** Forgets what one exchange quoted: it went down. Its numbers go on. */
  discard(exchange: string): void;
  setMarkets(markets: FeedMarkets): void;
  /** @param isUrgent - readers are told now; else when they next look. */
  setExchanges(exchanges: readonly ExchangeStatus[], isUrgent: boolean): void;
  /** Null before the first `setMarkets`. */
  readonly markets: FeedMarkets | null;
  readonly exchanges: readonly ExchangeStatus[];
  /** Count up with each `setMarkets` and each urgent `setExchanges`. */
  readonly marketsVersion: number;
  readonly exchangesVersion: number;
  /** The newest place; 0 before the first update. */
  readonly sequence: number;
  /**
   * What changed after `sequence`, the oldest first, at most `maxCount`.
   *
   * @param accepts - symbols of others are passed over.
   */
  changesAfter(
    sequence: number,
    accepts: (symbol: string) => boolean,
    maxCount: number,
  ): BoardChanges;
  /** Calls `listener` after each change. Returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

interface Entry {
  readonly exchange: string;
  readonly symbol: string;
  update: NumberedUpdate | null;
  number: number;
  sequence: number;
  /** Neighbours in the order of changes; null at the ends, and both where nothing is known. */
  older: Entry | null;
  newer: Entry | null;
}

export function createQuoteBoard(): QuoteBoard {
  return new LinkedBoard();
}

class LinkedBoard implements QuoteBoard {
  markets: FeedMarkets | null = null;
  exchanges: readonly ExchangeStatus[] = [];
  marketsVersion = 0;
  exchangesVersion = 0;
  sequence = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #newest: Entry | null = null;

  publish({ quotes, books, funding = [] }: FeedBatch): void {
    for (const quote of quotes) {
      const entry = this.#touch(quote, '');
      entry.update = { type: 'quote', number: entry.number, quote };
    }
    for (const book of books) {
      const entry = this.#touch(book, '');
      entry.update = { type: 'book', number: entry.number, book };
    }
    for (const newest of funding) {
      const entry = this.#touch(newest, 'funding ');
      entry.update = { type: 'funding', number: entry.number, funding: newest };
    }
    this.#tell();
  }

  discard(exchange: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.exchange !== exchange || entry.update === null) continue;
      entry.update = null;
      this.#unlink(entry);
    }
  }

  setMarkets(markets: FeedMarkets): void {
    this.markets = markets;
    this.marketsVersion += 1;
    this.#tell();
  }

  setExchanges(exchanges: readonly ExchangeStatus[], isUrgent: boolean): void {
    this.exchanges = exchanges;
    if (!isUrgent) return;
    this.exchangesVersion += 1;
    this.#tell();
  }

  changesAfter(
    sequence: number,
    accepts: (symbol: string) => boolean,
    maxCount: number,
  ): BoardChanges {
    const found: Entry[] = [];
    for (
      let entry = this.#newest;
      entry !== null && entry.sequence > sequence;
      entry = entry.older
    ) {
      if (accepts(entry.symbol)) found.push(entry);
    }
    const oldestFirst = found.reverse();
    const taken = oldestFirst.slice(0, maxCount);
    const isAll = taken.length === oldestFirst.length;
    return {
      updates: taken.flatMap(({ update }) => update ?? []),
      sequence: isAll ? this.sequence : (taken.at(-1)?.sequence ?? sequence),
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The entry of a market, now the newest. */
  #touch(
    { exchange, symbol }: { readonly exchange: string; readonly symbol: string },
    kind: string,
  ): Entry {
    const key = `${kind}${exchange} ${symbol}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        ...{ exchange, symbol, update: null, number: 0 },
        ...{ sequence: 0, older: null, newer: null },
      };
      this.#entries.set(key, entry);
    }
    this.#unlink(entry);
    this.sequence += 1;
    entry.sequence = this.sequence;
    entry.number += 1;
    entry.older = this.#newest;
    if (this.#newest !== null) this.#newest.newer = entry;
    this.#newest = entry;
    return entry;
  }

  #unlink(entry: Entry): void {
    if (entry.older !== null) entry.older.newer = entry.newer;
    if (entry.newer !== null) entry.newer.older = entry.older;
    if (this.#newest === entry) this.#newest = entry.older;
    entry.older = null;
    entry.newer = null;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
