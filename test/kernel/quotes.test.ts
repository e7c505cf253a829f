import { expect, test } from 'bun:test';
import { applyRows, describeKernels, screen } from '../support/kernels.ts';

const cheap = { symbol: 0, exchange: 0, bid: 99, ask: 100 };
const dear = { symbol: 0, exchange: 1, bid: 102, ask: 103 };

describeKernels('quotes', (create) => {
  test('a stored quote reads back, netted of the taker fee', () => {
    const kernel = create();
    kernel.setTakerRatio(1, 2, 0.25);
    applyRows(kernel, [
      { symbol: 1, exchange: 2, bid: 8, ask: 16, bidSize: 3, askSize: 5, timeMs: 7 },
    ]);
    expect(kernel.readQuote(1, 2)).toEqual({
      bid: 8,
      bidSize: 3,
      ask: 16,
      askSize: 5,
      timeMs: 7,
      netBid: 6,
      netAsk: 20,
    });
  });

  test('a market without a quote reads as nothing', () => {
    expect(create().readQuote(3, 2)).toEqual({
      bid: 0,
      bidSize: 0,
      ask: 0,
      askSize: 0,
      timeMs: 0,
      netBid: 0,
      netAsk: Number.POSITIVE_INFINITY,
    });
  });

  test('rows of one batch are applied in order', () => {
    const kernel = create();
    applyRows(kernel, [dear, { ...dear, bid: 50, ask: 51 }]);
    expect(kernel.readQuote(0, 1).bid).toBe(50);
  });

  test.each([
    ['a bid that is not a number', { bid: Number.NaN }, 'quotesInvalidCount'],
    ['an ask that is not a number', { ask: Number.NaN }, 'quotesInvalidCount'],
    ['a negative bid', { bid: -1 }, 'quotesInvalidCount'],
    ['an infinite ask', { ask: Number.POSITIVE_INFINITY }, 'quotesInvalidCount'],
    ['a bid size of zero', { bidSize: 0 }, 'quotesInvalidCount'],
    ['a negative ask size', { askSize: -2 }, 'quotesInvalidCount'],
    ['an infinite size', { askSize: Number.POSITIVE_INFINITY }, 'quotesInvalidCount'],
    ['a time that is not a number', { timeMs: Number.NaN }, 'quotesInvalidCount'],
    ['an infinite time', { timeMs: Number.NEGATIVE_INFINITY }, 'quotesInvalidCount'],
    ['an ask that the fee lifts out of the number range', { ask: 1.7e308 }, 'quotesInvalidCount'],
    ['no bid', { bid: 0, bidSize: 0 }, 'quotesOneSidedCount'],
    ['no ask', { ask: 0, askSize: 0 }, 'quotesOneSidedCount'],
    ['a locked market', { bid: 103 }, 'quotesCrossedCount'],
    ['a crossed market', { bid: 104 }, 'quotesCrossedCount'],
  ] as const)('%s takes the market out and is counted', (_, fault, counter) => {
    const kernel = create();
    kernel.setTakerRatio(0, 1, 0.1);
    expect(applyRows(kernel, [cheap, { ...dear, bid: 120, ask: 121 }])).toBe(0);
    expect(screen(kernel)).toHaveLength(1);
    kernel.resetWork();
    expect(applyRows(kernel, [{ ...dear, ...fault }])).toBe(1);
    expect(screen(kernel)).toEqual([]);
    expect(kernel.readQuote(0, 1).netBid).toBe(0);
    const work = kernel.readWork();
    expect(work.quotesAppliedCount).toBe(1);
    expect(work[counter]).toBe(1);
    const faults = work.quotesInvalidCount + work.quotesOneSidedCount + work.quotesCrossedCount;
    expect(faults).toBe(1);
  });

  test('a market that was out takes part again with its next good quote', () => {
    const kernel = create();
    applyRows(kernel, [cheap, { ...dear, bid: Number.NaN }, dear]);
    expect(screen(kernel)).toHaveLength(1);
  });

  test('an unknown size does not take a market out', () => {
    const kernel = create();
    expect(applyRows(kernel, [cheap, { ...dear, bidSize: Number.NaN, askSize: Number.NaN }])).toBe(
      0,
    );
    expect(screen(kernel)).toHaveLength(1);
  });

  test('a fee set later nets the stored quote anew', () => {
    const kernel = create();
    applyRows(kernel, [cheap, dear]);
    kernel.setTakerRatio(0, 1, 0.02);
    expect(screen(kernel)).toEqual([]);
    kernel.setTakerRatio(0, 1, 0.01);
    expect(screen(kernel)).toEqual([[0, 0, 1, (102 * 0.99) / 100 - 1]]);
  });

  test('a cleared market takes no part and its symbol becomes dirty', () => {
    const kernel = create();
    applyRows(kernel, [cheap, dear, { ...dear, exchange: 2, bid: 101 }]);
    const params = { nowMs: 0, maxAgeMs: 0, maxFutureMs: 0, minEdgeRatio: 0 };
    kernel.screenDirty(params);
    kernel.clearMarket(0, 1);
    expect(kernel.screenDirty(params)).toBe(1);
    expect(kernel.hits.sellExchangeIndex[0]).toBe(2);
    kernel.resetWork();
    kernel.clearMarket(0, 1);
    kernel.screenDirty(params);
    expect(kernel.readWork().symbolsScreenedCount).toBe(0);
  });

  test('a cleared exchange takes no part in any symbol', () => {
    const kernel = create();
    applyRows(kernel, [cheap, dear, { ...cheap, symbol: 3 }, { ...dear, symbol: 3 }]);
    expect(screen(kernel)).toHaveLength(2);
    kernel.clearExchange(1);
    expect(screen(kernel)).toEqual([]);
  });

  test('the last row and the last indices are accepted, the next are refused and nothing is applied', () => {
    const kernel = create();
    const rows = Array.from({ length: kernel.batchCapacityCount }, () => ({ ...dear, symbol: 3 }));
    expect(applyRows(kernel, rows)).toBe(0);
    expect(() => kernel.applyQuotes(kernel.batchCapacityCount + 1)).toThrow(RangeError);
    expect(() =>
      applyRows(kernel, [
        { ...cheap, exchange: 2 },
        { ...cheap, symbol: 4 },
      ]),
    ).toThrow(
      'batch row 1: expected a symbol index below 4 and an exchange index below 3, got 4 and 0',
    );
    expect(() => applyRows(kernel, [{ ...cheap, exchange: 3 }])).toThrow(RangeError);
    expect(kernel.readQuote(0, 2).bid).toBe(0);
    expect(kernel.readWork().quotesAppliedCount).toBe(kernel.batchCapacityCount);
  });

  test('indices and fees beyond their bounds are refused', () => {
    const kernel = create();
    expect(() => kernel.setTakerRatio(4, 0, 0)).toThrow(
      'symbolIndex: expected a whole number from 0 to 3, got 4',
    );
    expect(() => kernel.setTakerRatio(0, 3, 0)).toThrow(RangeError);
    expect(() => kernel.clearMarket(-1, 0)).toThrow(RangeError);
    expect(() => kernel.clearExchange(0.5)).toThrow(RangeError);
    expect(() => kernel.readQuote(0, 3)).toThrow(RangeError);
    expect(() => kernel.setTakerRatio(0, 0, 1)).toThrow('takerRatio: expected a ratio above -1');
    expect(() => kernel.setTakerRatio(0, 0, -1)).toThrow(RangeError);
    expect(() => kernel.setTakerRatio(0, 0, Number.NaN)).toThrow(RangeError);
    expect(() => kernel.setTakerRatio(0, 0, '0' as unknown as number)).toThrow(TypeError);
  });
});
