import { describe, expect, test } from 'bun:test';
import type { BasisMarket } from '../../../src/detect/basis/basis-market.ts';
import { detectBasis } from '../../../src/detect/basis/detect-basis.ts';
import { BASIS_REASON_CODES, type BasisReason } from '../../../src/detect/basis/reasons.ts';
import { toBasisSentence } from '../../../src/detect/basis/sentence.ts';
import {
  datedAt102,
  BASIS_NOW_MS as NOW_MS,
  perpetualAt100,
  BASIS_SETTINGS as SETTINGS,
  spotAt100,
} from '../../support/basis-markets.ts';

/** The reason of the pair that would carry; null when it does. */
function reasonOf(contract: BasisMarket, spot: BasisMarket = spotAt100()): BasisReason | null {
  const { edges, misses } = detectBasis([spot, contract], SETTINGS, NOW_MS);
  if (edges.length > 0) return null;
  return misses.find(({ long }) => long.symbol === spot.market.symbol)?.reason ?? null;
}

const funded = (funding: NonNullable<Parameters<typeof perpetualAt100>[0]>['funding']) =>
  perpetualAt100(funding === undefined ? {} : { funding });

describe('the last value accepted and the first refused', () => {
  test('funding as old as allowed is used, older is stale', () => {
    const at = (ageMs: number) => reasonOf(funded({ receivedAtMs: NOW_MS - ageMs }));
    expect(at(SETTINGS.maxFundingAgeMs)).toBeNull();
    expect(at(SETTINGS.maxFundingAgeMs + 1)).toMatchObject({
      code: 'funding_stale',
      ageMs: 600_001,
      maxFundingAgeMs: 600_000,
    });
  });

  test('funding is as old as the exchange says when that is older', () => {
    const at = (ageMs: number) => reasonOf(funded({ exchangeTimeMs: NOW_MS - ageMs }));
    expect(at(SETTINGS.maxFundingAgeMs)).toBeNull();
    expect(at(SETTINGS.maxFundingAgeMs + 1)?.code).toBe('funding_stale');
  });

  test('funding as far ahead of our clock as allowed is used, further is not', () => {
    const at = (aheadMs: number) => reasonOf(funded({ exchangeTimeMs: NOW_MS + aheadMs }));
    expect(at(SETTINGS.maxFutureMs)).toBeNull();
    expect(at(SETTINGS.maxFutureMs + 1)).toMatchObject({
      code: 'funding_from_future',
      aheadMs: 1_001,
    });
  });

  test('a payment a millisecond ahead is waited for, one that is due now has passed', () => {
    expect(reasonOf(funded({ nextFundingAtMs: NOW_MS + 1 }))).toBeNull();
    expect(reasonOf(funded({ nextFundingAtMs: NOW_MS }))).toMatchObject({
      code: 'funding_passed',
      passedForMs: 0,
    });
  });

  test('a contract a millisecond before its expiry is not expired, at its expiry it is', () => {
    const at = (expiryMs: number) =>
      reasonOf(datedAt102({ contract: { kind: 'dated', expiryMs } }));
    expect(at(NOW_MS + 1)).toBeNull();
    expect(at(NOW_MS)).toMatchObject({ code: 'contract_expired', expiredForMs: 0 });
  });

  test('legs as far apart in time as allowed are paired, further apart they are not', () => {
    const at = (skewMs: number) => {
      const late = { exchangeTimeMs: null, receivedAtMs: NOW_MS - skewMs };
      return reasonOf(perpetualAt100(), { ...spotAt100(), times: late });
    };
    expect(at(SETTINGS.maxSkewMs)).toBeNull();
    expect(at(SETTINGS.maxSkewMs + 1)).toEqual({
      code: 'legs_skewed',
      skewMs: 3_001,
      maxSkewMs: 3_000,
    });
  });
});

describe('what is not known', () => {
  test('an interval is never assumed', () => {
    expect(reasonOf(funded({ intervalMs: null }))?.code).toBe('funding_interval_unknown');
    expect(reasonOf(funded({ intervalMs: 0 }))?.code).toBe('funding_interval_unknown');
  });

  test('a perpetual without funding, or with one that is no number, takes no part', () => {
    expect(reasonOf(perpetualAt100({ funding: null }))?.code).toBe('funding_unknown');
    expect(reasonOf(funded({ rateRatio: Number.NaN }))?.code).toBe('funding_unknown');
  });

  test('a time of the next payment that no exchange says is not held against it', () => {
    expect(reasonOf(funded({ nextFundingAtMs: null }))).toBeNull();
  });

  test('a dated contract without expiry takes no part', () => {
    const undated = datedAt102({ contract: { kind: 'dated', expiryMs: null } });
    expect(reasonOf(undated)?.code).toBe('expiry_unknown');
  });
});

test('a market that fails a guard of its book takes no part, with that guard', () => {
  const stale: BasisMarket = { ...perpetualAt100(), guard: 'stale' };
  expect(reasonOf(stale)).toEqual({
    code: 'market_unusable',
    exchange: 'perpetual-exchange',
    symbol: 'BTC/USDT:USDT',
    guard: 'stale',
  });
});

test('every reason has a sentence of its own', () => {
  const place = { exchange: 'okx', symbol: 'BTC/USDT:USDT' };
  const reasons: readonly BasisReason[] = [
    { code: 'market_unusable', ...place, guard: 'out_of_band' },
    { code: 'contract_expired', ...place, expiryMs: 1, expiredForMs: 2 * 86_400_000 },
    { code: 'expiry_unknown', ...place },
    { code: 'funding_unknown', ...place },
    { code: 'funding_interval_unknown', ...place },
    { code: 'funding_stale', ...place, ageMs: 601_000, maxFundingAgeMs: 600_000 },
    { code: 'funding_from_future', ...place, aheadMs: 2_000, maxFutureMs: 1_000 },
    { code: 'funding_passed', ...place, passedForMs: 90_000 },
    { code: 'legs_skewed', skewMs: 4_000, maxSkewMs: 3_000 },
    { code: 'carry_not_positive', annualisedGrossRatio: -0.01 },
    { code: 'size_not_allowed', ...place },
    { code: 'depth_unknown', ...place, side: 'bids' },
    { code: 'book_too_thin', ...place, side: 'asks' },
    { code: 'costs_not_covered', breakEvenDays: 40.25, daysHeld: 30, missingBps: 3.21 },
  ];
  expect(reasons.map(({ code }) => code)).toEqual([...BASIS_REASON_CODES]);
  const sentences = reasons.map(toBasisSentence);
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(sentences.at(-1)).toBe('3.2 bps short after 30.0 days; it breaks even after 40.3');
  expect(sentences[5]).toBe('funding 1.0 s too old of BTC/USDT:USDT on okx');
});
