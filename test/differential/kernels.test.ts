import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { MarketKernel, ScreenParams } from '../../src/kernel/kernel.ts';
import {
  applyRows,
  createReference,
  createWasm,
  type QuoteRow,
  readHits,
} from '../support/kernels.ts';
import {
  book,
  costTerms,
  EXCHANGES_COUNT,
  exchangeIndex,
  MAX_LEVELS,
  quoteRows,
  SYMBOLS_COUNT,
  screenParams,
  sizingRequest,
  symbolIndex,
  takerRatio,
} from './arbitraries.ts';

const CAPACITY = {
  symbolsCount: SYMBOLS_COUNT,
  exchangesCount: EXCHANGES_COUNT,
  bookLevelsCount: MAX_LEVELS,
};

/** A call on a kernel that answers with something comparable. */
type Step = (kernel: MarketKernel) => unknown;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: quoteRows.map(toApply) },
    { weight: 1, arbitrary: fc.tuple(symbolIndex, exchangeIndex, takerRatio).map(toSetFee) },
    { weight: 1, arbitrary: fc.tuple(symbolIndex, exchangeIndex).map(toClear) },
    { weight: 1, arbitrary: exchangeIndex.map(toClearExchange) },
    { weight: 3, arbitrary: screenParams.map(toScreenDirty) },
    { weight: 3, arbitrary: screenParams.map(toScreenAll) },
    { weight: 2, arbitrary: fc.tuple(symbolIndex, screenParams).map(toScreenPairs) },
  ),
  { minLength: 1, maxLength: 30 },
);

function toApply(rows: readonly QuoteRow[]): Step {
  return (kernel) => applyRows(kernel, rows);
}

function toSetFee([symbol, exchange, ratio]: readonly [number, number, number]): Step {
  return (kernel) => kernel.setTakerRatio(symbol, exchange, ratio);
}

function toClear([symbol, exchange]: readonly [number, number]): Step {
  return (kernel) => kernel.clearMarket(symbol, exchange);
}

function toClearExchange(exchange: number): Step {
  return (kernel) => kernel.clearExchange(exchange);
}

function toScreenDirty(params: ScreenParams): Step {
  return (kernel) => readHits(kernel, kernel.screenDirty(params));
}

function toScreenAll(params: ScreenParams): Step {
  return (kernel) => readHits(kernel, kernel.screenAll(params));
}

function toScreenPairs([symbol, params]: readonly [number, ScreenParams]): Step {
  return (kernel) => readHits(kernel, kernel.screenPairs(symbol, params));
}

function readAll(kernel: MarketKernel) {
  return Array.from({ length: SYMBOLS_COUNT * EXCHANGES_COUNT }, (_, index) =>
    kernel.readQuote(Math.floor(index / EXCHANGES_COUNT), index % EXCHANGES_COUNT),
  );
}

test('both kernels give the same answers, state and work after any sequence of calls', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const reference = createReference(CAPACITY);
      const wasm = createWasm(CAPACITY);
      for (const step of sequence) expect(step(wasm)).toEqual(step(reference));
      expect(readAll(wasm)).toEqual(readAll(reference));
      expect(wasm.readWork()).toEqual(reference.readWork());
    }),
    { seed: 20_261_120, numRuns: 400 },
  );
});

test('both kernels size any two books to the same bits', () => {
  const reference = createReference(CAPACITY);
  const wasm = createWasm(CAPACITY);
  fc.assert(
    fc.property(book, book, sizingRequest, (first, second, request) => {
      for (const [slot, { bids, asks }] of [first, second].entries()) {
        expect(wasm.loadBook(slot, bids, asks)).toBe(reference.loadBook(slot, bids, asks));
      }
      expect(wasm.sizePair(request)).toEqual(reference.sizePair(request));
      expect(wasm.readWork()).toEqual(reference.readWork());
    }),
    { seed: 20_261_121, numRuns: 2000 },
  );
});

test('both kernels cost any two books to the same bits, and the steps add up', () => {
  const reference = createReference(CAPACITY);
  const wasm = createWasm(CAPACITY);
  let breakEvenCount = 0;
  fc.assert(
    fc.property(book, book, sizingRequest, costTerms, (first, second, request, terms) => {
      for (const [slot, { bids, asks }] of [first, second].entries()) {
        wasm.loadBook(slot, bids, asks);
        reference.loadBook(slot, bids, asks);
      }
      const costs = wasm.costPair({ ...request, ...terms });
      expect(costs).toEqual(reference.costPair({ ...request, ...terms }));
      const { grossInQuote, buyDepthInQuote, sellDepthInQuote, buyFeeInQuote } = costs;
      const { sellFeeInQuote, conversionInQuote, riskInQuote, fixedInQuote } = costs;
      const steps = [grossInQuote, buyDepthInQuote, sellDepthInQuote, buyFeeInQuote];
      const rest = [sellFeeInQuote, conversionInQuote, riskInQuote, fixedInQuote];
      const sum = [...steps, ...rest].reduce((total, step) => total + step, 0);
      const scale = 1 + costs.costInQuote + costs.proceedsInQuote;
      expect(Math.abs(sum - costs.netInQuote) / scale).toBeLessThan(1e-9);
      if (costs.breakEvenSizeInBase === null || costs.breakEvenSizeInBase === 0) return;
      breakEvenCount += 1;
      const maxSizeInBase = costs.breakEvenSizeInBase;
      const { profitInQuote } = wasm.costPair({ ...request, ...terms, maxSizeInBase });
      expect(Math.abs(profitInQuote - terms.fixedCostInQuote) / scale).toBeLessThan(1e-9);
    }),
    { seed: 20_261_122, numRuns: 3000 },
  );
  expect(breakEvenCount).toBeGreaterThan(50);
});
