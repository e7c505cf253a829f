import { describe, expect, test } from 'bun:test';
import { toFunding, toIntervalMs } from '../../../src/feed/drivers/ccxt/to-funding.ts';

const OF = { exchange: 'x', symbol: 'BTC/USDT:USDT', knownIntervalMs: null, receivedAtMs: 5 };
const HOUR_MS = 3_600_000;

describe('a funding rate of ccxt', () => {
  test('has its interval, its next payment and its prices', () => {
    const source = { fundingRate: -0.0001, fundingTimestamp: 9, interval: '4h', timestamp: 4 };
    expect(toFunding({ ...source, markPrice: 100, indexPrice: 99 }, OF)).toEqual({
      ...{ exchange: 'x', symbol: 'BTC/USDT:USDT', rateRatio: -0.0001, intervalMs: 4 * HOUR_MS },
      ...{ nextFundingAtMs: 9, markPriceInQuote: 100, indexPriceInQuote: 99 },
      ...{ exchangeTimeMs: 4, receivedAtMs: 5 },
    });
  });

  test('takes an interval as it is said, or as the next two payments lie apart, and never guesses', () => {
    expect(toIntervalMs({ interval: '8h' })).toBe(8 * HOUR_MS);
    expect(toIntervalMs({ interval: '30m' })).toBe(HOUR_MS / 2);
    expect(toIntervalMs({ interval: '1d' })).toBe(24 * HOUR_MS);
    expect(toIntervalMs({ fundingTimestamp: 10, nextFundingTimestamp: 10 + HOUR_MS })).toBe(
      HOUR_MS,
    );
    for (const interval of ['0h', '8', 'h', '-8h', 8])
      expect(toIntervalMs({ interval })).toBeNull();
    expect(toIntervalMs({ fundingTimestamp: 10, nextFundingTimestamp: 10 })).toBeNull();
    expect(toFunding({ fundingRate: 0 }, OF)?.intervalMs).toBeNull();
    expect(toFunding({ fundingRate: 0 }, { ...OF, knownIntervalMs: 7 })?.intervalMs).toBe(7);
  });

  test('without a rate is none; prices and times that are no numbers are not known', () => {
    for (const fundingRate of [undefined, '0.1', Number.NaN]) {
      expect(toFunding({ fundingRate }, OF)).toBeNull();
    }
    const odd = toFunding({ fundingRate: 0, markPrice: 0, nextFundingTimestamp: 8 }, OF);
    expect(odd).toMatchObject({ markPriceInQuote: null, nextFundingAtMs: 8, exchangeTimeMs: null });
  });
});
