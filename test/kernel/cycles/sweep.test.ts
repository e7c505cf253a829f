import { expect, test } from 'bun:test';
import type { CycleGraph } from '../../../src/kernel/cycles/cycle-kernel.ts';
import {
  ANY_PROFIT,
  applyRateRows,
  type CreateCycleKernel,
  describeCycleKernels,
  readCycles,
  sweep,
} from '../../support/cycle-kernels.ts';

/** Five assets, every two a pair: pair numbers in the order 01 02 03 04 12 13 14 23 24 34. */
const FIVE: CycleGraph = {
  assetsCount: 5,
  exchangesCount: 2,
  pairs: [0, 1, 2, 3].flatMap((from) =>
    [1, 2, 3, 4].filter((to) => to > from).map((to) => ({ from, to })),
  ),
};

/** All rates 1 forward and 0.9 backward. */
function createQuiet(create: CreateCycleKernel) {
  const kernel = create(FIVE);
  applyRateRows(
    kernel,
    FIVE.pairs.map((_, pair) => ({ pair, forward: 0.95, backward: 0.95 })),
  );
  kernel.screenDirty(ANY_PROFIT);
  return kernel;
}

const pairOf = (from: number, to: number): number =>
  FIVE.pairs.findIndex((pair) => pair.from === from && pair.to === to);

describeCycleKernels('cycles', (create) => {
  test('a market without profit has none', () => {
    const kernel = createQuiet(create);
    expect(sweep(kernel, { maxLegs: 5 })).toEqual([]);
    expect(kernel.findCycle()).toBeNull();
  });

  test('one good rate makes a cycle of every length through it, best first', () => {
    const kernel = createQuiet(create);
    applyRateRows(kernel, [{ pair: pairOf(1, 3), exchange: 1, forward: 1.2, backward: 0.5 }]);
    const hits = sweep(kernel, { maxLegs: 5 });
    const product = (legs: number) => 1.2 * 0.95 ** (legs - 1) - 1;
    expect(hits.map(({ conversions }) => conversions.length)).toEqual([
      2,
      3,
      3,
      3,
      ...Array(6).fill(4),
    ]);
    expect(product(5)).toBeLessThan(0);
    for (const { conversions, edgeRatio } of hits) {
      expect(edgeRatio).toBeCloseTo(product(conversions.length), 12);
      expect(conversions).toContain(pairOf(1, 3) * 2);
    }
    expect(hits[0]?.conversions).toEqual([pairOf(1, 3) * 2, pairOf(1, 3) * 2 + 1]);
    expect(kernel.readConversion(pairOf(1, 3) * 2).exchangeIndex).toBe(1);
  });

  test('five legs are found, each cycle once', () => {
    const kernel = createQuiet(create);
    applyRateRows(kernel, [{ pair: pairOf(1, 3), forward: 1.3, backward: 0.5 }]);
    const hits = sweep(kernel, { minLegs: 5, maxLegs: 5 });
    expect(hits).toHaveLength(6);
    expect(new Set(hits.map(({ conversions }) => conversions.join())).size).toBe(6);
  });

  test('the threshold itself is not above the threshold', () => {
    const kernel = createQuiet(create);
    applyRateRows(kernel, [{ pair: pairOf(0, 1), forward: 1.25, backward: 0.9 }]);
    const params = { minLegs: 2, maxLegs: 2 };
    const edgeRatio = 1.25 * 0.9 - 1;
    expect(sweep(kernel, { ...params, minEdgeRatio: edgeRatio })).toEqual([]);
    expect(sweep(kernel, { ...params, minEdgeRatio: edgeRatio - 1e-15 })).toHaveLength(1);
  });

  test('the best of many are given, and that there are more is said', () => {
    const kernel = createQuiet(create);
    const all = sweep(kernel, { minEdgeRatio: -1 });
    expect(all).toHaveLength(10 + 20 + 30);
    for (const maxHitsCount of [1, 7, 59]) {
      const screening = kernel.sweep({ ...ANY_PROFIT, minEdgeRatio: -1, maxHitsCount });
      expect(screening).toEqual({ hitsCount: maxHitsCount, isComplete: false });
      expect(readCycles(kernel, screening)).toEqual(all.slice(0, maxHitsCount));
    }
    const exact = kernel.sweep({ ...ANY_PROFIT, minEdgeRatio: -1, maxHitsCount: 60 });
    expect(exact).toEqual({ hitsCount: 60, isComplete: true });
  });

  test('only cycles through changed pairs are screened, each once', () => {
    const kernel = createQuiet(create);
    applyRateRows(kernel, [{ pair: pairOf(0, 2), forward: 1.2, backward: 0.5 }]);
    applyRateRows(kernel, [{ pair: pairOf(3, 4), forward: 1.2, backward: 0.5 }]);
    const params = { ...ANY_PROFIT, maxLegs: 5 };
    const expected = sweep(kernel, params);
    expect(readCycles(kernel, kernel.screenDirty(params))).toEqual(expected);
    expect(kernel.screenDirty(params).hitsCount).toBe(0);
    applyRateRows(kernel, [{ pair: pairOf(3, 4), forward: 1.21, backward: 0.5 }]);
    const through = kernel.screenDirty(params);
    expect(readCycles(kernel, through)).toEqual(
      sweep(kernel, params).filter(({ conversions }) =>
        conversions.some((conversion) => conversion >> 1 === pairOf(3, 4)),
      ),
    );
  });

  test('changed pairs far apart are all screened, and then no more', () => {
    const assetsCount = 200;
    const pairs = Array.from({ length: assetsCount - 1 }, (_, index) => ({
      from: index + 1,
      to: 0,
    }));
    const kernel = create({ assetsCount, exchangesCount: 1, pairs });
    for (const changed of [[190], [3, 64, 128], [0, 198], [63]]) {
      applyRateRows(
        kernel,
        changed.map((pair) => ({ pair, forward: 1.1, backward: 1 })),
      );
      const hits = readCycles(kernel, kernel.screenDirty(ANY_PROFIT));
      expect(hits.map(({ conversions }) => (conversions[0] ?? 0) >> 1)).toEqual(changed);
      expect(kernel.screenDirty(ANY_PROFIT).hitsCount).toBe(0);
    }
  });

  test('a rate that did not change its conversion makes nothing dirty', () => {
    const kernel = createQuiet(create);
    applyRateRows(kernel, [{ pair: pairOf(0, 1), forward: 1.3, backward: 0.9 }]);
    kernel.screenDirty(ANY_PROFIT);
    applyRateRows(kernel, [{ pair: pairOf(0, 1), exchange: 1, forward: 1.2, backward: 0.8 }]);
    expect(kernel.screenDirty(ANY_PROFIT).hitsCount).toBe(0);
    expect(sweep(kernel).length).toBeGreaterThan(0);
  });

  test('a profit over more legs than a sweep looks for is found, and priced leg by leg', () => {
    const assetsCount = 8;
    const ring = Array.from({ length: assetsCount }, (_, from) => ({
      from,
      to: (from + 1) % assetsCount,
    }));
    const kernel = create({ assetsCount, exchangesCount: 1, pairs: ring });
    applyRateRows(
      kernel,
      ring.map((_, pair) => ({ pair, forward: 1.001, backward: 0.9 })),
    );
    expect(sweep(kernel, { maxLegs: 5 })).toEqual([]);
    const conversions = ring.map((_, pair) => pair * 2);
    const product = conversions.reduce((amount) => amount * 1.001, 1);
    expect(kernel.findCycle()).toEqual({ conversions, edgeRatio: product - 1 });
  });

  test('an audit counts every cycle of a length, the profitable ones and the best', () => {
    const kernel = createQuiet(create);
    const audit = (minLegs: number, maxLegs: number) =>
      kernel.audit({ minLegs, maxLegs, minEdgeRatio: 0, maxCyclesCount: Number.POSITIVE_INFINITY });
    expect([2, 3, 4, 5].map((legs) => audit(legs, legs).cyclesCount)).toEqual([10, 20, 30, 24]);
    expect(audit(2, Number.POSITIVE_INFINITY)).toMatchObject({
      cyclesCount: 84,
      profitableCount: 0,
      isComplete: true,
    });
    expect(audit(6, 9)).toEqual({
      cyclesCount: 0,
      profitableCount: 0,
      best: null,
      isComplete: true,
    });
    applyRateRows(kernel, [{ pair: pairOf(1, 3), forward: 1.2, backward: 0.5 }]);
    expect(audit(3, 3)).toMatchObject({ profitableCount: 3 });
    expect(audit(2, 4).best?.edgeRatio).toBe(sweep(kernel)[0]?.edgeRatio ?? Number.NaN);
  });

  test('an audit stops at the most cycles', () => {
    const kernel = createQuiet(create);
    const audit = (maxCyclesCount: number) =>
      kernel.audit({ minLegs: 2, maxLegs: 3, minEdgeRatio: 0, maxCyclesCount });
    expect(audit(30)).toMatchObject({ cyclesCount: 30, isComplete: true });
    expect(audit(29)).toMatchObject({ cyclesCount: 29, isComplete: false });
  });

  test('a graph without pairs has nothing', () => {
    const kernel = create({ assetsCount: 1, exchangesCount: 1, pairs: [] });
    expect(sweep(kernel, { maxLegs: 5 })).toEqual([]);
    expect(kernel.findCycle()).toBeNull();
  });

  test('parameters out of bounds are refused by name', () => {
    const kernel = createQuiet(create);
    expect(() => kernel.sweep({ ...ANY_PROFIT, maxLegs: 6 })).toThrow('maxLegs: expected');
    expect(() => kernel.sweep({ ...ANY_PROFIT, minLegs: 1 })).toThrow('minLegs: expected');
    expect(() => kernel.sweep({ ...ANY_PROFIT, minLegs: 5 })).toThrow('minLegs: expected');
    expect(() => kernel.sweep({ ...ANY_PROFIT, maxHitsCount: 0 })).toThrow('maxHitsCount');
    expect(() => kernel.sweep({ ...ANY_PROFIT, maxHitsCount: 4097 })).toThrow('maxHitsCount');
    expect(() => kernel.screenDirty({ ...ANY_PROFIT, minEdgeRatio: -1.01 })).toThrow(RangeError);
    const params = { minLegs: 2, maxLegs: 3, minEdgeRatio: 0, maxCyclesCount: 0 };
    expect(() => kernel.audit(params)).toThrow('maxCyclesCount');
  });
});
