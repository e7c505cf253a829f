import { describe, expect, test } from 'bun:test';
import { createDetector } from '../../src/detect/detector.ts';
import {
  bandDistanceBps,
  isSkewed,
  judgeBook,
  judgeMarket,
  medianPriceOf,
  skewMsOf,
} from '../../src/detect/guards.ts';
import { createMarketState } from '../../src/detect/market-state.ts';
import { confirmPair } from '../../src/detect/pair.ts';
import { toCloseReason } from '../../src/detect/reasons.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { book, market, quote, START_MS } from '../support/markets.ts';
import { ANY_PROFIT } from '../support/settings.ts';

const at = (receivedAtMs: number, exchangeTimeMs: number | null = null) => ({
  receivedAtMs,
  exchangeTimeMs,
});

describe('the skew between two legs', () => {
  test('is the distance of their arrivals', () => {
    expect(skewMsOf(at(1_000), at(1_250))).toBe(250);
    expect(skewMsOf(at(1_250), at(1_000, 5))).toBe(250);
  });

  test('is that of the exchanges’ own times where both say and it is greater', () => {
    expect(skewMsOf(at(1_000, 900), at(1_010, 600))).toBe(300);
    expect(skewMsOf(at(1_000, 900), at(1_010, 905))).toBe(10);
  });

  test('is accepted up to the limit and refused above it', () => {
    expect(isSkewed(at(0), at(100), 100)).toBe(false);
    expect(isSkewed(at(0), at(101), 100)).toBe(true);
    expect(isSkewed(at(0), at(1e12), Number.POSITIVE_INFINITY)).toBe(false);
    expect(isSkewed(at(Number.NaN), at(0), 100)).toBe(true);
  });

  test('keeps a pair of books from being confirmed', () => {
    const kernel = createReferenceKernel({
      symbolsCount: 1,
      exchangesCount: 2,
      bookSlotsCount: 2,
      bookLevelsCount: 5,
    });
    const confirmAfter = (skewMs: number) =>
      confirmPair(
        kernel,
        { market: market('a', 'BTC/USD'), book: book('a', 'BTC/USD', [[99, 1]], [[100, 1]]) },
        {
          market: market('b', 'BTC/USD'),
          book: book('b', 'BTC/USD', [[101, 1]], [[102, 1]], { receivedAtMs: START_MS - skewMs }),
        },
        0,
        { ...ANY_PROFIT, maxSkewMs: 100 },
        START_MS,
      );
    expect(confirmAfter(100).found).toBe(true);
    expect(confirmAfter(101)).toEqual({ found: false, reason: 'legs_skewed' });
  });
});

const SYMBOL = 'BTC/USD';
const LIMITS = { maxAgeMs: 100, maxFutureMs: 10, priceBandBps: 100 };
const quoted = (bid: number, ask: number, given: Partial<ReturnType<typeof quote>> = {}) => ({
  market: market('a', SYMBOL),
  quote: quote('a', SYMBOL, bid, ask, given),
});
const judge = (given: ReturnType<typeof quoted>, medianPrice: number | null = null) =>
  judgeMarket(given, START_MS, LIMITS, medianPrice);

describe('the guards of a market', () => {
  test('tell crossed from locked from open', () => {
    expect(
      [quoted(100, 101), quoted(100, 100), quoted(101, 100)].map((each) => judge(each)),
    ).toEqual([null, 'locked', 'crossed']);
    const judged = [101, 100].map((bid) =>
      judgeBook(book('a', SYMBOL, [[bid, 1]], [[100, 1]]), START_MS, LIMITS),
    );
    expect(judged).toEqual(['crossed', 'locked']);
  });

  test('refuse a missing quote, a missing side and a price that is no number', () => {
    expect(judgeMarket({ market: market('a', SYMBOL), quote: null }, START_MS, LIMITS, null)).toBe(
      'no_quote',
    );
    for (const [bid, ask] of [
      [0, 100],
      [100, 0],
      [Number.NaN, 100],
      [100, Number.POSITIVE_INFINITY],
    ] as const) {
      expect(judge(quoted(bid, ask))).toBe('one_sided');
    }
  });

  test('refuse a book whose updates have a gap, whatever else is known of it', () => {
    const gap = book('a', SYMBOL, [[99, 1]], [[100, 1]], { hasGap: true });
    expect(judgeBook(gap, START_MS, LIMITS)).toBe('sequence_gap');
    expect(judge(quoted(99, 100, { hasGap: true }))).toBe('sequence_gap');
  });

  test('refuse a suspended market before anything else', () => {
    const suspended = { market: market('a', SYMBOL, { isActive: false }), quote: null };
    expect(judgeMarket(suspended, START_MS, LIMITS, null)).toBe('suspended');
  });

  test('take ages up to the limit, by either clock, and times ahead up to the tolerance', () => {
    const received = (ageMs: number) => quoted(100, 101, { receivedAtMs: START_MS - ageMs });
    const made = (ageMs: number) => quoted(100, 101, { exchangeTimeMs: START_MS - ageMs });
    expect([100, 101].map((ageMs) => judge(received(ageMs)))).toEqual([null, 'stale']);
    expect([100, 101].map((ageMs) => judge(made(ageMs)))).toEqual([null, 'stale']);
    expect([-10, -11].map((ageMs) => judge(made(ageMs)))).toEqual([null, 'from_future']);
  });

  test('take prices up to the band around the median, on both sides', () => {
    const around = (middle: number) => quoted(middle - 1, middle + 1);
    expect(bandDistanceBps(around(1_010).quote, 1_000)).toBeCloseTo(100, 9);
    expect([1_009, 1_011, 991, 989].map((middle) => judge(around(middle), 1_000))).toEqual([
      null,
      'out_of_band',
      null,
      'out_of_band',
    ]);
    const at = (priceBandBps: number) =>
      judgeMarket(around(1_250), START_MS, { ...LIMITS, priceBandBps }, 1_000);
    expect([at(2_500), at(2_499)]).toEqual([null, 'out_of_band']);
    expect(at(Number.POSITIVE_INFINITY)).toBeNull();
  });
});

describe('the median price of a symbol', () => {
  const priceOf = (markets: Parameters<typeof medianPriceOf>[0]) =>
    medianPriceOf(markets, START_MS, LIMITS);

  test('is the middle one, or the mean of the two in the middle', () => {
    expect(priceOf([quoted(9, 11), quoted(99, 101), quoted(11, 13)])).toBe(12);
    expect(priceOf([quoted(9, 11), quoted(11, 13)])).toBe(11);
  });

  test('leaves out what fails a guard of its own', () => {
    const suspended = { ...quoted(99, 101), market: market('a', SYMBOL, { isActive: false }) };
    const stale = quoted(99, 101, { receivedAtMs: 0 });
    expect(priceOf([quoted(9, 11), suspended, stale, quoted(101, 99)])).toBe(10);
    expect(priceOf([suspended, stale])).toBeNull();
  });
});

describe('the detector', () => {
  const capacity = { symbolsCount: 1, exchangesCount: 3, bookSlotsCount: 2, bookLevelsCount: 5 };
  const judgePair = (given: { isActive?: boolean; priceBandBps?: number; maxSkewMs?: number }) => {
    const kernel = createReferenceKernel(capacity);
    const state = createMarketState(kernel, null);
    state.setMarkets([
      market('a', SYMBOL),
      market('b', SYMBOL, { isActive: given.isActive ?? true }),
      market('c', SYMBOL),
    ]);
    state.apply(
      [
        quote('a', SYMBOL, 99, 101),
        quote('b', SYMBOL, 129, 131, { receivedAtMs: START_MS - 50 }),
        quote('c', SYMBOL, 99, 101),
      ],
      [],
    );
    const settings = { ...ANY_PROFIT, ...given };
    const detector = createDetector({ kernel, state, settings, source: 'recording' });
    const [pair] = detector.screenAll(START_MS);
    if (pair === undefined) throw new Error('expected a pair');
    const { confirmation } = detector.judge(pair, false, START_MS);
    return confirmation.found ? 'found' : toCloseReason(confirmation.reason);
  };

  test('applies each guard to a pair and says which one failed', () => {
    expect(judgePair({})).toBe('found');
    expect(judgePair({ isActive: false })).toBe('market_suspended');
    expect([judgePair({ priceBandBps: 3_000 }), judgePair({ priceBandBps: 2_999 })]).toEqual([
      'found',
      'price_out_of_band',
    ]);
    expect([judgePair({ maxSkewMs: 50 }), judgePair({ maxSkewMs: 49 })]).toEqual([
      'found',
      'legs_skewed',
    ]);
  });
});
