import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { Level } from '../../src/domain/book.ts';
import type { MarketKernel, PairSizing, PairSizingRequest } from '../../src/kernel/kernel.ts';
import { describeKernels } from '../support/kernels.ts';
import { requirement } from '../support/requirement.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const UNCAPPED: PairSizingRequest = {
  askSlot: 0,
  bidSlot: 1,
  buyTakerRatio: 0,
  sellTakerRatio: 0,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxCostInQuote: Number.POSITIVE_INFINITY,
};

function size(
  kernel: MarketKernel,
  asks: readonly Level[],
  bids: readonly Level[],
  request: Partial<PairSizingRequest> = {},
): PairSizing {
  expect(kernel.loadBook(0, [], asks)).toBe('loaded');
  expect(kernel.loadBook(1, bids, [])).toBe('loaded');
  return kernel.sizePair({ ...UNCAPPED, ...request });
}

/** Levels of ten units each. */
const tens = (prices: readonly number[]): readonly Level[] => prices.map((price) => [price, 10]);

describeKernels('answers of published unit tests', (create) => {
  test('three asks against two bids', () => {
    const asks: readonly Level[] = [
      [8900.12345677, 3],
      [8999.95, 7],
      [9000, 10],
    ];
    const sizing = size(create(), asks, [
      [9000, 9],
      [8900, 5],
    ]);
    expect(sizing.sizeInBase).toBe(9);
    expect(sizing.profitInQuote).toBeCloseTo(299.92962969, 8);
  });

  test('nine asks against three bids', () => {
    const asks: readonly Level[] = [
      [500, 10],
      [550, 1],
      ...tens([600, 650, 700, 800, 850, 950, 1000]),
    ];
    const sizing = size(create(), asks, [
      [900, 5],
      [750, 100],
      [550, 1],
    ]);
    expect(sizing.sizeInBase).toBe(41);
    expect(sizing.profitInQuote).toBe(6450);
  });

  test('fourteen asks against eight bids', () => {
    const asks = tens([1.1, 1.2, 1.3, 1.7, 1.8, 1.9, 2.0, 2.2, 2.3, 2.4, 2.6, 2.7, 2.8, 2.9]);
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
    const sizing = size(create(), asks, bids);
    expect(sizing.sizeInBase).toBe(70);
    expect(sizing.profitInQuote).toBeCloseTo(40.4, 9);
  });

  test('a balance cap moves the ratio of proceeds to cost', () => {
    const asks: readonly Level[] = [
      [1.005, 10],
      [1.015, 20],
    ];
    const full = size(create(), asks, [[1.045, 30]]);
    expect(full.sizeInBase).toBe(30);
    expect(full.proceedsInQuote / full.costInQuote).toBeCloseTo(1.0329489291598024, 12);
    const capped = size(create(), asks, [[1.045, 30]], { maxSizeInBase: 20 });
    expect(capped.sizeInBase).toBe(20);
    expect(capped.proceedsInQuote / capped.costInQuote).toBeCloseTo(1.0346534653, 10);
  });

  test('six and six against ten pass ten', () => {
    expect(
      size(
        create(),
        [
          [1, 6],
          [1, 6],
        ],
        [[2, 10]],
      ).sizeInBase,
    ).toBe(10);
  });
});

interface RecordedBook {
  readonly asks: readonly { readonly price: number; readonly amount: number }[];
  readonly bids: readonly { readonly price: number; readonly amount: number }[];
}

const path = sharedDataPath('two-venue-books-2013/books.json');

describe.skipIf(!requirement('two-venue-books-2013/books.json', path !== null))(
  'two whole recorded books',
  () => {
    const books: Readonly<Record<string, RecordedBook>> =
      path === null ? {} : JSON.parse(readFileSync(path, 'utf8'));
    const levels = (exchange: string, side: 'asks' | 'bids'): readonly Level[] =>
      (books[exchange]?.[side] ?? []).map(({ price, amount }) => [price, amount]);
    const deep = { bookLevelsCount: 2227 };
    const forth = [levels('BitstampUSD', 'asks'), levels('KrakenEUR', 'bids')] as const;
    const expectClose = (value: number, expected: number) =>
      expect(Math.abs(value / expected - 1)).toBeLessThan(1e-9);

    describeKernels('BitstampUSD to KrakenEUR', (create) => {
      test('gives the greatest profit without fees', () => {
        const sizing = size(create(deep), ...forth);
        expectClose(sizing.profitInQuote, 14_962.605060099);
        expectClose(sizing.sizeInBase, 3_585.97175077);
      });

      test('gives the greatest profit at a fee of 0.25 % on both sides', () => {
        const fees = { buyTakerRatio: 0.0025, sellTakerRatio: 0.0025 };
        const sizing = size(create(deep), ...forth, fees);
        expectClose(sizing.profitInQuote, 13_041.269119542);
        expectClose(sizing.sizeInBase, 3_230.74582455);
      });

      test('gives the profit of a cap of 10 base units', () => {
        const sizing = size(create(deep), ...forth, { maxSizeInBase: 10 });
        expectClose(sizing.profitInQuote, 94.559058494);
      });

      test('finds nothing in the other direction', () => {
        const back = [levels('KrakenEUR', 'asks'), levels('BitstampUSD', 'bids')] as const;
        expect(size(create(deep), ...back).sizeInBase).toBe(0);
      });
    });
  },
);
