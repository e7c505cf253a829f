/**
 * The newest state of each market, between drivers that push and one consumer that takes: back-pressure for sources
 * that cannot be made to wait. It holds at most one update per market, however slow the consumer is.
 */

import type { Book } from '../domain/book.ts';
import type { Clock } from '../domain/clock.ts';
import type { Funding } from '../domain/funding.ts';
import type { Quote } from '../domain/quote.ts';
import type { FeedBatch } from './feed.ts';

export interface ConflatingQueue {
  /** Replaces what waits for this market; what it replaces counts as skipped. Ignored once closed. */
  pushQuote(quote: Quote): void;
  /** As `pushQuote`: a market waits with its newest quote or its newest book, whichever came last. */
  pushBook(book: Book): void;
  /** Replaces what waits of this market's funding; it does not count as an update, nor what it replaces as skipped. */
  pushFunding(funding: Funding): void;
  /** Forgets what waits for one exchange (it went down); nothing is counted as skipped. */
  discard(exchange: string): void;
  /** Updates of one exchange that were replaced before the consumer took them, since the start. */
  skippedCount(exchange: string): number;
  /** What waits, at once, for drivers that are themselves the loop; null when nothing does. */
  take(): FeedBatch | null;
  /** Markets with an update that waits. */
  readonly pendingCount: number;
  /**
   * Batches as soon as anything waits, markets in the order in which they began to wait; `atMs` is the clock's time
   * at which the batch was taken. Ends when `signal` aborts, or after the last update once the queue is closed.
   *
   * @throws {Error} `BUG:` when a second consumer starts while one is active: both would see half of the updates.
   */
  batches(signal: AbortSignal): AsyncGenerator<FeedBatch, void, void>;
  /** Takes nothing more; what waits is still delivered. */
  close(): void;
}

type Update =
  | { readonly type: 'quote'; readonly quote: Quote }
  | { readonly type: 'book'; readonly book: Book };

interface Lane {
  readonly bySymbol: Map<string, Slot>;
  skippedCount: number;
}

interface Slot {
  readonly exchange: string;
  pending: Update | null;
}

/** @param clock - gives each batch its `atMs`. */
export function createConflatingQueue(clock: Pick<Clock, 'nowMs'>): ConflatingQueue {
  const lanes = new Map<string, Lane>();
  let waiting: Slot[] = [];
  const funding = new Map<string, Funding>();
  let isClosed = false;
  let isConsumed = false;
  let wake: (() => void) | null = null;

  const wakeConsumer = () => {
    wake?.();
    wake = null;
  };

  const hasAny = (): boolean => waiting.length > 0 || funding.size > 0;

  const push = (exchange: string, symbol: string, update: Update): void => {
    if (isClosed) return;
    const lane = laneOf(lanes, exchange);
    const slot = slotOf(lane, exchange, symbol);
    if (slot.pending === null) waiting.push(slot);
    else lane.skippedCount += 1;
    slot.pending = update;
    wakeConsumer();
  };

  const take = (): FeedBatch => {
    const slots = waiting;
    waiting = [];
    const batch = toBatch(clock.nowMs(), slots);
    if (funding.size === 0) return batch;
    const newest = [...funding.values()];
    funding.clear();
    return { ...batch, funding: newest };
  };

  async function* batches(signal: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    if (isConsumed) throw new Error('BUG: a conflating queue has one consumer at a time');
    isConsumed = true;
    signal.addEventListener('abort', wakeConsumer);
    try {
      while (!signal.aborted) {
        if (hasAny()) yield take();
        else if (isClosed) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wakeConsumer);
      isConsumed = false;
    }
  }

  return {
    pushQuote: (quote) => push(quote.exchange, quote.symbol, { type: 'quote', quote }),
    pushBook: (book) => push(book.exchange, book.symbol, { type: 'book', book }),
    pushFunding: (given) => {
      if (isClosed) return;
      funding.set(`${given.exchange} ${given.symbol}`, given);
      wakeConsumer();
    },
    discard: (exchange) => {
      for (const [key, given] of funding) if (given.exchange === exchange) funding.delete(key);
      for (const slot of waiting) if (slot.exchange === exchange) slot.pending = null;
      waiting = waiting.filter((slot) => slot.pending !== null);
    },
    skippedCount: (exchange) => lanes.get(exchange)?.skippedCount ?? 0,
    take: () => (hasAny() ? take() : null),
    get pendingCount() {
      return waiting.length;
    },
    batches,
    close: () => {
      isClosed = true;
      wakeConsumer();
    },
  };
}

function laneOf(lanes: Map<string, Lane>, exchange: string): Lane {
  const found = lanes.get(exchange);
  if (found !== undefined) return found;
  const lane: Lane = { bySymbol: new Map(), skippedCount: 0 };
  lanes.set(exchange, lane);
  return lane;
}

function slotOf(lane: Lane, exchange: string, symbol: string): Slot {
  const found = lane.bySymbol.get(symbol);
  if (found !== undefined) return found;
  const slot: Slot = { exchange, pending: null };
  lane.bySymbol.set(symbol, slot);
  return slot;
}

function toBatch(atMs: number, slots: readonly Slot[]): FeedBatch {
  const quotes: Quote[] = [];
  const books: Book[] = [];
  for (const slot of slots) {
    if (slot.pending?.type === 'quote') quotes.push(slot.pending.quote);
    else if (slot.pending?.type === 'book') books.push(slot.pending.book);
    slot.pending = null;
  }
  return { atMs, quotes, books };
}
