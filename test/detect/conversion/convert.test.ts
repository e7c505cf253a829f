import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Conversion, convert } from '../../../src/detect/conversion/convert.ts';
import { type ConversionMarket, fromQuote } from '../../../src/detect/conversion/edges.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import { toDecimal } from '../../../src/domain/money.ts';
import { market, quote } from '../../support/markets.ts';

function deep(
  exchange: string,
  symbol: string,
  bids: readonly Level[],
  asks: readonly Level[],
  given: Partial<Market> = {},
): ConversionMarket {
  return { market: market(exchange, symbol, given), bids, asks, hasDepth: true, guard: null };
}

function find(
  markets: readonly ConversionMarket[],
  from: string,
  to: string,
  amount: number | string,
  maxLegsCount = 3,
): Conversion {
  return convert(markets, { from, to, amount: toDecimal(amount), maxLegsCount });
}

function outOf(conversion: Conversion): number {
  if (!conversion.found) throw new Error(`expected a conversion, got ${conversion.reason}`);
  return Number(conversion.amountOut);
}

const BIDS: readonly Level[] = [
  [100, 2],
  [99, 8],
];
const ASKS: readonly Level[] = [
  [101, 2],
  [102, 8],
];
const BTC_USDT = deep('a', 'BTC/USDT', BIDS, ASKS);
const ETH_BTC = deep('a', 'ETH/BTC', [[0.05, 100]], [[0.051, 100]]);

describe('a conversion', () => {
  test('sells down the bids and buys up the asks, after the taker fee', () => {
    expect(outOf(find([BTC_USDT], 'BTC', 'USDT', 4))).toBe(398);
    expect(outOf(find([BTC_USDT], 'USDT', 'BTC', 202 + 51))).toBe(2.5);
    const costly = deep('a', 'BTC/USDT', BIDS, ASKS, { takerBps: 100 });
    expect(outOf(find([costly], 'BTC', 'USDT', 4))).toBe(394.02);
    expect(outOf(find([costly], 'USDT', 'BTC', 204.02))).toBeCloseTo(2, 11);
    const inBase = deep('a', 'BTC/USDT', BIDS, ASKS, { takerBps: 100, feeSide: 'get' });
    expect(outOf(find([inBase], 'USDT', 'BTC', 202))).toBe(1.98);
  });

  test('goes through other assets, and names each trade', () => {
    expect(find([BTC_USDT, ETH_BTC], 'ETH', 'USDT', 20)).toMatchObject({
      found: true,
      amountOut: '100',
      rate: '5',
      legs: [
        { symbol: 'ETH/BTC', side: 'sell', from: 'ETH', to: 'BTC', amountIn: '20', amountOut: '1' },
        { symbol: 'BTC/USDT', side: 'sell', from: 'BTC', to: 'USDT', amountOut: '100' },
      ],
    });
  });

  test('takes the path that is best for the amount, not for the best price', () => {
    const shallowBids: readonly Level[] = [
      [110, 1],
      [50, 9],
    ];
    const shallow = deep('b', 'BTC/USDT', shallowBids, [[111, 1]]);
    const exchangeOf = (amount: number) => {
      const conversion = find([BTC_USDT, shallow], 'BTC', 'USDT', amount);
      return conversion.found ? conversion.legs[0]?.exchange : conversion.reason;
    };
    expect(exchangeOf(1)).toBe('b');
    expect(exchangeOf(5)).toBe('a');
  });

  test('takes at most so many trades', () => {
    expect(find([BTC_USDT, ETH_BTC], 'ETH', 'USDT', 1, 2).found).toBe(true);
    expect(find([BTC_USDT, ETH_BTC], 'ETH', 'USDT', 1, 1)).toEqual({
      found: false,
      reason: 'no_path',
    });
  });

  test('takes all that the levels hold and not more', () => {
    expect(outOf(find([BTC_USDT], 'BTC', 'USDT', 10))).toBe(992);
    expect(find([BTC_USDT], 'BTC', 'USDT', '10.0001')).toEqual({
      found: false,
      reason: 'too_thin',
    });
  });

  test('fails closed on markets that fail a guard, and on sizes that are not known', () => {
    const stale = { ...BTC_USDT, guard: 'stale' as const };
    expect(find([stale], 'BTC', 'USDT', 1)).toEqual({ found: false, reason: 'no_usable_path' });
    expect(find([stale], 'BTC', 'EUR', 1)).toEqual({ found: false, reason: 'asset_unknown' });
    const unsized = quote('a', 'BTC/USDT', 100, 101, { bidSize: Number.NaN });
    const shallow = fromQuote(market('a', 'BTC/USDT'), unsized, null);
    expect(find([shallow], 'BTC', 'USDT', 1)).toEqual({ found: false, reason: 'too_thin' });
    expect(outOf(find([shallow], 'USDT', 'BTC', 101))).toBe(1);
  });

  test('does not take USDC for USD, nor a derivative for its base', () => {
    const usdc = deep('a', 'BTC/USDC', [[100, 1]], [[101, 1]]);
    const perpetual = deep('a', 'BTC/USDT:USDT', [[100, 1]], [[101, 1]]);
    expect(find([usdc, BTC_USDT], 'BTC', 'USD', 1)).toMatchObject({ reason: 'asset_unknown' });
    expect(find([perpetual], 'BTC', 'USDT', 1)).toMatchObject({ reason: 'asset_unknown' });
  });

  test('is as good as the better of two paths, and grows with the amount', () => {
    const priced = fc.tuple(
      fc.integer({ min: 80, max: 120 }),
      fc.integer({ min: 50, max: 200 }),
      fc.integer({ min: 0, max: 30 }),
    );
    fc.assert(
      fc.property(priced, priced, priced, (first, second, third) => {
        const [direct, ...around] = [first, second, third].map(([price, depth, takerBps], index) =>
          deep('a', ['X/Z', 'X/Y', 'Y/Z'][index] ?? '', [[price / 100, depth]], [], { takerBps }),
        );
        if (direct === undefined) throw new Error('expected three markets');
        const outputs = [[direct], around].map((markets) => outOf(find(markets, 'X', 'Z', 10)));
        const all = [direct, ...around];
        expect(outOf(find(all, 'X', 'Z', 10))).toBe(Math.max(...outputs));
        expect(outOf(find(all, 'X', 'Z', 11))).toBeGreaterThan(Math.max(...outputs));
      }),
    );
  });
});
