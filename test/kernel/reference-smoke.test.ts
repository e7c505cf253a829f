import { expect, test } from 'bun:test';
import { createReferenceKernel } from '../../src/kernel/reference.ts';

test('a spread between two exchanges is found, and its books give the size of greatest profit', () => {
  const kernel = createReferenceKernel({
    symbolsCount: 4,
    exchangesCount: 3,
    bookSlotsCount: 2,
    bookLevelsCount: 10,
  });
  const rows = [
    { exchange: 0, bid: 99, ask: 100 },
    { exchange: 2, bid: 102, ask: 103 },
  ];
  for (const [row, quote] of rows.entries()) {
    kernel.batch.symbolIndex[row] = 3;
    kernel.batch.exchangeIndex[row] = quote.exchange;
    kernel.batch.bid[row] = quote.bid;
    kernel.batch.bidSize[row] = 1;
    kernel.batch.ask[row] = quote.ask;
    kernel.batch.askSize[row] = Number.NaN;
    kernel.batch.timeMs[row] = 1000;
  }
  expect(kernel.applyQuotes(2)).toBe(0);
  const params = { nowMs: 1000, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: 0 };
  expect(kernel.screenDirty(params)).toBe(1);
  expect(kernel.hits.symbolIndex[0]).toBe(3);
  expect(kernel.hits.buyExchangeIndex[0]).toBe(0);
  expect(kernel.hits.sellExchangeIndex[0]).toBe(2);
  expect(kernel.hits.edgeRatio[0]).toBe(102 / 100 - 1);
  expect(kernel.screenDirty(params)).toBe(0);

  expect(
    kernel.loadBook(
      0,
      [],
      [
        [8900.12345677, 3],
        [8999.95, 7],
        [9000, 10],
      ],
    ),
  ).toBe('loaded');
  expect(
    kernel.loadBook(
      1,
      [
        [9000, 9],
        [8900, 5],
      ],
      [],
    ),
  ).toBe('loaded');
  const sizing = kernel.sizePair({
    askSlot: 0,
    bidSlot: 1,
    buyTakerRatio: 0,
    sellTakerRatio: 0,
    maxSizeInBase: Number.POSITIVE_INFINITY,
    maxCostInQuote: Number.POSITIVE_INFINITY,
  });
  expect(sizing.sizeInBase).toBe(9);
  expect(sizing.profitInQuote).toBeCloseTo(299.92962969, 8);
});
