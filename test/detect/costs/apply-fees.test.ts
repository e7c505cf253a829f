import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { applyFees, tierFeeBps } from '../../../src/detect/costs/apply-fees.ts';
import { feeBpsOf, toLegFee, toScreenRatio } from '../../../src/detect/costs/leg-fee.ts';
import { compare, toDecimal, toDecimalString, ZERO } from '../../../src/domain/money.ts';
import { parseTerms } from '../../../src/domain/parse-terms.ts';
import { market } from '../../support/markets.ts';
import { edgeOf, modesOf } from '../../support/modes.ts';

const BTC = market('kraken', 'BTC/USD', { takerBps: 26, makerBps: 16, isFeeAssumed: true });

function apply(fees: object, takerBps: number | null = null) {
  return applyFees(BTC, parseTerms(JSON.stringify({ fees })).fees, takerBps);
}

describe('applyFees', () => {
  test('leaves a market alone of which nothing is said', () => {
    expect(apply({ okx: { takerBps: 1 } })).toBe(BTC);
  });

  test('takes what is said of the market before its exchange before all exchanges', () => {
    const any = { '*': { takerBps: 9, makerBps: 8, buy: 'maker' } };
    const exchange = { ...any, kraken: { takerBps: 7, sell: 'maker' } };
    const own = {
      ...exchange,
      kraken: { ...exchange.kraken, markets: { 'BTC/USD': { takerBps: 5, sell: 'taker' } } },
    };
    expect(apply(any)).toMatchObject({ takerBps: 9, makerBps: 8 });
    expect(apply(exchange)).toMatchObject({
      takerBps: 7,
      makerBps: 8,
      feeRoles: { buy: 'maker', sell: 'maker' },
    });
    expect(apply(own)).toMatchObject({ takerBps: 5, feeRoles: { buy: 'maker', sell: 'taker' } });
  });

  test('a fee that is said is assumed no more', () => {
    expect(apply({ kraken: { takerBps: 7 } }).isFeeAssumed).toBeUndefined();
    expect(apply({ kraken: { makerBps: 7 } }).isFeeAssumed).toBe(true);
  });

  test('the override stands above every taker fee', () => {
    expect(apply({ kraken: { takerBps: 7, makerBps: 3 } }, 1)).toMatchObject({
      takerBps: 1,
      makerBps: 3,
    });
    expect(apply({}, 1).takerBps).toBe(1);
  });

  test('a volume takes the highest tier that it reaches: the last below and the first in it', () => {
    const tiers = {
      taker: [
        [0, 0.0026],
        [50_000, 0.0024],
      ],
      maker: [[50_000, 0.0014]],
    };
    const at = (volume30d: string) => apply({ kraken: { volume30d, tiers } });
    expect(at('49999.99')).toMatchObject({ takerBps: 26, makerBps: 16 });
    expect(at('50000')).toMatchObject({ takerBps: 24, makerBps: 14 });
    expect(apply({ kraken: { tiers } }).takerBps).toBe(26);
  });

  test('below the first tier there is no fee of a tier', () => {
    expect(tierFeeBps([{ fromVolume: '10', feeBps: 1 }], '9')).toBeNull();
  });
});

describe('a leg', () => {
  const mixed = apply({ kraken: { takerBps: 26, makerBps: 16, sell: 'maker' } });

  test('pays the fee of its role, exactly', () => {
    expect(feeBpsOf(mixed, 'buy')).toBe(26);
    expect(feeBpsOf(mixed, 'sell')).toBe(16);
    expect(toDecimalString(toLegFee(mixed, 'sell').inQuoteRatio)).toBe('0.0016');
  });

  test('is screened by the lower of both', () => {
    expect(toScreenRatio(mixed)).toBe(0.0016);
  });

  test('says its fee and whose it is', () => {
    const found = edgeOf({
      asks: [[100, 1]],
      bids: [[102, 1]],
      sellMarket: { takerBps: 20, makerBps: -5, feeRoles: { buy: 'taker', sell: 'maker' } },
    });
    const fee = found.waterfall?.steps.find(
      ({ code, exchange }) => code === 'trading_fee' && exchange === 'dear',
    );
    expect(fee?.amountInQuote).toBe('0.051');
  });

  test('never leaves more for a maker fee that grows', () => {
    const fee = fc.integer({ min: -20, max: 60 });
    const netAt = (makerBps: number) => {
      const roles = { takerBps: 50, makerBps, feeRoles: { buy: 'maker', sell: 'maker' } as const };
      const inventory = modesOf({
        asks: [
          [100, 1],
          [100.4, 2],
        ],
        bids: [
          [101, 1],
          [100.7, 2],
        ],
        buyMarket: roles,
        sellMarket: roles,
      })?.inventory;
      return inventory?.found === true ? toDecimal(inventory.profitInQuote) : ZERO;
    };
    fc.assert(
      fc.property(fee, fee, (a, b) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        expect(compare(netAt(most), netAt(least))).toBeLessThanOrEqual(0);
      }),
    );
  });
});
