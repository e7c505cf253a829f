import { describe, expect, test } from 'bun:test';
import { isSkewed, skewMsOf } from '../../src/detect/guards.ts';
import { confirmPair } from '../../src/detect/pair.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { book, market, START_MS } from '../support/markets.ts';
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
