import { describe, expect, test } from 'bun:test';
import { type WalkLevel, walkCycle } from '../../../src/detect/cycles/cycle-walk.ts';

const ANY = {
  minProduct: 1,
  maxStart: Number.POSITIVE_INFINITY,
};

/** Levels of a leg that sells: sizes at prices. */
function sells(...levels: readonly [size: number, price: number][]): readonly WalkLevel[] {
  return levels.map(([input, rate]) => ({ input, rate, quotePerInput: rate, basePerInput: 1 }));
}

describe('a walk round a cycle', () => {
  test('passes 10 when one leg offers 6 then 6 and the next takes 10', () => {
    expect(walkCycle([sells([6, 1], [6, 1]), sells([10, 1.1])], ANY)).toEqual({
      startAmount: 10,
      firstProduct: 1.1,
      levelsCounts: [2, 1],
      exhaustedLeg: 1,
      steps: [
        { start: 6, product: 1.1 },
        { start: 4, product: 1.1 },
      ],
      feeStart: 0,
    });
  });

  test('takes what passed from every leg, so that no level gives more than it holds', () => {
    const legs = [sells([3, 2], [5, 1]), sells([4, 1], [20, 0.9]), sells([7, 1])];
    // 2 units fill the 4 of the second leg; 1 more uses up the first level; then a unit earns 0.9.
    expect(walkCycle(legs, ANY)).toEqual({
      startAmount: 3,
      firstProduct: 2,
      levelsCounts: [1, 2, 1],
      exhaustedLeg: 0,
      steps: [
        { start: 2, product: 2 },
        { start: 1, product: 1.8 },
      ],
      feeStart: 0,
    });
  });

  test('stops where the next unit earns the threshold and no more', () => {
    const legs = [sells([1, 1.02], [1, 1.01], [1, 1.005]), sells([9, 1])];
    expect(walkCycle(legs, { ...ANY, minProduct: 1.01 }).startAmount).toBe(1);
    expect(walkCycle(legs, { ...ANY, minProduct: 1.0099 }).startAmount).toBe(2);
    expect(walkCycle(legs, { ...ANY, minProduct: 1.02 }).startAmount).toBe(0);
  });

  test('keeps to a limit of the start asset and of each leg', () => {
    const legs = [sells([10, 2]), sells([100, 1])];
    expect(walkCycle(legs, { ...ANY, maxStart: 4 })).toMatchObject({
      startAmount: 4,
      exhaustedLeg: -1,
    });
    const any = { maxInQuote: Number.POSITIVE_INFINITY, maxInBase: Number.POSITIVE_INFINITY };
    const limited = (given: object) => [any, { ...any, ...given }];
    expect(walkCycle(legs, { ...ANY, legs: limited({ maxInQuote: 6 }) }).startAmount).toBe(3);
    expect(walkCycle(legs, { ...ANY, legs: limited({ maxInBase: 8 }) }).startAmount).toBe(4);
    expect(walkCycle(legs, { ...ANY, maxStart: 10 }).exhaustedLeg).toBe(0);
  });

  test('lets pass first what is lost on a way whatever the amount, from the best levels', () => {
    const legs = [sells([3, 2], [9, 1.5]), sells([9, 1])];
    // 4 lost before the second leg are 2 of the first level; its last unit and 4 2/3 of the next one bring 9.
    const { startAmount, feeStart, steps } = walkCycle(legs, { ...ANY, fixedFees: [0, 4] });
    expect(feeStart).toBe(2);
    expect(steps[0]).toEqual({ start: 1, product: 2 });
    expect(startAmount).toBeCloseTo(3 + 7 / 1.5, 12);
    expect(walkCycle(legs, { ...ANY, fixedFees: [0, 20] }).startAmount).toBe(0);
  });

  test('finds nothing where a leg has no depth', () => {
    expect(walkCycle([sells([1, 2]), sells()], ANY).startAmount).toBe(0);
  });
});
