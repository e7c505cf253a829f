import { expect, test } from 'bun:test';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import { CYCLE_LIMITS, checkGraph, RATE_LIMIT } from '../../../src/kernel/cycles/cycle-graph.ts';
import type { CycleGraph } from '../../../src/kernel/cycles/cycle-kernel.ts';
import { toBuyRate, toSellRate } from '../../../src/kernel/cycles/rates.ts';
import { ALWAYS, applyRateRows, describeCycleKernels } from '../../support/cycle-kernels.ts';

const GRAPH: CycleGraph = {
  assetsCount: 3,
  exchangesCount: 3,
  pairs: [
    { from: 0, to: 1 },
    { from: 2, to: 1 },
  ],
};

test('a fee is taken from what a sale brings and added to what a purchase costs', () => {
  expect(toSellRate(200, 0.25)).toBe(150);
  expect(toBuyRate(200, 0.25)).toBe(1 / 250);
  expect(toBuyRate(0, 0.25)).toBe(0);
});

test('a graph holds every pair of different assets once, whichever way round', () => {
  const withPair = (from: number, to: number) => () =>
    checkGraph({ ...GRAPH, pairs: [...GRAPH.pairs, { from, to }] });
  expect(withPair(0, 2)).not.toThrow();
  expect(withPair(1, 0)).toThrow('pairs[2]: expected two assets that no earlier pair has');
  expect(withPair(2, 2)).toThrow(RangeError);
  expect(withPair(0, 3)).toThrow('pairs[2].to: expected an asset index below 3, got 3');
});

test.each([
  ['assetsCount', CYCLE_LIMITS.assetsCount],
  ['exchangesCount', CYCLE_LIMITS.exchangesCount],
] as const)('%s is accepted up to its bound', (name, limit) => {
  const code = (value: number): string => {
    try {
      checkGraph({ ...GRAPH, pairs: [], [name]: value });
      return 'accepted';
    } catch (error) {
      return isSpreadscopeError(error) ? error.code : String(error);
    }
  };
  expect([limit, limit + 1, 0, 1.5].map(code)).toEqual([
    'accepted',
    'kernel_capacity',
    'kernel_capacity',
    'kernel_capacity',
  ]);
});

describeCycleKernels('rates', (create) => {
  test('the best offer of each direction counts, of equal ones the lowest exchange', () => {
    const kernel = create(GRAPH);
    applyRateRows(kernel, [
      { pair: 1, exchange: 2, forward: 4, backward: 0.2 },
      { pair: 1, exchange: 1, forward: 4, backward: 0.1 },
      { pair: 1, exchange: 0, forward: 3, backward: 0.2 },
    ]);
    expect(kernel.readConversion(2)).toEqual({ from: 2, to: 1, rate: 4, exchangeIndex: 1 });
    expect(kernel.readConversion(3)).toEqual({ from: 1, to: 2, rate: 0.2, exchangeIndex: 0 });
    expect(kernel.readConversion(0)).toEqual({ from: 0, to: 1, rate: 0, exchangeIndex: -1 });
  });

  test('rates at the limit are accepted, beyond it they are invalid and count as not offered', () => {
    const kernel = create(GRAPH);
    const rate = (forward: number, backward: number) => ({ pair: 0, forward, backward });
    expect(applyRateRows(kernel, [rate(RATE_LIMIT, 1 / RATE_LIMIT)])).toBe(0);
    expect(kernel.readConversion(0).rate).toBe(RATE_LIMIT);
    expect(applyRateRows(kernel, [rate(RATE_LIMIT * 1.01, 2)])).toBe(1);
    expect(kernel.readConversion(0).rate).toBe(0);
    expect(kernel.readConversion(1).rate).toBe(2);
    const invalid = [rate(Number.NaN, 1), rate(1, -1), rate(Number.POSITIVE_INFINITY, 0)];
    expect(applyRateRows(kernel, invalid)).toBe(3);
    expect(applyRateRows(kernel, [rate(0, 1), rate(0, 0)])).toBe(0);
    const untimed = { pair: 0, forward: 1, backward: 1, timeMs: Number.NaN };
    expect(applyRateRows(kernel, [untimed])).toBe(1);
    expect(kernel.readConversion(0).rate).toBe(0);
    const work = kernel.readWork();
    expect(work.ratesAppliedCount).toBe(8);
    expect(work.ratesInvalidCount).toBe(5);
  });

  test('the oldest and the most future rate accepted, the next refused', () => {
    const kernel = create(GRAPH);
    const window = (nowMs: number) => ({ nowMs, maxAgeMs: 50, maxFutureMs: 10 });
    applyRateRows(kernel, [{ pair: 0, forward: 2, backward: 0.5, timeMs: 1000 }], window(1000));
    const rateAt = (nowMs: number): number => {
      kernel.judgeAll(window(nowMs));
      return kernel.readConversion(0).rate;
    };
    expect([1050, 1051, 990, 989, 1000].map(rateAt)).toEqual([2, 0, 2, 0, 2]);
  });

  test('without its best exchange a conversion falls back to the next', () => {
    const kernel = create(GRAPH);
    applyRateRows(kernel, [
      { pair: 0, exchange: 0, forward: 3, backward: 0 },
      { pair: 0, exchange: 2, forward: 5, backward: 0.1 },
    ]);
    kernel.clearExchange(2, ALWAYS);
    expect(kernel.readConversion(0).exchangeIndex).toBe(0);
    expect(kernel.readConversion(1).rate).toBe(0);
  });

  test('indices and windows out of bounds are refused, and nothing is applied', () => {
    const kernel = create(GRAPH);
    const row = { pair: 0, forward: 1, backward: 1 };
    expect(() => applyRateRows(kernel, [row, { ...row, pair: 2 }])).toThrow(
      'batch row 1: expected a pair index below 2 and an exchange index below 3, got 2 and 0',
    );
    expect(() => applyRateRows(kernel, [{ ...row, exchange: 3 }])).toThrow(RangeError);
    expect(() => kernel.applyRates(kernel.batchCapacityCount + 1, ALWAYS)).toThrow('count');
    expect(() => kernel.readConversion(4)).toThrow('conversionIndex');
    expect(() => kernel.clearExchange(3, ALWAYS)).toThrow('exchangeIndex');
    expect(() => kernel.judgeAll({ ...ALWAYS, nowMs: Number.NaN })).toThrow('nowMs');
    expect(kernel.readConversion(0).rate).toBe(0);
  });
});
