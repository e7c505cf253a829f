import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { toLegFee } from '../../../src/detect/costs/leg-fee.ts';
import { toNetLadder } from '../../../src/detect/costs/net-ladder.ts';
import {
  atNotional,
  atSize,
  largestWithEdge,
  leastWithProfit,
  mostProfitable,
  profitOf,
  type SizeCurve,
  toSizeCurve,
} from '../../../src/detect/costs/size-curve.ts';
import type { Level } from '../../../src/domain/book.ts';
import { compare, toDecimal, toDecimalString, toNumber } from '../../../src/domain/money.ts';
import { amountAt, books, gridOf, totalOf } from '../../support/ladders.ts';

function curveOf(asks: readonly Level[], bids: readonly Level[], takerBps = 0): SizeCurve {
  const terms = { takerBps };
  return toSizeCurve(
    toNetLadder('cheap', asks, 'buy', toLegFee(terms, 'buy')),
    toNetLadder('dear', bids, 'sell', toLegFee(terms, 'sell')),
  );
}

describe('one walk gives the published answers', () => {
  test('three asks against two bids earn 299.92962969 at 9', () => {
    const curve = curveOf(
      [
        [8900.12345677, 3],
        [8999.95, 7],
        [9000, 10],
      ],
      [
        [9000, 9],
        [8900, 5],
      ],
    );
    const best = mostProfitable(curve);
    expect(toDecimalString(profitOf(best))).toBe('299.92962969');
    expect(toDecimalString(best.sizeInBase)).toBe('9');
  });

  test('fourteen asks against eight bids earn 40.4 at 70', () => {
    const prices = [1.1, 1.2, 1.3, 1.7, 1.8, 1.9, 2.0, 2.2, 2.3, 2.4, 2.6, 2.7, 2.8, 2.9];
    const bids: readonly Level[] = [
      [3.2, 1],
      [3.1, 1],
      [3, 1],
      [2.5, 1],
      [2.1, 100],
      [1.6, 5],
      [1.5, 5],
      [1.4, 5],
    ];
    const curve = curveOf(
      prices.map((price): Level => [price, 10]),
      bids,
    );
    const best = mostProfitable(curve);
    expect(toDecimalString(profitOf(best))).toBe('40.4');
    expect([60, 70]).toContain(toNumber(best.sizeInBase));
  });

  test('proceeds over cost are 1.0329489 at 30 and 1.0346535 at 20', () => {
    const curve = curveOf(
      [
        [1.005, 10],
        [1.015, 20],
      ],
      [[1.045, 30]],
    );
    const ratioAt = (size: number) => {
      const point = atSize(curve, toDecimal(size));
      if (point === null) throw new Error('expected depth');
      return toNumber(point.proceedsInQuote) / toNumber(point.costInQuote);
    };
    expect(ratioAt(30)).toBeCloseTo(1.0329489291598024, 14);
    expect(ratioAt(20)).toBeCloseTo(1.0346534653, 10);
  });
});

describe('a size curve', () => {
  const curve = curveOf(
    [
      [100, 1],
      [102, 1],
    ],
    [[101, 5]],
  );

  test('answers for a notional, between points and at the end of the depth', () => {
    expect(toDecimalString(atNotional(curve, toDecimal(151))?.sizeInBase ?? toDecimal(0))).toBe(
      '1.5',
    );
    expect(atNotional(curve, toDecimal(202))).not.toBeNull();
    expect(atNotional(curve, toDecimal('202.000001'))).toBeNull();
  });

  test('gives the least size that earns an amount, and none beyond the greatest profit', () => {
    const sizeFor = (profit: number) => leastWithProfit(curve, toDecimal(profit))?.sizeInBase;
    expect(toNumber(sizeFor(0.25) ?? toDecimal(0))).toBe(0.25);
    expect(toNumber(sizeFor(1) ?? toDecimal(0))).toBe(1);
    expect(sizeFor(1.0001)).toBeUndefined();
  });

  test('gives the largest size with an average edge', () => {
    expect(toNumber(largestWithEdge(curve, 0).sizeInBase)).toBe(2);
    expect(toNumber(largestWithEdge(curve, 100).sizeInBase)).toBe(1);
    expect(toNumber(largestWithEdge(curve, 100.01).sizeInBase)).toBe(0);
    expect(toNumber(largestWithEdge(curve, 50).sizeInBase)).toBeCloseTo(
      1 + (101 - 100.5) / (102 * 1.005 - 101),
      12,
    );
  });

  test('is empty beyond its start when a side is', () => {
    expect(curveOf([], [[101, 1]])).toHaveLength(1);
    expect(toNumber(mostProfitable(curveOf([[100, 1]], [])).sizeInBase)).toBe(0);
  });

  test('earns at least as much as any size on a fine grid', () => {
    fc.assert(
      fc.property(books(), fc.integer({ min: 0, max: 30 }), ({ asks, bids }, takerBps) => {
        const best = toNumber(profitOf(mostProfitable(curveOf(asks, bids, takerBps))));
        const fee = takerBps / 10_000;
        return gridOf(Math.min(totalOf(asks), totalOf(bids))).every((size) => {
          const profit = amountAt(bids, size) * (1 - fee) - amountAt(asks, size) * (1 + fee);
          return best >= profit - 1e-9;
        });
      }),
    );
  });

  test('leaves no larger size on a fine grid with the average edge', () => {
    fc.assert(
      fc.property(books(), fc.integer({ min: 0, max: 100 }), ({ asks, bids }, edgeBps) => {
        const point = largestWithEdge(curveOf(asks, bids), edgeBps);
        const factor = 1 + edgeBps / 10_000;
        return gridOf(Math.min(totalOf(asks), totalOf(bids))).every((size) => {
          const isLarger = size > toNumber(point.sizeInBase) * (1 + 1e-9) + 1e-9;
          const surplus = amountAt(bids, size) - amountAt(asks, size) * factor;
          return !isLarger || surplus < 1e-7;
        });
      }),
    );
  });

  test('earns less with a higher fee, at every size', () => {
    fc.assert(
      fc.property(books(), fc.integer({ min: 0, max: 50 }), ({ asks, bids }, takerBps) => {
        const low = curveOf(asks, bids, takerBps);
        const high = curveOf(asks, bids, takerBps + 1);
        return low.every((point, index) => {
          const other = high[index];
          return other !== undefined && compare(profitOf(other), profitOf(point)) <= 0;
        });
      }),
    );
  });
});
