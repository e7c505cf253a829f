import { expect, test } from 'bun:test';
import type { Level } from '../../src/domain/book.ts';
import type { MarketKernel, PairSizingRequest } from '../../src/kernel/kernel.ts';
import { describeKernels } from '../support/kernels.ts';

const UNCAPPED: PairSizingRequest = {
  askSlot: 0,
  bidSlot: 1,
  buyTakerRatio: 0,
  sellTakerRatio: 0,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxCostInQuote: Number.POSITIVE_INFINITY,
};

const ASKS: readonly Level[] = [
  [100, 1],
  [101, 2],
  [103, 4],
];
const BIDS: readonly Level[] = [
  [104, 2],
  [102, 3],
  [100, 9],
];

function load(kernel: MarketKernel, asks: readonly Level[], bids: readonly Level[]): void {
  expect(kernel.loadBook(0, [], asks)).toBe('loaded');
  expect(kernel.loadBook(1, bids, [])).toBe('loaded');
}

describeKernels('sizing two books', (create) => {
  test('takes every unit that sells for more than it costs, and no other', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    expect(kernel.sizePair(UNCAPPED)).toEqual({
      sizeInBase: 3,
      costInQuote: 302,
      proceedsInQuote: 310,
      profitInQuote: 8,
      askLevelsCount: 2,
      bidLevelsCount: 2,
      askLimitInQuote: 101,
      bidLimitInQuote: 102,
    });
  });

  test('charges both taker fees, which also shorten the walk', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const sizing = kernel.sizePair({ ...UNCAPPED, buyTakerRatio: 0.01, sellTakerRatio: 0.005 });
    expect(sizing.sizeInBase).toBe(2);
    expect(sizing.costInQuote).toBe(201 * 1.01);
    expect(sizing.proceedsInQuote).toBe(208 * (1 - 0.005));
    expect(sizing.profitInQuote).toBe(208 * (1 - 0.005) - 201 * 1.01);
  });

  test('is all zero when nothing crosses, when prices are equal and when a side is empty', () => {
    const kernel = create();
    const zero = {
      sizeInBase: 0,
      costInQuote: 0,
      proceedsInQuote: 0,
      profitInQuote: 0,
      askLevelsCount: 0,
      bidLevelsCount: 0,
      askLimitInQuote: 0,
      bidLimitInQuote: 0,
    };
    expect(kernel.sizePair(UNCAPPED)).toEqual(zero);
    load(kernel, [[100, 1]], [[99, 1]]);
    expect(kernel.sizePair(UNCAPPED)).toEqual(zero);
    load(kernel, [[100, 1]], [[100, 1]]);
    expect(kernel.sizePair(UNCAPPED)).toEqual(zero);
    load(kernel, [[100, 1]], []);
    expect(kernel.sizePair(UNCAPPED)).toEqual(zero);
  });

  test('a size cap cuts within a level', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const sizing = kernel.sizePair({ ...UNCAPPED, maxSizeInBase: 1.5 });
    expect(sizing.sizeInBase).toBe(1.5);
    expect(sizing.costInQuote).toBe(150.5);
    expect(sizing.proceedsInQuote).toBe(156);
    expect(sizing.bidLevelsCount).toBe(1);
    expect(kernel.sizePair({ ...UNCAPPED, maxSizeInBase: 0 }).sizeInBase).toBe(0);
  });

  test('a cost cap counts the fee of the bought leg', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const sizing = kernel.sizePair({ ...UNCAPPED, buyTakerRatio: 0.25, maxCostInQuote: 62.5 });
    expect(sizing.sizeInBase).toBe(0);
    const rebate = kernel.sizePair({ ...UNCAPPED, buyTakerRatio: -0.25, maxCostInQuote: 75.0 });
    expect(rebate.sizeInBase).toBe(1);
    expect(rebate.costInQuote).toBe(75);
    expect(kernel.sizePair({ ...UNCAPPED, maxCostInQuote: 201 }).sizeInBase).toBe(2);
    expect(kernel.sizePair({ ...UNCAPPED, maxCostInQuote: 0 }).sizeInBase).toBe(0);
    expect(kernel.sizePair({ ...UNCAPPED, maxCostInQuote: 302 }).sizeInBase).toBe(3);
    expect(kernel.sizePair({ ...UNCAPPED, maxCostInQuote: 1e9 }).sizeInBase).toBe(3);
  });

  test('takes no more than the books hold', () => {
    const kernel = create();
    load(kernel, [[100, 5]], [[110, 3]]);
    expect(kernel.sizePair(UNCAPPED).sizeInBase).toBe(3);
    load(kernel, [[100, 3]], [[110, 5]]);
    expect(kernel.sizePair(UNCAPPED).sizeInBase).toBe(3);
  });

  test('levels of size zero and equal neighbours change nothing', () => {
    const kernel = create();
    const asks: readonly Level[] = [
      [99, 0],
      [100, 1],
      [101, 1],
      [101, 1],
      [102, 0],
      [103, 4],
    ];
    load(kernel, asks, [[105, 0], ...BIDS]);
    const sizing = kernel.sizePair(UNCAPPED);
    expect(sizing.sizeInBase).toBe(3);
    expect(sizing.profitInQuote).toBe(8);
  });

  test('may size a book against itself by its slots', () => {
    const kernel = create();
    kernel.loadBook(0, BIDS, ASKS);
    expect(kernel.sizePair({ ...UNCAPPED, bidSlot: 0 }).sizeInBase).toBe(3);
  });

  test('slots, fees and caps beyond their bounds are refused by name', () => {
    const kernel = create();
    expect(() => kernel.sizePair({ ...UNCAPPED, askSlot: 2 })).toThrow('askSlot: expected');
    expect(() => kernel.sizePair({ ...UNCAPPED, bidSlot: -1 })).toThrow('bidSlot: expected');
    expect(() => kernel.sizePair({ ...UNCAPPED, buyTakerRatio: 1 })).toThrow('buyTakerRatio');
    expect(() => kernel.sizePair({ ...UNCAPPED, sellTakerRatio: -1 })).toThrow('sellTakerRatio');
    expect(() => kernel.sizePair({ ...UNCAPPED, maxSizeInBase: -1 })).toThrow('maxSizeInBase');
    expect(() => kernel.sizePair({ ...UNCAPPED, maxCostInQuote: Number.NaN })).toThrow(RangeError);
  });
});

describeKernels('books', (create) => {
  test('a book as deep as the capacity is loaded, one level more is refused', () => {
    const kernel = create({ bookLevelsCount: 3 });
    expect(kernel.loadBook(0, BIDS, ASKS)).toBe('loaded');
    expect(() => kernel.loadBook(0, [...BIDS, [99, 1]], ASKS)).toThrow(
      'bids.length: expected a whole number from 0 to 3, got 4',
    );
    expect(() => kernel.loadBook(0, BIDS, [...ASKS, [104, 1]])).toThrow(RangeError);
    expect(() => kernel.commitBook(0, 4, 0)).toThrow('bidsCount: expected');
    expect(() => kernel.bookViews(2)).toThrow('slot: expected');
    expect(kernel.readWork().booksLoadedCount).toBe(1);
  });

  test.each([
    ['a price that is not a number', [[Number.NaN, 1]]],
    ['a price of zero', [[0, 1]]],
    ['a negative price', [[-1, 1]]],
    ['an infinite price', [[Number.POSITIVE_INFINITY, 1]]],
    ['a negative size', [[1, -1]]],
    ['a size that is not a number', [[1, Number.NaN]]],
    ['an infinite size', [[1, Number.POSITIVE_INFINITY]]],
    ['a cost beyond the number range', [[1e308, 1e308]]],
  ] as const)('%s empties the slot and says which side', (_, levels) => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    expect(kernel.loadBook(0, levels, ASKS)).toBe('bad_bid');
    expect(kernel.sizePair(UNCAPPED).sizeInBase).toBe(0);
    expect(kernel.loadBook(1, BIDS, levels)).toBe('bad_ask');
    expect(kernel.loadBook(0, [], ASKS)).toBe('loaded');
    expect(kernel.sizePair(UNCAPPED).sizeInBase).toBe(0);
  });

  test('levels out of order are refused', () => {
    const kernel = create();
    expect(kernel.loadBook(0, BIDS.toReversed(), ASKS)).toBe('bad_bid');
    expect(kernel.loadBook(0, BIDS, ASKS.toReversed())).toBe('bad_ask');
  });
});

const COSTED = { ...UNCAPPED, conversionRate: 1, riskRatio: 0, fixedCostInQuote: 0 };

describeKernels('costing two books', (create) => {
  test('tells what each step takes of the best size', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const costs = kernel.costPair({
      ...COSTED,
      buyTakerRatio: 0.001,
      sellTakerRatio: 0.002,
      fixedCostInQuote: 3,
    });
    expect(costs).toMatchObject({
      sizeInBase: 3,
      grossInQuote: 12,
      buyDepthInQuote: -2,
      sellDepthInQuote: -2,
      conversionInQuote: 0,
      riskInQuote: 0,
      fixedInQuote: -3,
    });
    expect(costs.buyFeeInQuote).toBeCloseTo(-0.302, 12);
    expect(costs.sellFeeInQuote).toBeCloseTo(-0.62, 12);
    expect(costs.netInQuote).toBeCloseTo(8 - 0.302 - 0.62 - 3, 12);
    expect(costs.breakEvenTakerRatio).toBeCloseTo((310 - 302 - 3) / (310 + 302), 12);
    // One unit earns 104 · 0.998 − 100 · 1.001 = 3.692, more than the 3 that are needed.
    expect(costs.breakEvenSizeInBase).toBeCloseTo(3 / 3.692, 12);
  });

  test('values what is received in what is paid, which also shortens the walk', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const costs = kernel.costPair({ ...COSTED, conversionRate: 0.99 });
    expect(costs.sizeInBase).toBe(2);
    expect(costs.conversionInQuote).toBeCloseTo(-2.08, 12);
    expect(costs.netInQuote).toBeCloseTo(208 * 0.99 - 201, 12);
  });

  test('sets a part aside for the risk', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    const costs = kernel.costPair({ ...COSTED, riskRatio: 0.01 });
    expect(costs.riskInQuote).toBeCloseTo(-2.08, 12);
    expect(costs.netInQuote).toBeCloseTo(208 * 0.99 - 201, 12);
  });

  test('a fixed cost is earned up to the greatest profit and not beyond', () => {
    const kernel = create();
    load(kernel, ASKS, BIDS);
    expect(kernel.costPair({ ...COSTED, fixedCostInQuote: 8 }).breakEvenSizeInBase).toBe(3);
    const beyond = kernel.costPair({ ...COSTED, fixedCostInQuote: 8.001 });
    expect(beyond.breakEvenSizeInBase).toBeNull();
    expect(beyond.netInQuote).toBeCloseTo(-0.001, 12);
  });

  test('has nothing but the fixed cost when nothing crosses', () => {
    const kernel = create();
    load(kernel, BIDS.toReversed(), ASKS.toReversed().slice(2));
    expect(kernel.costPair({ ...COSTED, fixedCostInQuote: 2 })).toMatchObject({
      sizeInBase: 0,
      grossInQuote: 0,
      netInQuote: -2,
      breakEvenTakerRatio: 0,
      breakEvenSizeInBase: null,
    });
  });

  test.each([
    ['conversionRate', 0],
    ['riskRatio', 1],
    ['riskRatio', -0.1],
    ['fixedCostInQuote', -1],
    ['fixedCostInQuote', Number.POSITIVE_INFINITY],
  ] as const)('refuses %s %p', (name, value) => {
    expect(() => create().costPair({ ...COSTED, [name]: value })).toThrow(name);
  });
});
