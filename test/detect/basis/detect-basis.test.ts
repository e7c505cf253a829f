import { describe, expect, test } from 'bun:test';
import type { BasisEdge } from '../../../src/detect/basis/basis-edge.ts';
import type { BasisMarket } from '../../../src/detect/basis/basis-market.ts';
import { detectBasis } from '../../../src/detect/basis/detect-basis.ts';
import {
  datedAt102,
  BASIS_NOW_MS as NOW_MS,
  perpetualAt100,
  BASIS_SETTINGS as SETTINGS,
  spotAt100,
} from '../../support/basis-markets.ts';

const detect = (...markets: readonly BasisMarket[]) => detectBasis(markets, SETTINGS, NOW_MS);

function only(edges: readonly BasisEdge[]): BasisEdge {
  const [edge, ...others] = edges;
  if (edge === undefined || others.length > 0)
    throw new Error(`expected one edge, got ${edges.length}`);
  return edge;
}

describe('a perpetual against spot', () => {
  const edge = only(detect(spotAt100(), perpetualAt100()).edges);

  test('is bought in spot and sold as a perpetual where longs pay', () => {
    expect(edge.kind).toBe('perpetual_spot');
    expect([edge.long.instrument, edge.short.instrument]).toEqual(['spot', 'perpetual']);
    expect(edge.needsHeldSpot).toBe(false);
  });

  // 10 BTC: in 1,002 × 0.9995 − 1,000 × 1.001 = 0.499; out 999 × 0.999 − 1,003 × 1.0005 = −5.5005; the middles lie
  // 0.3 apart, 3 in all. Funding: 10 × 100.25 × 0.0008 / 8 h = 0.10025 an hour, 72.18 in 720 hours.
  test('costs, earns and is left with exact amounts', () => {
    expect(edge).toMatchObject({
      sizeInBase: '10',
      capitalInQuote: '1001',
      entryCostInQuote: '2.501',
      exitCostInQuote: '2.5005',
      fundingPerHourInQuote: '0.10025',
      grossInQuote: '72.18',
      profitInQuote: '67.1785',
      daysHeld: 30,
      dayCount: 'ACT/365',
    });
    expect(edge.short.fundingRatePerHour).toBe('0.0001');
    expect(edge.short.entryFeeInQuote).toBe('0.501');
    expect(edge.short.exitFeeInQuote).toBe('0.5015');
  });

  test('breaks even when funding has paid both ways, and is annualised over 365 days', () => {
    expect(edge.breakEvenDays).toBeCloseTo(5.0015 / (0.10025 * 24), 12);
    expect(edge.annualisedGrossRatio).toBeCloseTo(((72.18 / 1001) * 365) / 30, 12);
    expect(edge.annualisedNetRatio).toBeCloseTo(((67.1785 / 1001) * 365) / 30, 12);
    expect(edge.basisBps).toBeCloseTo((100.25 / 99.95 - 1) * 10_000, 9);
  });

  test('is sold in spot, which must be held, and bought as a perpetual where shorts pay', () => {
    const paysLongs = perpetualAt100({ funding: { rateRatio: -0.0008 } });
    const reverse = only(detect(spotAt100(), paysLongs).edges);
    expect([reverse.long.instrument, reverse.short.instrument]).toEqual(['perpetual', 'spot']);
    expect(reverse.needsHeldSpot).toBe(true);
    // 1,000 / 100.3 base units, rounded down at 12 places.
    expect(reverse.sizeInBase).toBe('9.970089730807');
  });

  test('earns the same hourly rate whatever the interval it is paid in', () => {
    for (const hours of [1, 4, 8]) {
      const funding = { rateRatio: 0.0001 * hours, intervalMs: hours * 3_600_000 };
      const same = only(detect(spotAt100(), perpetualAt100({ funding })).edges);
      expect(same.profitInQuote).toBe('67.1785');
      expect(same.short.fundingRatePerHour).toBe('0.0001');
    }
  });

  test('is valued at the middle of its book where no mark price is known', () => {
    const unmarked = perpetualAt100({ funding: { markPriceInQuote: null } });
    expect(only(detect(spotAt100(), unmarked).edges).fundingPerHourInQuote).toBe('0.10025');
  });

  test('pays for depth: the levels behind the best one count on the way in and out', () => {
    const thin = spotAt100({
      asks: [
        [100, 4],
        [101, 100],
      ],
      bids: [
        [99.9, 5],
        [99, 100],
      ],
    });
    const deep = only(detect(thin, perpetualAt100()).edges);
    // 4 × 100 + 6 × 101 = 1,006 paid; 5 × 99.9 + 5 × 99 = 994.5 received.
    expect(deep.capitalInQuote).toBe('1007.006');
    expect(deep.long.entryPriceInQuote).toBe('100.6');
    expect(deep.long.exitPriceInQuote).toBe('99.45');
    expect(deep.profitInQuote).toBe('56.677');
    expect(deep.long.levelsCount).toBe(2);
  });
});

describe('a perpetual against a perpetual of another exchange', () => {
  const hourly = perpetualAt100({
    exchange: 'hourly',
    bids: [[99.9, 100]],
    asks: [[100, 100]],
    funding: { rateRatio: 0.00001, intervalMs: 3_600_000, markPriceInQuote: 100 },
  });
  const fourHourly = perpetualAt100({
    exchange: 'four-hourly',
    funding: { rateRatio: 0.0004, intervalMs: 4 * 3_600_000, markPriceInQuote: 100 },
  });

  // Received 10 × 100 × 0.0001, paid 10 × 100 × 0.00001 an hour: 0.09, in 720 hours 64.8. In 1,002 × 0.9995 −
  // 1,000 × 1.0005 = 0.999; out 999 × 0.9995 − 1,003 × 1.0005 = −5.001.
  test('receives one rate and pays the other, both per hour', () => {
    const edge = only(detect(hourly, fourHourly).edges);
    expect(edge.kind).toBe('perpetual_perpetual');
    expect([edge.long.exchange, edge.short.exchange]).toEqual(['hourly', 'four-hourly']);
    expect(edge).toMatchObject({
      fundingPerHourInQuote: '0.09',
      grossInQuote: '64.8',
      profitInQuote: '60.798',
      capitalInQuote: '1000.5',
    });
  });

  test('is not made of two contracts of one exchange', () => {
    const inverse = perpetualAt100({
      exchange: 'hourly',
      symbol: 'BTC/USDT:BTC',
      contract: { settlement: 'inverse', contractSize: '10' },
    });
    expect(detect(hourly, inverse).pairsCount).toBe(0);
  });
});

describe('a dated contract against spot', () => {
  // 10 BTC: in 1,020 × 0.9995 − 1,001 = 18.49; out 999 × 0.999 − 10 × 99.95 × 1.0005 = −1.99875.
  const edge = only(detect(spotAt100(), datedAt102()).edges);

  test('earns the basis until its expiry, less both fees on the way in, a sale of spot and the settlement', () => {
    expect(edge).toMatchObject({
      kind: 'dated_spot',
      daysHeld: 73,
      fundingPerHourInQuote: null,
      grossInQuote: '21.5',
      profitInQuote: '16.49125',
      entryCostInQuote: '3.01',
      exitCostInQuote: '1.99875',
    });
    expect(edge.short.exitPriceInQuote).toBe('99.95');
  });

  test('is annualised by actual days over 365', () => {
    expect(edge.dayCount).toBe('ACT/365');
    expect(edge.annualisedGrossRatio).toBeCloseTo((21.5 / 1001) * 5, 12);
    expect(edge.annualisedNetRatio).toBeCloseTo((16.49125 / 1001) * 5, 12);
    expect(edge.breakEvenDays).toBeCloseTo((5.00875 / 21.5) * 73, 9);
  });

  test('is bought against held spot where it stands below it', () => {
    const below = datedAt102({ bids: [[97.9, 100]], asks: [[98, 100]] });
    const reverse = only(detect(spotAt100(), below).edges);
    expect(reverse.needsHeldSpot).toBe(true);
    expect(reverse.long.instrument).toBe('dated');
  });
});

describe('inverse contracts', () => {
  const inverse = perpetualAt100({
    symbol: 'BTC/USDT:BTC',
    contract: { settlement: 'inverse', contractSize: '10', contractStep: '1' },
  });

  test('pay funding on the quote units of their contracts, whatever the mark price', () => {
    const edge = only(detect(spotAt100(), inverse).edges);
    // 10 BTC sold at 100.2 are 1,002 quote units: × 0.0001 an hour.
    expect(edge.fundingPerHourInQuote).toBe('0.1002');
  });

  test('are ordered in whole contracts, and what these leave over is told', () => {
    const { short } = only(detect(spotAt100(), inverse).edges);
    expect(short.settlement).toBe('inverse');
    expect(short.contractsCount).toBe('100');
    expect(short.unhedgedInQuote).toBe('2');
  });
});

describe('sizes', () => {
  test('lie on the lots of both legs', () => {
    const spot = spotAt100({ sizeStep: '0.3' });
    const edge = only(detect(spot, perpetualAt100({ sizeStep: '0.2' })).edges);
    expect(edge.sizeInBase).toBe('9.6');
    expect(edge.short.contractsCount).toBe('9.6');
    expect(edge.short.unhedgedInQuote).toBe('0');
  });

  test('are counted in contracts of many base units', () => {
    const perpetual = perpetualAt100({ contract: { contractSize: '0.01', contractStep: '1' } });
    expect(only(detect(spotAt100(), perpetual).edges).short.contractsCount).toBe('1000');
  });

  test('may be the least that a market takes, and not less', () => {
    const accepted = perpetualAt100({ minSizeInBase: '10' });
    expect(detect(spotAt100(), accepted).edges).toHaveLength(1);
    const refused = detect(spotAt100(), perpetualAt100({ minSizeInBase: '10.000000000001' }));
    expect(refused.edges).toHaveLength(0);
    expect(refused.reasonCounts.size_not_allowed).toBe(1);
  });

  test('may use a side of a book to its last unit, and not more', () => {
    const full = spotAt100({ bids: [[99.9, 10]], asks: [[100, 10]] });
    expect(detect(full, perpetualAt100()).edges).toHaveLength(1);
    const thin = spotAt100({ bids: [[99.9, 9.999999]], asks: [[100, 10]] });
    const { misses } = detect(thin, perpetualAt100());
    expect(misses[0]?.reason).toEqual({
      code: 'book_too_thin',
      exchange: 'spot-exchange',
      symbol: 'BTC/USDT',
      side: 'bids',
    });
    const topOnly = { ...thin, hasDepth: false };
    expect(detect(topOnly, perpetualAt100()).misses[0]?.reason.code).toBe('depth_unknown');
  });
});

describe('a pair that carries nothing', () => {
  test('has one reason, and pairs, edges, misses and reasons add up', () => {
    const result = detect(spotAt100(), perpetualAt100(), datedAt102());
    const reasons = Object.values(result.reasonCounts).reduce((sum, count) => sum + count, 0);
    expect(reasons).toBe(result.misses.length);
    expect(result.edges.length + result.misses.length).toBe(result.pairsCount);
    const kinds = Object.values(result.kindCounts).reduce((sum, count) => sum + count, 0);
    expect(kinds).toBe(result.pairsCount);
    expect(result.pairsCount).toBe(4);
  });

  test('says how many days would do when its costs are not covered in time', () => {
    const spot = spotAt100();
    const perpetual = perpetualAt100();
    // Costs of 5.0015 at 0.10025 an hour: two days and 1.89 hours.
    const settings = { ...SETTINGS, horizonDays: 2 };
    const [miss] = detectBasis([spot, perpetual], settings, NOW_MS).misses;
    expect(miss?.reason).toMatchObject({ code: 'costs_not_covered', daysHeld: 2 });
    if (miss?.reason.code !== 'costs_not_covered') throw new Error('expected costs_not_covered');
    expect(miss.reason.breakEvenDays).toBeCloseTo(5.0015 / 0.10025 / 24, 9);
    expect(miss.reason.missingBps).toBeCloseTo(((5.0015 - 0.10025 * 48) / 1001) * 10_000, 9);
  });

  test('is on the wrong side of the funding', () => {
    const { misses } = detect(spotAt100(), perpetualAt100());
    expect(misses.map(({ reason }) => reason.code)).toEqual(['carry_not_positive']);
    expect(misses[0]?.long.symbol).toBe('BTC/USDT:USDT');
  });
});

test('assets of different names are never the same: no pair stands on USD = USDT', () => {
  const usd = spotAt100({ symbol: 'BTC/USD', quote: 'USD' });
  expect(detect(usd, perpetualAt100()).pairsCount).toBe(0);
});
