import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Level } from '../../src/domain/book.ts';
import type { MarketKernel, PairSizing, PairSizingRequest } from '../../src/kernel/kernel.ts';
import { applyRows, createReference, createWasm, readHits } from '../support/kernels.ts';
import {
  book,
  EXCHANGES_COUNT,
  MAX_LEVELS,
  quoteRows,
  SYMBOLS_COUNT,
  screenParams,
  sizingRequest,
} from './arbitraries.ts';

const CAPACITY = {
  symbolsCount: SYMBOLS_COUNT,
  exchangesCount: EXCHANGES_COUNT,
  bookLevelsCount: MAX_LEVELS,
};

const kernels = { reference: createReference, wasm: createWasm } as const;

/** Profit of a size, level by level, without any of the kernel's machinery. */
function profitOf(
  asks: readonly Level[],
  bids: readonly Level[],
  sizeInBase: number,
  request: PairSizingRequest,
): number {
  const take = (levels: readonly Level[]): number => {
    let rest = sizeInBase;
    let amount = 0;
    for (const [price, size] of levels) {
      const taken = Math.min(rest, size);
      amount += taken * price;
      rest -= taken;
    }
    return amount;
  };
  return take(bids) * (1 - request.sellTakerRatio) - take(asks) * (1 + request.buyTakerRatio);
}

function sizeOf(levels: readonly Level[]): number {
  return levels.reduce((sum, [, size]) => sum + size, 0);
}

function sizeBooks(
  kernel: MarketKernel,
  asks: readonly Level[],
  bids: readonly Level[],
  request: PairSizingRequest,
): PairSizing | null {
  const isLoaded =
    kernel.loadBook(0, [], asks) === 'loaded' && kernel.loadBook(1, bids, []) === 'loaded';
  return isLoaded ? kernel.sizePair({ ...request, askSlot: 0, bidSlot: 1 }) : null;
}

test.each(Object.entries(kernels))(
  'no size on a fine grid earns more than the %s kernel’s, and it never exceeds a cap or a book',
  (_, create) => {
    const kernel = create(CAPACITY);
    fc.assert(
      fc.property(book, sizingRequest, ({ asks, bids }, request) => {
        const sizing = sizeBooks(kernel, asks, bids, request);
        if (sizing === null) return;
        const held = Math.min(sizeOf(asks), sizeOf(bids));
        expect(sizing.sizeInBase).toBeLessThanOrEqual(
          Math.min(held * (1 + 1e-12), request.maxSizeInBase),
        );
        expect(sizing.costInQuote).toBeLessThanOrEqual(request.maxCostInQuote * (1 + 1e-12));
        expect(sizing.profitInQuote).toBeGreaterThanOrEqual(0);
        const most = Math.min(held, request.maxSizeInBase);
        for (let step = 0; step <= 40; step += 1) {
          const candidate = (most * step) / 40;
          const cost = -profitOf(asks, [], candidate, request);
          if (cost > request.maxCostInQuote) break;
          const profit = profitOf(asks, bids, candidate, request);
          expect(profit).toBeLessThanOrEqual(
            sizing.profitInQuote + 1e-9 * (1 + sizing.costInQuote),
          );
        }
      }),
      { seed: 20_261_122, numRuns: 300 },
    );
  },
);

test.each(Object.entries(kernels))(
  'profit never rises with a fee of the %s kernel',
  (_, create) => {
    const kernel = create(CAPACITY);
    const raise = fc.double({ min: 0, max: 0.09, noNaN: true });
    fc.assert(
      fc.property(book, sizingRequest, raise, ({ asks, bids }, request, fee) => {
        const before = sizeBooks(kernel, asks, bids, request);
        if (before === null) return;
        const tolerance = 1e-9 * (1 + before.costInQuote);
        for (const leg of ['buyTakerRatio', 'sellTakerRatio'] as const) {
          const dearer = { ...request, [leg]: request[leg] + fee };
          const after = sizeBooks(kernel, asks, bids, dearer);
          expect(after?.profitInQuote).toBeLessThanOrEqual(before.profitInQuote + tolerance);
        }
      }),
      { seed: 20_261_123, numRuns: 300 },
    );
  },
);

test.each(Object.entries(kernels))(
  'the hit of a symbol is the first of all its pairs in edge, in the %s kernel',
  (_, create) => {
    fc.assert(
      fc.property(quoteRows, screenParams, (rows, params) => {
        const kernel = create(CAPACITY);
        applyRows(kernel, rows);
        const hits = readHits(kernel, kernel.screenAll(params));
        for (let symbol = 0; symbol < SYMBOLS_COUNT; symbol += 1) {
          const [best] = readHits(kernel, kernel.screenPairs(symbol, params));
          expect(hits.find((hit) => hit[0] === symbol)?.[3]).toEqual(best?.[3]);
        }
      }),
      { seed: 20_261_124, numRuns: 300 },
    );
  },
);

test('permuting the exchanges changes nothing but their indices', () => {
  const order = fc.shuffledSubarray([...Array(EXCHANGES_COUNT).keys()], {
    minLength: EXCHANGES_COUNT,
  });
  fc.assert(
    fc.property(quoteRows, screenParams, order, (rows, params, permutation) => {
      const one = createWasm(CAPACITY);
      const other = createWasm(CAPACITY);
      applyRows(one, rows);
      applyRows(
        other,
        rows.map((row) => ({ ...row, exchange: permutation[row.exchange] ?? -1 })),
      );
      const edges = (kernel: MarketKernel) =>
        readHits(kernel, kernel.screenAll(params)).map(([symbol, , , edge]) => [symbol, edge]);
      expect(edges(other)).toEqual(edges(one));
    }),
    { seed: 20_261_125, numRuns: 300 },
  );
});
