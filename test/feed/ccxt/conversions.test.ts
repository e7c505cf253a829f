import { describe, expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import { toSpanUrl } from '../../../src/feed/drivers/ccxt/call-record.ts';
import { readBytes } from '../../../src/feed/drivers/ccxt/read-bytes.ts';
import { toBook } from '../../../src/feed/drivers/ccxt/to-book.ts';
import { toQuote } from '../../../src/feed/drivers/ccxt/to-quote.ts';

const OF = { exchange: 'x', symbol: 'BTC/USDT', sizeScale: 1, receivedAtMs: 5, levelsCount: 3 };

function isBadData(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    return isSpreadscopeError(error, 'exchange_bad_data');
  }
}

describe('a ticker of ccxt', () => {
  test('is a quote with both times', () => {
    const ticker = { bid: 10, bidVolume: 2, ask: 11, askVolume: 3, timestamp: 4 };
    expect(toQuote(ticker, OF)).toEqual({
      exchange: 'x',
      symbol: 'BTC/USDT',
      bid: 10,
      bidSize: 2,
      ask: 11,
      askSize: 3,
      exchangeTimeMs: 4,
      receivedAtMs: 5,
    });
    expect(toQuote(ticker, { ...OF, sizeScale: 0.5 })).toMatchObject({ bidSize: 1, askSize: 1.5 });
  });

  test('leaves unknown sizes and times unknown, and an absent side empty', () => {
    const quote = toQuote({ bid: 10, ask: undefined, timestamp: undefined }, OF);
    expect(quote).toMatchObject({ bid: 10, ask: 0, exchangeTimeMs: null });
    expect(quote?.bidSize).toBeNaN();
    expect(quote?.askSize).toBeNaN();
  });

  test('without a price on either side is no quote', () => {
    expect(toQuote({}, OF)).toBeNull();
    expect(toQuote({ bid: 0, ask: 0, bidVolume: 1 }, OF)).toBeNull();
  });

  test.each([[-1], [Number.NaN], [Infinity], ['10']])('with a price of %p is bad data', (bid) => {
    expect(isBadData(() => toQuote({ bid, ask: 11 }, OF))).toBe(true);
    expect(isBadData(() => toQuote({ bid: 10, ask: 11, askVolume: bid }, OF))).toBe(true);
  });
});

describe('an order book of ccxt', () => {
  const source = {
    bids: [
      [10, 1],
      [9, 2],
      [8, 3],
      [7, 4],
    ],
    asks: [
      [11, 1, 99],
      [12, 0],
      [13, 5],
    ],
    timestamp: 4,
  };

  test('is cut to the depth wanted, without levels of size zero, and copied', () => {
    const book = toBook(source, OF);
    expect(book).toEqual({
      exchange: 'x',
      symbol: 'BTC/USDT',
      bids: [
        [10, 1],
        [9, 2],
        [8, 3],
      ],
      asks: [
        [11, 1],
        [13, 5],
      ],
      exchangeTimeMs: 4,
      receivedAtMs: 5,
    });
    expect(book.bids[0]).not.toBe(source.bids[0] as never);
  });

  test('may be empty', () => {
    expect(toBook({ bids: [], asks: [] }, OF)).toMatchObject({
      bids: [],
      asks: [],
      exchangeTimeMs: null,
    });
  });

  test('scales sizes to base units', () => {
    expect(toBook(source, { ...OF, sizeScale: 0.1, levelsCount: 1 }).bids).toEqual([[10, 0.1]]);
  });

  test.each([
    ['a side that is no list', { bids: undefined, asks: [] }],
    ['text as price', { bids: [['10', 1]], asks: [] }],
    ['a price of zero', { bids: [[0, 1]], asks: [] }],
    ['a negative size', { bids: [[10, -1]], asks: [] }],
    ['no size', { bids: [[10]], asks: [] }],
    ['NaN', { bids: [], asks: [[Number.NaN, 1]] }],
    [
      'rising bids',
      {
        bids: [
          [9, 1],
          [10, 1],
        ],
        asks: [],
      },
    ],
    [
      'falling asks',
      {
        bids: [],
        asks: [
          [10, 1],
          [9, 1],
        ],
      },
    ],
    [
      'a price twice',
      {
        bids: [],
        asks: [
          [10, 1],
          [10, 1],
        ],
      },
    ],
    ['a level that is no list', { bids: [null], asks: [] }],
  ])('with %s is bad data', (_what, book) => {
    expect(isBadData(() => toBook(book, OF))).toBe(true);
  });
});

describe('the URL of a span', () => {
  test('keeps market terms and hides all other values, users and passwords', () => {
    const url = 'https://user:pw@api.x.com/v1/depth?symbol=BTCUSDT&limit=5&signature=abc&token=t#f';
    expect(toSpanUrl(url)).toEqual({
      full: 'https://api.x.com/v1/depth?symbol=BTCUSDT&limit=5&signature=REDACTED&token=REDACTED',
      host: 'api.x.com',
    });
    expect(toSpanUrl('{not a url}')).toEqual({ full: 'invalid', host: 'invalid' });
  });
});

describe('reading a body', () => {
  test('takes the last byte allowed and refuses one more', async () => {
    const body = new Uint8Array([1, 2, 3, 4]);
    expect(await readBytes(new Response(body), 4)).toEqual(body);
    await expect(readBytes(new Response(body), 3)).rejects.toThrow('expected at most 3 bytes');
    expect(await readBytes(new Response(null), 0)).toEqual(new Uint8Array());
  });
});
