import { describe, expect, test } from 'bun:test';
import type { Book } from '../../src/domain/book.ts';
import type { Quote } from '../../src/domain/quote.ts';
import { createConflatingQueue } from '../../src/feed/conflation.ts';
import type { FeedBatch } from '../../src/feed/feed.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const quote = (exchange: string, symbol: string, bid: number): Quote => ({
  exchange,
  symbol,
  bid,
  bidSize: 1,
  ask: bid + 1,
  askSize: 1,
  exchangeTimeMs: null,
  receivedAtMs: 1,
});

const book = (exchange: string, symbol: string, bid: number): Book => ({
  exchange,
  symbol,
  bids: [[bid, 1]],
  asks: [[bid + 1, 1]],
  exchangeTimeMs: null,
  receivedAtMs: 1,
});

const bidsOf = (batch: FeedBatch) => batch.quotes.map((each) => each.bid);

async function take(batches: AsyncGenerator<FeedBatch, void, void>): Promise<FeedBatch> {
  const { value } = await batches.next();
  if (value === undefined) throw new Error('the queue ended');
  return value;
}

describe('conflating queue', () => {
  test('updates of different markets come in one batch, in the order of arrival, with the time they were taken', async () => {
    const clock = createFakeClock(5_000);
    const queue = createConflatingQueue(clock);
    queue.pushQuote(quote('b', 'BTC/USDT', 2));
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    queue.pushBook(book('a', 'ETH/USDT', 3));
    await clock.advance(7);
    const batch = await take(queue.batches(new AbortController().signal));
    expect(batch.atMs).toBe(5_007);
    expect(bidsOf(batch)).toEqual([2, 1]);
    expect(batch.books.map((each) => each.symbol)).toEqual(['ETH/USDT']);
    expect(queue.pendingCount).toBe(0);
  });

  test('a slow consumer sees the newest state, and what was replaced is counted for its exchange', async () => {
    const queue = createConflatingQueue(createFakeClock());
    for (let bid = 1; bid <= 10; bid += 1) queue.pushQuote(quote('a', 'BTC/USDT', bid));
    queue.pushQuote(quote('b', 'BTC/USDT', 99));
    expect(queue.pendingCount).toBe(2);
    expect(bidsOf(await take(queue.batches(new AbortController().signal)))).toEqual([10, 99]);
    expect(queue.skippedCount('a')).toBe(9);
    expect(queue.skippedCount('b')).toBe(0);
    expect(queue.skippedCount('unknown')).toBe(0);
  });

  test('a market that waits with a quote and then gets a book is delivered once, as the book', async () => {
    const queue = createConflatingQueue(createFakeClock());
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    queue.pushBook(book('a', 'BTC/USDT', 2));
    const batch = await take(queue.batches(new AbortController().signal));
    expect(batch.quotes).toEqual([]);
    expect(batch.books.map((each) => each.bids)).toEqual([[[2, 1]]]);
    expect(queue.skippedCount('a')).toBe(1);
  });

  test('an update that was taken is not skipped by the next one', async () => {
    const queue = createConflatingQueue(createFakeClock());
    const batches = queue.batches(new AbortController().signal);
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    expect(bidsOf(await take(batches))).toEqual([1]);
    queue.pushQuote(quote('a', 'BTC/USDT', 2));
    expect(bidsOf(await take(batches))).toEqual([2]);
    expect(queue.skippedCount('a')).toBe(0);
  });

  test('a consumer that waits wakes on the first update', async () => {
    const queue = createConflatingQueue(createFakeClock());
    const next = take(queue.batches(new AbortController().signal));
    await Promise.resolve();
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    queue.pushQuote(quote('b', 'BTC/USDT', 2));
    expect(bidsOf(await next)).toEqual([1, 2]);
  });

  test('closing delivers what waits, then ends; later updates are ignored', async () => {
    const queue = createConflatingQueue(createFakeClock());
    const batches = queue.batches(new AbortController().signal);
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    queue.close();
    queue.pushQuote(quote('a', 'BTC/USDT', 2));
    expect(bidsOf(await take(batches))).toEqual([1]);
    expect((await batches.next()).done).toBe(true);
  });

  test('closing ends a consumer that waits', async () => {
    const queue = createConflatingQueue(createFakeClock());
    const next = queue.batches(new AbortController().signal).next();
    await Promise.resolve();
    queue.close();
    expect((await next).done).toBe(true);
  });

  test('an abort ends the iteration without a throw, before and while it waits', async () => {
    const queue = createConflatingQueue(createFakeClock());
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    expect((await queue.batches(AbortSignal.abort()).next()).done).toBe(true);

    const controller = new AbortController();
    const batches = queue.batches(controller.signal);
    await take(batches);
    const next = batches.next();
    controller.abort();
    expect((await next).done).toBe(true);
  });

  test('what an aborted consumer left is there for the next one', async () => {
    const queue = createConflatingQueue(createFakeClock());
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    await queue.batches(AbortSignal.abort()).next();
    expect(bidsOf(await take(queue.batches(new AbortController().signal)))).toEqual([1]);
  });

  test('a second consumer at the same time is refused', async () => {
    const queue = createConflatingQueue(createFakeClock());
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    const first = queue.batches(new AbortController().signal);
    await take(first);
    await expect(queue.batches(new AbortController().signal).next()).rejects.toThrow('BUG:');
    await first.return();
    queue.pushQuote(quote('a', 'BTC/USDT', 2));
    expect(bidsOf(await take(queue.batches(new AbortController().signal)))).toEqual([2]);
  });

  test('discarding one exchange forgets what waits for it and nothing else', async () => {
    const queue = createConflatingQueue(createFakeClock());
    queue.pushQuote(quote('a', 'BTC/USDT', 1));
    queue.pushQuote(quote('b', 'BTC/USDT', 2));
    queue.discard('a');
    expect(queue.skippedCount('a')).toBe(0);
    const batches = queue.batches(new AbortController().signal);
    expect(bidsOf(await take(batches))).toEqual([2]);
    queue.pushQuote(quote('a', 'BTC/USDT', 3));
    expect(bidsOf(await take(batches))).toEqual([3]);
  });
});
