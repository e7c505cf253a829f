import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createCycleAudit, type RatedConversion } from '../../../src/detect/cycles/cycle-audit.ts';
import {
  applyRateRows,
  createReferenceCycles,
  createWasmCycles,
} from '../../support/cycle-kernels.ts';

const ANY = { minLegs: 2, maxLegs: Number.POSITIVE_INFINITY, minEdgeRatio: 0, topCount: 3 };

/** Every asset for every other, at rates a little around what the assets are worth. */
function completeGraph(assetsCount: number): readonly RatedConversion[] {
  return Array.from({ length: assetsCount }, (_, from) =>
    Array.from({ length: assetsCount }, (__, to) => ({
      from,
      to,
      rate: ((from + 1) / (to + 1)) * (1 + (((from * 7 + to * 3) % 5) - 2) / 1000),
    })).filter((conversion) => conversion.from !== conversion.to),
  ).flat();
}

describe('the audit of cycles', () => {
  test('counts every cycle of a complete graph once', () => {
    // Of k of n assets there are n! ÷ (n − k)! ÷ k directed cycles: 6 + 8 + 6 for n = 4.
    const audit = createCycleAudit({ ...ANY, assetsCount: 4, conversions: completeGraph(4) });
    expect(audit.advance(1e6)).toBe(true);
    expect(audit.result()).toMatchObject({ cyclesCount: 20, isComplete: true });
  });

  test('gives the same in portions, and says while it is not complete', () => {
    const options = { ...ANY, assetsCount: 7, conversions: completeGraph(7) };
    const whole = createCycleAudit(options);
    whole.advance(1e9);
    const portions = createCycleAudit(options);
    expect(portions.advance(10)).toBe(false);
    expect(portions.result().isComplete).toBe(false);
    while (!portions.advance(17)) {
      // Goes on.
    }
    expect(portions.result()).toEqual(whole.result());
    expect(whole.result().top).toHaveLength(3);
  });

  test('keeps to its bounds of length', () => {
    const countOf = (minLegs: number, maxLegs: number) => {
      const given = { ...ANY, minLegs, maxLegs, assetsCount: 5, conversions: completeGraph(5) };
      const audit = createCycleAudit(given);
      audit.advance(1e6);
      return audit.result().cyclesCount;
    };
    expect([countOf(2, 2), countOf(3, 3), countOf(4, 4), countOf(5, 5)]).toEqual([10, 20, 30, 24]);
    expect(countOf(3, 5)).toBe(74);
    expect(() => countOf(1, 3)).toThrow(RangeError);
  });

  test('agrees with both kernels on random graphs', () => {
    const rate = fc.oneof(fc.double({ min: 0.9, max: 1.1, noNaN: true }), fc.constant(0));
    const rates = fc.array(fc.tuple(rate, rate), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(rates, (given) => {
        const pairs = completeGraph(6).filter(({ from, to }) => from < to);
        const audit = createCycleAudit({
          ...ANY,
          assetsCount: 6,
          conversions: pairs
            .flatMap(({ from, to }, pair) => [
              { from, to, rate: given[pair]?.[0] ?? 0 },
              { from: to, to: from, rate: given[pair]?.[1] ?? 0 },
            ])
            .filter((conversion) => conversion.rate > 0),
        });
        audit.advance(1e6);
        const { cyclesCount, profitableCount, top } = audit.result();
        for (const create of [createReferenceCycles, createWasmCycles]) {
          const kernel = create({ assetsCount: 6, exchangesCount: 1, pairs });
          applyRateRows(
            kernel,
            given.map(([forward, backward], pair) => ({ pair, forward, backward })),
          );
          const expected = kernel.audit({ ...ANY, maxCyclesCount: Number.POSITIVE_INFINITY });
          expect([profitableCount, cyclesCount]).toEqual([
            expected.profitableCount,
            expected.cyclesCount,
          ]);
          if (profitableCount > 0) expect(top[0]?.edgeRatio).toBe(expected.best?.edgeRatio);
        }
      }),
      { numRuns: 20, seed: 3 },
    );
  });
});
