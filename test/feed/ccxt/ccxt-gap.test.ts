import { afterEach, describe, expect, test } from 'bun:test';
import type { Book } from '../../../src/domain/book.ts';
import { untilTrue } from '../../support/until-true.ts';
import { BTC, ETH, type Harness, startHarness } from './harness.ts';

let harness: Harness | null = null;

afterEach(async () => {
  await harness?.close();
  harness = null;
});

/** Every book of one market from now on, gaps included. */
function follow({ feed }: Harness, exchange: string, symbol: string) {
  const books: Book[] = [];
  const reading = new AbortController();
  const done = (async () => {
    for await (const batch of feed.batches(reading.signal)) {
      books.push(
        ...batch.books.filter((book) => book.exchange === exchange && book.symbol === symbol),
      );
    }
  })();
  return {
    books,
    stop: () => {
      reading.abort();
      return done;
    },
  };
}

describe('updates of a book that are missing', () => {
  test('void the book until a whole one has come; the exchange and its other books go on', async () => {
    harness = startHarness({ ids: ['binance', 'bybit'], server: { republishIntervalMs: 25 } });
    const { binance } = harness.servers;
    for (const server of Object.values(harness.servers)) {
      for (const symbol of [BTC, ETH]) server.setBook(symbol, [[100, 1]], [[101, 1]]);
    }
    await harness.feed.loadMarkets(new AbortController().signal);
    const bitcoin = follow(harness, 'binance', BTC);
    await untilTrue('three books', () => bitcoin.books.length > 2);
    expect(bitcoin.books.some(({ hasGap }) => hasGap === true)).toBe(false);
    binance.loseUpdate(BTC);
    await untilTrue('a gap', () => bitcoin.books.some(({ hasGap }) => hasGap === true));
    const gap = bitcoin.books.findIndex(({ hasGap }) => hasGap === true);
    expect(bitcoin.books[gap]).toMatchObject({ bids: [], asks: [] });
    const whole = () => bitcoin.books.slice(gap + 1).find(({ bids }) => bids.length > 0);
    await untilTrue('a whole book', () => whole() !== undefined);
    expect(whole()).toMatchObject({ bids: [[100, 1]], asks: [[101, 1]] });
    expect(harness.status('binance').state).toBe('live');
    await bitcoin.stop();
  });
});
