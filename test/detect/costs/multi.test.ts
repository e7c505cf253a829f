import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Allocation } from '../../../src/detect/costs/ladder-merge.ts';
import { toLegFee } from '../../../src/detect/costs/leg-fee.ts';
import {
  allocateMulti,
  type MultiAllocation,
  type MultiLimits,
} from '../../../src/detect/costs/multi.ts';
import { compareNetPrice, toNetLadder } from '../../../src/detect/costs/net-ladder.ts';
import { mostProfitable, profitOf, toSizeCurve } from '../../../src/detect/costs/size-curve.ts';
import type { Level } from '../../../src/domain/book.ts';
import { add, compare, toDecimal, toDecimalString, ZERO } from '../../../src/domain/money.ts';
import { books, totalOf } from '../../support/ladders.ts';

interface Depth {
  readonly name: string;
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly takerBps?: number;
}

const NO_LIMITS: MultiLimits = { minEdgeBps: 0, maxSizeInBase: null };

function asksOf({ name, asks, takerBps = 0 }: Depth) {
  return toNetLadder(name, asks, 'buy', toLegFee({ takerBps }, 'buy'));
}

function bidsOf({ name, bids, takerBps = 0 }: Depth) {
  return toNetLadder(name, bids, 'sell', toLegFee({ takerBps }, 'sell'));
}

function allocate(depths: readonly Depth[], limits: MultiLimits = NO_LIMITS): MultiAllocation {
  return allocateMulti(depths.map(asksOf), depths.map(bidsOf), limits);
}

function toPlain(allocations: readonly Allocation[]) {
  return allocations.map(({ exchange, sizeInBase, amountInQuote, levelsCount }) => [
    exchange,
    toDecimalString(sizeInBase),
    toDecimalString(amountInQuote),
    levelsCount,
  ]);
}

const THREE: readonly Depth[] = [
  { name: 'a', asks: [[100, 1]], bids: [[99, 1]] },
  { name: 'b', asks: [[100.5, 2]], bids: [[99, 1]] },
  {
    name: 'c',
    asks: [[104, 1]],
    bids: [
      [102, 2],
      [101, 5],
    ],
  },
];

describe('an allocation over all exchanges', () => {
  test('takes the cheapest units of every exchange first', () => {
    const result = allocate(THREE);
    expect(toDecimalString(result.sizeInBase)).toBe('3');
    expect(toDecimalString(result.profitInQuote)).toBe('4');
    expect(toPlain(result.buys)).toEqual([
      ['a', '1', '100', 1],
      ['b', '2', '201', 1],
    ]);
    expect(toPlain(result.sells)).toEqual([['c', '3', '305', 2]]);
  });

  test('earns more than any one pair of exchanges', () => {
    const [a, b, c] = THREE;
    if (a === undefined || b === undefined || c === undefined) throw new Error('expected three');
    const whole = allocate(THREE).profitInQuote;
    for (const pair of [
      [a, c],
      [b, c],
    ]) {
      expect(compare(whole, allocate(pair).profitInQuote)).toBeGreaterThan(0);
    }
  });

  test('stops at the size limit, and where a unit no longer earns the threshold', () => {
    const limited = allocate(THREE, { minEdgeBps: 0, maxSizeInBase: toDecimal('1.5') });
    expect(toDecimalString(limited.sizeInBase)).toBe('1.5');
    const sizeAt = (minEdgeBps: number) =>
      toDecimalString(allocate(THREE, { ...NO_LIMITS, minEdgeBps }).sizeInBase);
    expect(sizeAt(199)).toBe('1');
    expect(sizeAt(200)).toBe('0');
  });

  test('is empty without exchanges, without levels and without a crossing', () => {
    expect(toDecimalString(allocate([]).sizeInBase)).toBe('0');
    expect(allocate([{ name: 'a', asks: [], bids: [[1, 1]] }]).buys).toEqual([]);
    expect(allocate([{ name: 'a', asks: [[2, 1]], bids: [[1, 1]] }]).sells).toEqual([]);
  });
});

describe('over random exchanges', () => {
  const depths = fc
    .array(fc.tuple(books(), fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 5 })
    .map((all) =>
      all.map(([sides, takerBps], index) => ({ name: `x${index}`, ...sides, takerBps })),
    );

  test('earns what the merged ladders earn at best', () => {
    fc.assert(
      fc.property(depths, (all) => {
        const asks = all.flatMap((depth) => [...asksOf(depth)]).sort(compareNetPrice);
        const bids = all
          .flatMap((depth) => [...bidsOf(depth)])
          .sort((a, b) => compareNetPrice(b, a));
        const best = profitOf(mostProfitable(toSizeCurve(asks, bids)));
        expect(toDecimalString(allocate(all).profitInQuote)).toBe(toDecimalString(best));
      }),
    );
  });

  test('buys what it sells, and no exchange gives more than it holds', () => {
    fc.assert(
      fc.property(depths, (all) => {
        const { buys, sells, sizeInBase } = allocate(all);
        for (const side of [buys, sells]) {
          const sum = side.reduce((total, allocation) => add(total, allocation.sizeInBase), ZERO);
          expect(compare(sum, sizeInBase)).toBe(0);
        }
        for (const { name, asks, bids } of all) {
          const sizeOf = (side: readonly Allocation[]) =>
            Number(
              toDecimalString(side.find(({ exchange }) => exchange === name)?.sizeInBase ?? ZERO),
            );
          expect(sizeOf(buys)).toBeLessThanOrEqual(totalOf(asks));
          expect(sizeOf(sells)).toBeLessThanOrEqual(totalOf(bids));
        }
      }),
    );
  });

  test('does not depend on the order of the exchanges', () => {
    fc.assert(
      fc.property(depths, (all) => {
        const profitOfAll = (given: readonly Depth[]) =>
          toDecimalString(allocate(given).profitInQuote);
        expect(profitOfAll(all.toReversed())).toBe(profitOfAll(all));
      }),
    );
  });
});
