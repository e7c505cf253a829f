/** Random markets that dwell on the hard edges: equal prices, nothing, not a number, the ends of the number range. */

import fc from 'fast-check';
import type { Level } from '../../src/domain/book.ts';
import type { PairSizingRequest, ScreenParams } from '../../src/kernel/kernel.ts';
import type { QuoteRow } from '../support/kernels.ts';

export const SYMBOLS_COUNT = 5;
export const EXCHANGES_COUNT = 7;

const INFINITY = Number.POSITIVE_INFINITY;

const oddNumber = fc.constantFrom(0, -0, -1, Number.NaN, INFINITY, -INFINITY, 5e-324, 1.7e308);

/** Few different values, so that ties are common. */
const coarsePrice = fc.integer({ min: 95, max: 105 });
const finePrice = fc.double({ min: 90, max: 110, noNaN: true });

const price = fc.oneof(
  { weight: 6, arbitrary: coarsePrice },
  { weight: 3, arbitrary: finePrice },
  { weight: 1, arbitrary: oddNumber },
);

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: oddNumber },
);

const timeMs = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 1, arbitrary: oddNumber },
);

export const symbolIndex = fc.nat(SYMBOLS_COUNT - 1);
export const exchangeIndex = fc.nat(EXCHANGES_COUNT - 1);
export const takerRatio = fc.oneof(
  fc.constantFrom(0, 0.001, 0.01, -0.02, 0.5, -0.5),
  fc.double({ min: -0.9, max: 0.9, noNaN: true }),
);

export const quoteRows: fc.Arbitrary<readonly QuoteRow[]> = fc.array(
  fc.record({
    symbol: symbolIndex,
    exchange: exchangeIndex,
    bid: price,
    ask: price,
    bidSize: size,
    askSize: size,
    timeMs,
  }),
  { maxLength: 40 },
);

const limitMs = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(INFINITY));

export const screenParams: fc.Arbitrary<ScreenParams> = fc.record({
  nowMs: fc.integer({ min: -5, max: 30 }),
  maxAgeMs: limitMs,
  maxFutureMs: limitMs,
  minEdgeRatio: fc.oneof(
    fc.constantFrom(-1, 0, 0.01),
    fc.double({ min: -1, max: 0.2, noNaN: true }),
  ),
});

/** A side of a book: mostly good levels in order, now and then a bad one. */
function side(direction: 1 | -1, maxLevels: number): fc.Arbitrary<readonly Level[]> {
  const step = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 2, noNaN: true }));
  const levelSize = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 4, arbitrary: fc.double({ min: 0, max: 9, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  const steps = fc.array(fc.tuple(step, levelSize), { maxLength: maxLevels });
  return fc.tuple(fc.integer({ min: 100, max: 140 }), steps).map(([start, increments]) => {
    let last = direction === 1 ? start - 10 : start + 10;
    return increments.map(([increment, amount]): Level => {
      last += direction * increment;
      return [last, amount];
    });
  });
}

export const MAX_LEVELS = 120;

const goodBook = fc.record({ asks: side(1, MAX_LEVELS), bids: side(-1, MAX_LEVELS) });
const brokenLevel: fc.Arbitrary<Level> = fc.tuple(oddNumber, oddNumber);

/** A book with steps up to three quote units a level: some run deep, some not at all. */
export const book = fc.oneof(
  { weight: 12, arbitrary: goodBook },
  {
    weight: 1,
    arbitrary: fc
      .tuple(goodBook, brokenLevel)
      .map(([{ asks, bids }, level]) => ({ asks: [...asks, level].slice(-MAX_LEVELS), bids })),
  },
);

const cap = fc.oneof(
  fc.constant(INFINITY),
  fc.constant(0),
  fc.double({ min: 0, max: 300, noNaN: true }),
);

const costRatio = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.02, noNaN: true }));

/** On top of a sizing request. */
export const costTerms = fc.record({
  conversionRate: fc.oneof(fc.constant(1), fc.double({ min: 0.9, max: 1.1, noNaN: true })),
  riskRatio: costRatio,
  fixedCostInQuote: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true })),
});

export const sizingRequest: fc.Arbitrary<PairSizingRequest> = fc.record({
  askSlot: fc.nat(1),
  bidSlot: fc.nat(1),
  buyTakerRatio: takerRatio,
  sellTakerRatio: takerRatio,
  maxSizeInBase: cap,
  maxCostInQuote: fc.oneof(cap, fc.double({ min: 0, max: 50_000, noNaN: true })),
});
