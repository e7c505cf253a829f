import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { BasisMarket } from '../../../src/detect/basis/basis-market.ts';
import { toBasisPairs } from '../../../src/detect/basis/basis-pairs.ts';
import { detectBasis } from '../../../src/detect/basis/detect-basis.ts';
import { ratePerHour } from '../../../src/detect/basis/funding-rate.ts';
import { priceBasis } from '../../../src/detect/basis/price-basis.ts';
import { screenBasis } from '../../../src/detect/basis/screen-basis.ts';
import type { Level } from '../../../src/domain/book.ts';
import type { FeeSide } from '../../../src/domain/market.ts';
import {
  add,
  compare,
  divide,
  multiply,
  subtract,
  toDecimal,
  toNumber,
} from '../../../src/domain/money.ts';
import {
  datedAt102,
  BASIS_NOW_MS as NOW_MS,
  perpetualAt100,
  BASIS_SETTINGS as SETTINGS,
  spotAt100,
} from '../../support/basis-markets.ts';

const HELD_MS = 30 * 86_400_000;
const SIZE = toDecimal(3);

/** Levels that hold 3 base units, from a middle price outwards, in hundredths. */
const side = (direction: 1 | -1) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 })), {
      minLength: 3,
      maxLength: 6,
    })
    .map((steps) => {
      let price = 10_000;
      return steps.map(([gap, size]): Level => {
        price += direction * gap;
        return [price / 100, size];
      });
    });

const feeSide = fc.constantFrom<FeeSide>('quote', 'get', 'give', 'base');
const takerBps = fc.integer({ min: 0, max: 60 });
const books = fc.record({ bids: side(-1), asks: side(1), takerBps, feeSide });

const markets = fc
  .record({
    spot: books,
    contract: books,
    rateRatio: fc.integer({ min: -200, max: 200 }).map((units) => units / 100_000),
    intervalHours: fc.constantFrom(1, 4, 8),
    kind: fc.constantFrom('linear', 'inverse', 'dated'),
  })
  .map(({ spot, contract, rateRatio, intervalHours, kind }): readonly BasisMarket[] => {
    const funding = { rateRatio, intervalMs: intervalHours * 3_600_000 };
    const terms = { ...contract, feeSide: 'quote' as const };
    if (kind === 'dated') return [spotAt100(spot), datedAt102(terms)];
    const settlement = kind === 'inverse' ? ('inverse' as const) : ('linear' as const);
    return [spotAt100(spot), perpetualAt100({ ...terms, contract: { settlement }, funding })];
  });

function withTaker(given: readonly BasisMarket[], extraBps: readonly number[]) {
  return given.map((source, index) => {
    const { market } = source;
    const raised = market.takerBps + (extraBps[index] ?? 0);
    return { ...source, market: { ...market, takerBps: raised } };
  });
}

describe('funding and basis, whatever the markets', () => {
  test('no fee that is raised makes a pair better', () => {
    fc.assert(
      fc.property(markets, fc.tuple(takerBps, takerBps), (given, extraBps) => {
        const raised = toBasisPairs(withTaker(given, extraBps));
        for (const [index, pair] of toBasisPairs(given).entries()) {
          const dearer = raised[index];
          if (dearer === undefined) throw new Error('expected the same pairs');
          const before = priceBasis(pair, SIZE, HELD_MS);
          const after = priceBasis(dearer, SIZE, HELD_MS);
          if (!before.found || !after.found) continue;
          expect(compare(after.priced.profit, before.priced.profit)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gross less both costs is the profit, to the last place', () => {
    fc.assert(
      fc.property(markets, (given) => {
        for (const pair of toBasisPairs(given)) {
          const result = priceBasis(pair, SIZE, HELD_MS);
          if (!result.found) continue;
          const { gross, entryCost, exitCost, profit } = result.priced;
          expect(compare(subtract(gross, add(entryCost, exitCost)), profit)).toBe(0);
          expect(compare(entryCost, toDecimal(0))).toBeGreaterThanOrEqual(0);
          expect(compare(exitCost, toDecimal(0))).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what the best prices refuse earns nothing at depth either', () => {
    fc.assert(
      fc.property(markets, (given) => {
        for (const pair of toBasisPairs(given)) {
          const { profitBps } = screenBasis(pair, HELD_MS);
          const result = priceBasis(pair, SIZE, HELD_MS);
          if (profitBps > 0 || !result.found) continue;
          expect(toNumber(result.priced.profit)).toBeLessThanOrEqual(1e-9);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the order of the markets changes nothing', () => {
    fc.assert(
      fc.property(markets, (given) => {
        const forth = detectBasis(given, SETTINGS, NOW_MS);
        const back = detectBasis([...given].reverse(), SETTINGS, NOW_MS);
        expect(back).toEqual(forth);
      }),
      { numRuns: 100 },
    );
  });

  test('a rate per hour times its interval is the rate, within a unit of its last place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.integer({ min: 1, max: 48 }),
        (units, hours) => {
          const rateRatio = units / 1e9;
          const perHour = ratePerHour({ rateRatio, intervalMs: hours * 3_600_000 });
          if (perHour === null) throw new Error('expected a rate');
          const back = multiply(perHour, toDecimal(hours));
          const error = divide(subtract(back, toDecimal(rateRatio)), toDecimal(hours), 20);
          expect(Math.abs(toNumber(error))).toBeLessThanOrEqual(1e-18);
        },
      ),
    );
  });
});
