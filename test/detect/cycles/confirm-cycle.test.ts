import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { confirmCycle } from '../../../src/detect/cycles/confirm-cycle.ts';
import type { CycleSide } from '../../../src/detect/cycles/cycle-side.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { Market } from '../../../src/domain/market.ts';
import { add, compare, multiply, toDecimal, ZERO } from '../../../src/domain/money.ts';
import type { OpportunityLeg } from '../../../src/domain/opportunity.ts';
import { book, market, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

type Given = Partial<Market>;

/** Base → quote, into these bids. */
function sell(symbol: string, bids: readonly Level[], given: Given = {}): CycleSide {
  const asks: readonly Level[] = [[(bids[0]?.[0] ?? 1) * 2, 1]];
  return { side: 'sell', market: market('x', symbol, given), book: book('x', symbol, bids, asks) };
}

/** Quote → base, from these asks. */
function buy(symbol: string, asks: readonly Level[], given: Given = {}): CycleSide {
  const bids: readonly Level[] = [[(asks[0]?.[0] ?? 1) / 2, 1]];
  return { side: 'buy', market: market('x', symbol, given), book: book('x', symbol, bids, asks) };
}

const confirm = (sides: readonly CycleSide[], minEdgeBps = 0, given = {}) =>
  confirmCycle(sides, minEdgeBps, { ...ANY_PROFIT, ...given }, START_MS);

function expectFound(sides: readonly CycleSide[], minEdgeBps = 0) {
  const found = confirm(sides, minEdgeBps);
  if (!found.found) throw new Error(`expected a cycle, got ${found.reason}`);
  return found;
}

describe('a cycle at depth', () => {
  test('gives exact amounts, leg by leg', () => {
    const { edge, legs } = expectFound([
      buy('B/A', [[2, 5]]),
      buy('C/B', [[4, 1]]),
      sell('C/A', [[8.1, 3]]),
    ]);
    expect(edge).toMatchObject({
      sizeInBase: '8',
      costInQuote: '8',
      proceedsInQuote: '8.1',
      profitInQuote: '0.1',
      edgeBps: 125,
      grossBps: 125,
    });
    expect(legs.map(({ side, symbol, sizeInBase }) => [side, symbol, sizeInBase])).toEqual([
      ['buy', 'B/A', '4'],
      ['buy', 'C/B', '1'],
      ['sell', 'C/A', '1'],
    ]);
  });

  test('takes every fee, and is no cycle where the fees take all', () => {
    const sides = (takerBps: number) => [
      buy('B/A', [[2, 5]], { takerBps }),
      buy('C/B', [[4, 1]], { takerBps }),
      sell('C/A', [[8.1, 3]], { takerBps }),
    ];
    const { edge, legs } = expectFound(sides(10));
    expect(edge.edgeBps).toBeCloseTo((8.1 * 0.999 * 1e4) / (8 * 1.001 ** 2) - 1e4, 6);
    expect(edge.grossBps).toBe(125);
    expect(legs.map(({ feeInQuote }) => Number(feeInQuote) > 0)).toEqual([true, true, true]);
    expect(confirm(sides(50))).toEqual({ found: false, reason: 'edge_below_threshold' });
  });

  test.each([
    ['quote', 8 * 1.001 ** 2, 8.1 * 0.999],
    ['get', 8 / 0.999 ** 2, 8.1 * 0.999],
    ['give', 8 * 1.001 ** 2, 8.1 / 1.001],
    ['base', 8 / 0.999 ** 2, 8.1 / 1.001],
  ] as const)('takes a fee where the market takes it: %s', (feeSide, paid, got) => {
    const given = { takerBps: 10, feeSide };
    const { edge } = expectFound([
      buy('B/A', [[2, 5]], given),
      buy('C/B', [[4, 1]], given),
      sell('C/A', [[8.1, 3]], given),
    ]);
    expect(edge.edgeBps).toBeCloseTo((got / paid - 1) * 1e4, 6);
  });

  test('keeps to the most that a market takes in one order', () => {
    const sides = (given: Given) => [
      buy('B/A', [[2, 5]]),
      buy('C/B', [[4, 1]], given),
      sell('C/A', [[8.1, 3]]),
    ];
    expect(expectFound(sides({ maxSizeInBase: '0.5' })).edge.costInQuote).toBe('4');
    expect(expectFound(sides({ maxCostInQuote: '1' })).edge.costInQuote).toBe('2');
    expect(expectFound(sides({ maxSizeInBase: '1' })).edge.costInQuote).toBe('8');
  });

  test('asks more than the threshold of every unit', () => {
    const last = sell('C/A', [
      [1.02, 1],
      [1.01, 1],
    ]);
    const sides = [buy('B/A', [[1, 9]]), buy('C/B', [[1, 9]]), last];
    expect(expectFound(sides, 99.9).edge.sizeInBase).toBe('2');
    expect(expectFound(sides, 100.1).edge.sizeInBase).toBe('1');
    expect(confirm(sides, 200.1)).toEqual({ found: false, reason: 'edge_below_threshold' });
  });

  test('keeps every leg to its lots and to its least size', () => {
    const sides = (given: Given) => [
      buy('B/A', [[1, 9]]),
      buy('C/B', [[1, 9]], given),
      sell('C/A', [[1.1, 2.7]]),
    ];
    const { edge, legs } = expectFound(sides({ sizeStep: '0.5' }));
    expect(legs.map(({ sizeInBase }) => sizeInBase)).toEqual(['2.5', '2.5', '2.5']);
    expect(edge).toMatchObject({ costInQuote: '2.5', proceedsInQuote: '2.75' });
    expect(expectFound(sides({ minSizeInBase: '2.7' })).edge.profitInQuote).toBe('0.27');
    // Of what must be bought beyond 2.7 nothing can be sold: it is lost, and pays as long as the rest earns it.
    expect(expectFound(sides({ minSizeInBase: '2.96' })).edge.profitInQuote).toBe('0.01');
    expect(confirm(sides({ minSizeInBase: '2.97' })).found).toBe(false);
    expect(confirm(sides({ minSizeInBase: '9' }))).toMatchObject({
      reason: 'edge_below_threshold',
    });
    expect(confirm(sides({ minSizeInBase: '9.01' }))).toMatchObject({ reason: 'book_too_thin' });
    expect(confirm(sides({ sizeStep: '10' }))).toMatchObject({ reason: 'book_too_thin' });
  });

  test('keeps to what is held where each leg gives it', () => {
    const held = (balances: readonly (string | null)[]) =>
      [buy('B/A', [[2, 5]]), buy('C/B', [[4, 1]]), sell('C/A', [[8.1, 3]])].map((side, leg) => ({
        ...side,
        balance: balances[leg] ?? null,
      }));
    expect(expectFound(held(['6', null, null])).edge.costInQuote).toBe('6');
    expect(expectFound(held([null, '2', null])).edge.costInQuote).toBe('4');
    expect(expectFound(held([null, null, '0.25'])).edge.costInQuote).toBe('2');
    expect(expectFound(held(['8', '4', '1'])).edge.costInQuote).toBe('8');
    expect(confirm(held(['0', null, null]))).toMatchObject({ found: false });
  });

  test('takes fixed costs off the profit, and says from which amount on they are earned', () => {
    const sides = [buy('B/A', [[2, 5]]), buy('C/B', [[4, 1]]), sell('C/A', [[8.1, 3]])];
    const found = confirm(sides, 0, { fixedCostInQuote: 0.025 });
    if (!found.found) throw new Error('expected a cycle');
    expect(found.edge.profitInQuote).toBe('0.075');
    expect(Number(found.edge.waterfall?.breakEvenSizeInBase)).toBeCloseTo(2, 9);
    expect(confirm(sides, 0, { fixedCostInQuote: 0.0999 }).found).toBe(true);
    expect(confirm(sides, 0, { fixedCostInQuote: 0.1 })).toMatchObject({
      reason: 'edge_below_threshold',
    });
  });

  test('breaks even to the last place where only f64 sees an edge, and shows no loss', () => {
    // In f64, 0.1 × 3 is above 0.3.
    const sides = [sell('A/B', [[0.1, 1]]), sell('B/C', [[3, 9]]), buy('A/C', [[0.3, 9]])];
    const { edge } = expectFound(sides);
    expect(edge.profitInQuote).toBe('0');
    expect(edge.edgeBps).toBeGreaterThan(0);
    expect(edge.edgeBps).toBeLessThan(1e-11);
    const even = [sell('A/B', [[2, 1]]), sell('B/C', [[3, 9]]), buy('A/C', [[6, 9]])];
    expect(confirm(even)).toMatchObject({ reason: 'edge_below_threshold' });
  });

  test('refuses legs that are too old, too far apart in time, crossed or one-sided', () => {
    const first = buy('B/A', [[1, 9]]);
    const second = buy('C/B', [[1, 9]]);
    const third = sell('C/A', [[1.1, 1]]);
    const aged = (ageMs: number): readonly CycleSide[] => [
      { ...first, book: { ...first.book, receivedAtMs: START_MS - ageMs } },
      second,
      third,
    ];
    expect(confirm(aged(100), 0, { maxSkewMs: 100 }).found).toBe(true);
    expect(confirm(aged(101), 0, { maxSkewMs: 100 })).toMatchObject({ reason: 'legs_skewed' });
    expect(confirm(aged(100), 0, { maxAgeMs: 100 }).found).toBe(true);
    expect(confirm(aged(101), 0, { maxAgeMs: 100 })).toMatchObject({ reason: 'guard_stale' });
    const crossed = { ...third, book: book('x', 'C/A', [[1.1, 1]], [[1, 1]]) };
    expect(confirm([first, second, crossed])).toMatchObject({ reason: 'guard_crossed' });
    const oneSided = { ...third, book: book('x', 'C/A', [[1.1, 1]], []) };
    expect(confirm([first, second, oneSided])).toMatchObject({ reason: 'guard_one_sided' });
    const broken = { ...third, book: book('x', 'C/A', [[1.1, Number.NaN]], [[2, 1]]) };
    expect(confirm([first, second, broken])).toMatchObject({ reason: 'book_invalid' });
  });

  const ladder = fc.array(
    fc.record({ step: fc.integer({ min: 1, max: 9 }), size: fc.integer({ min: 1, max: 500 }) }),
    { minLength: 1, maxLength: 5 },
  );
  type Steps = readonly { readonly step: number; readonly size: number }[];
  const toLevels = (steps: Steps, from: number, sign: number): readonly Level[] => {
    let price = from;
    return steps.map(({ step, size }) => {
      price += (sign * step) / 1000;
      return [Number(price.toFixed(3)), size / 100];
    });
  };

  test('never uses more than a level holds, and earns the product of its legs', () => {
    let foundCount = 0;
    const takers = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(ladder, ladder, ladder, takers, (a, b, c, takerBps) => {
        const sides = [
          buy('B/A', toLevels(a, 2, 1), { takerBps }),
          sell('B/C', toLevels(b, 3.1, -1), { takerBps }),
          sell('C/A', toLevels(c, 0.7, -1), { takerBps }),
        ];
        const found = confirm(sides);
        if (!found.found) return;
        foundCount += 1;
        let product = 1;
        for (const [index, leg] of found.legs.entries()) {
          expectWithin(leg, sides[index]);
          const [size, paid, fee] = [leg.sizeInBase, leg.amountInQuote, leg.feeInQuote].map(Number);
          product *=
            leg.side === 'buy'
              ? (size ?? 0) / ((paid ?? 0) + (fee ?? 0))
              : ((paid ?? 0) - (fee ?? 0)) / (size ?? 0);
        }
        expect(Math.abs((product - 1) * 1e4 - found.edge.edgeBps)).toBeLessThan(1e-6);
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(foundCount).toBeGreaterThan(100);
  });

  test('never earns more with a higher fee', () => {
    const takers = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(ladder, ladder, ladder, takers, takers, (a, b, c, takerBps, moreBps) => {
        const profitAt = (bps: number) => {
          const found = confirm([
            buy('B/A', toLevels(a, 2, 1), { takerBps: bps }),
            sell('B/C', toLevels(b, 3.1, -1), { takerBps }),
            sell('C/A', toLevels(c, 0.7, -1), { takerBps }),
          ]);
          return found.found ? Number(found.edge.profitInQuote) : 0;
        };
        expect(profitAt(takerBps + moreBps)).toBeLessThanOrEqual(profitAt(takerBps) + 1e-12);
      }),
      { numRuns: 100, seed: 13 },
    );
  });

  function expectWithin(leg: OpportunityLeg, side: CycleSide | undefined): void {
    const levels = (leg.side === 'buy' ? side?.book.asks : side?.book.bids) ?? [];
    const touched = levels.slice(0, leg.levelsCount);
    const held = touched.reduce((sum, level) => add(sum, toDecimal(level[1])), ZERO);
    expect(compare(toDecimal(leg.sizeInBase), held)).toBeLessThanOrEqual(0);
    const worst = multiply(toDecimal(leg.limitPriceInQuote), toDecimal(leg.sizeInBase));
    const isWorse = compare(toDecimal(leg.amountInQuote), worst) * (leg.side === 'buy' ? 1 : -1);
    expect(isWorse).toBeLessThanOrEqual(0);
  }

  test('earns at least what any amount on a fine grid earns', () => {
    fc.assert(
      fc.property(ladder, ladder, ladder, (a, b, c) => {
        const sides = [
          buy('B/A', toLevels(a, 2, 1)),
          sell('B/C', toLevels(b, 3.02, -1)),
          sell('C/A', toLevels(c, 0.69, -1)),
        ];
        const found = confirm(sides);
        const best = found.found ? Number(found.edge.profitInQuote) : 0;
        for (let amount = 0.05; amount < 6; amount += 0.05) {
          const capped = confirm(sides, 0, { maxSizeInBase: amount });
          const profit = capped.found ? Number(capped.edge.profitInQuote) : 0;
          expect(profit).toBeLessThanOrEqual(best + 1e-12);
        }
      }),
      { numRuns: 10, seed: 11 },
    );
  });
});
