/** Lots on every leg: nothing that the lots allow earns more than what was chosen. */

import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { confirmCycle } from '../../../src/detect/cycles/confirm-cycle.ts';
import { fillAround } from '../../../src/detect/cycles/cycle-orders.ts';
import { type CycleSide, toLadder } from '../../../src/detect/cycles/cycle-side.ts';
import type { LegFill } from '../../../src/detect/cycles/leg-fill.ts';
import type { Level } from '../../../src/domain/book.ts';
import {
  add,
  compare,
  floorToStep,
  multiply,
  subtract,
  toDecimal,
  toNumber,
  ZERO,
} from '../../../src/domain/money.ts';
import { buySide, sellSide } from '../../support/cycle-sides.ts';
import { START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const levels = fc.array(
  fc.record({ step: fc.integer({ min: 1, max: 30 }), size: fc.integer({ min: 20, max: 900 }) }),
  { minLength: 1, maxLength: 4 },
);
type Steps = readonly { readonly step: number; readonly size: number }[];

function toLevels(steps: Steps, from: number, sign: number): readonly Level[] {
  let price = from;
  return steps.map(({ step, size }) => {
    price += (sign * step) / 1000;
    return [Number(price.toFixed(3)), size / 100];
  });
}

const sizeStep = fc.constantFrom(null, '0.01', '0.07', '0.1', '0.25', '0.3', '0.5');
const feeSide = fc.constantFrom('quote' as const, 'get' as const, 'base' as const);
const market = fc.record({ sizeStep, feeSide, takerBps: fc.integer({ min: 0, max: 10 }) });

const cycles = fc
  .tuple(levels, levels, levels, market, market, market)
  .map(([a, b, c, first, second, third]) => [
    buySide('B/A', toLevels(a, 2, 1), first),
    sellSide('B/C', toLevels(b, 3.1, -1), second),
    sellSide('C/A', toLevels(c, 0.72, -1), third),
  ]);

const confirm = (sides: readonly CycleSide[], minEdgeBps = 0) =>
  confirmCycle(sides, minEdgeBps, ANY_PROFIT, START_MS);

function profitOf(fills: readonly LegFill[] | null): number {
  const [first, last] = [fills?.[0], fills?.at(-1)];
  return first === undefined || last === undefined
    ? Number.NEGATIVE_INFINITY
    : toNumber(subtract(last.output, first.input));
}

/** The greatest profit over all lots of one leg, up to its depth. */
function bestOverLots(sides: readonly CycleSide[], leg: number): number {
  const ladders = sides.map(toLadder);
  const step = toDecimal(sides[leg]?.market.sizeStep ?? '0.01');
  let best = 0;
  for (let size = step; ; size = add(size, step)) {
    const fills = fillAround(ladders, leg, size);
    if (fills === null && compare(size, toDecimal(40)) > 0) return best;
    best = Math.max(best, profitOf(fills));
  }
}

describe('a cycle on lots', () => {
  test('earns at least what any number of lots of any leg earns', () => {
    let withLotsCount = 0;
    fc.assert(
      fc.property(cycles, (sides) => {
        const found = confirm(sides);
        const profit = found.found ? Number(found.edge.profitInQuote) : 0;
        for (const [leg, { market: given }] of sides.entries()) {
          // Fine lots make many sizes: the others cover what they would.
          if (given.sizeStep === null || given.sizeStep === '0.01') continue;
          withLotsCount += 1;
          expect(profit).toBeGreaterThanOrEqual(bestOverLots(sides, leg) - 1e-9);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(withLotsCount).toBeGreaterThan(60);
  });

  test('trades whole lots, gets no more than each leg gives, and its costs add up', () => {
    let foundCount = 0;
    fc.assert(
      fc.property(cycles, fc.integer({ min: 0, max: 40 }), (sides, minEdgeBps) => {
        const found = confirm(sides, minEdgeBps);
        if (!found.found) return;
        foundCount += 1;
        expect(found.edge.edgeBps).toBeGreaterThan(minEdgeBps);
        for (const [index, leg] of found.legs.entries()) {
          const step = sides[index]?.market.sizeStep ?? null;
          const size = toDecimal(leg.sizeInBase);
          if (step !== null) expect(compare(floorToStep(size, toDecimal(step)), size)).toBe(0);
        }
        const steps = found.edge.waterfall?.steps ?? [];
        const total = steps
          .filter(({ code }) => code !== 'net')
          .reduce((sum, { amountInQuote }) => add(sum, toDecimal(amountInQuote)), ZERO);
        expect(compare(total, toDecimal(found.edge.profitInQuote))).toBe(0);
        for (const { code, amountInQuote } of steps) {
          if (code === 'gross' || code === 'net') continue;
          expect(Number(amountInQuote)).toBeLessThanOrEqual(0);
        }
        const gross = Number(steps[0]?.amountInQuote);
        const cost = Number(found.edge.costInQuote);
        expect(Math.abs((gross / cost) * 10_000 - found.edge.grossBps)).toBeLessThan(1e-6);
      }),
      { numRuns: 200, seed: 5 },
    );
    expect(foundCount).toBeGreaterThan(60);
  });

  test('earns nothing at the taker fee at which it breaks even', () => {
    let foundCount = 0;
    fc.assert(
      fc.property(cycles, (sides) => {
        const found = confirm(sides);
        if (!found.found) return;
        foundCount += 1;
        const takerRatio = (found.edge.waterfall?.breakEvenTakerBps ?? 0) / 10_000;
        const product = found.legs.reduce((sum, { side, averagePriceInQuote }) => {
          const price = Number(averagePriceInQuote);
          return side === 'sell'
            ? sum * price * (1 - takerRatio)
            : sum / (price * (1 + takerRatio));
        }, 1);
        expect(Math.abs(product - 1)).toBeLessThan(1e-9);
      }),
      { numRuns: 60, seed: 6 },
    );
    expect(foundCount).toBeGreaterThan(20);
  });

  test('is what a caller can check by hand', () => {
    // 10 lots of 0.1 B pass; C is sold in lots of 0.25, of which 12 need 0.96774… B, so 0.97 is bought and 3 C sold.
    const sides = [
      buySide('B/A', [[2, 1]], { sizeStep: '0.01' }),
      sellSide('B/C', [[3.1, 5]], { sizeStep: '0.01' }),
      sellSide('C/A', [[0.7, 3.05]], { sizeStep: '0.25' }),
    ];
    const found = confirm(sides);
    if (!found.found) throw new Error('expected a cycle');
    expect(found.legs.map(({ sizeInBase }) => sizeInBase)).toEqual(['0.97', '0.97', '3']);
    expect(found.edge.profitInQuote).toBe('0.16');
    const byCode = Map.groupBy(found.edge.waterfall?.steps ?? [], ({ code }) => code);
    // 0.97 × (3.1 × 0.7 / 2 − 1) × 2, less 0.007 C at 0.7.
    expect(byCode.get('gross')?.[0]?.amountInQuote).toBe('0.1649');
    expect(byCode.get('lots')?.[0]?.amountInQuote).toBe('-0.0049');
    expect(multiply(toDecimal('0.007'), toDecimal('0.7'))).toEqual({ units: 49n, scale: 4 });
  });
});
