/** What one cycle after the other takes out of a set of books, against the linear programme's optimum. */

import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type ExtractOffer, greedyExtract } from '../../../src/detect/cycles/greedy-extract.ts';
import { createReferenceCycles, createWasmCycles } from '../../support/cycle-kernels.ts';
import { solveExtraction } from '../../support/linear-programme.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { requirement } from '../../support/requirement.ts';
import { sharedDataPath } from '../../support/shared-data.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const FILE = 'binance-us-tops-2023/saved.csv';
const path = sharedDataPath(FILE);

/** Both sides of each market's best level; the fee is taken from what is received. */
function readOffers(feeRatio: number): readonly ExtractOffer[] {
  const [header = '', ...rows] = readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n');
  const names = header.trim().split(',');
  return rows.flatMap((row) => {
    const cells = row.trim().split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const [base, quote] = [cell('base'), cell('quote')];
    const [bid, ask] = [Number(cell('bid_price')), Number(cell('ask_price'))];
    const [bidSize, askSize] = [Number(cell('bid_volume')), Number(cell('ask_volume'))];
    const kept = 1 - feeRatio;
    return [
      { from: base, to: quote, levels: [{ input: bidSize, rate: bid * kept }] },
      { from: quote, to: base, levels: [{ input: askSize * ask, rate: kept / ask }] },
    ];
  });
}

const extract = (offers: readonly ExtractOffer[], target: string, create = createWasmCycles) =>
  greedyExtract({ offers, target, createKernel: create, maxLegs: 5 });

describe.skipIf(!requirement('recorded tops', path !== null))('recorded tops', () => {
  test.each([
    [0, 141.48985],
    [1, 55.979351],
    [10, 0],
  ])('at a fee of %d bps hold the published optimum of %d USD', async (takerBps, optimum) => {
    const offers = readOffers(takerBps / 10_000);
    const solved = await solveExtraction(offers, 'USD');
    expect(Math.abs(solved - optimum)).toBeLessThan(5e-6);
    const { profit, cyclesCount } = extract(offers, 'USD');
    expect(profit).toBeLessThanOrEqual(solved * (1 + 1e-9));
    expect(profit).toBeGreaterThanOrEqual(solved * 0.9999);
    expect(cyclesCount > 0).toBe(optimum > 0);
    expect(extract(offers, 'USD', createReferenceCycles).profit).toBe(profit);
  });
});

describe('one cycle after the other', () => {
  test('uses no level twice', () => {
    const offers: readonly ExtractOffer[] = [
      {
        from: 'A',
        to: 'B',
        levels: [
          { input: 6, rate: 1 },
          { input: 6, rate: 1 },
        ],
      },
      { from: 'B', to: 'A', levels: [{ input: 10, rate: 1.1 }] },
    ];
    const { profit, cyclesCount } = extract(offers, 'A');
    expect(profit).toBeCloseTo(1, 12);
    expect(cyclesCount).toBe(2);
  });

  test('sells what it earned in other assets, and names what nobody buys', () => {
    const cycle: readonly ExtractOffer[] = [
      { from: 'A', to: 'B', levels: [{ input: 10, rate: 1 }] },
      { from: 'B', to: 'A', levels: [{ input: 10, rate: 1.1 }] },
    ];
    const unsold = extract(cycle, 'Z');
    expect(unsold.profit).toBe(0);
    expect(unsold.unsold.get('A')).toBeCloseTo(1, 12);
    const buyer: ExtractOffer = { from: 'A', to: 'Z', levels: [{ input: 0.4, rate: 5 }] };
    const some = extract([...cycle, buyer], 'Z');
    expect(some.profit).toBeCloseTo(2, 12);
    expect(some.unsold.get('A')).toBeCloseTo(0.6, 12);
  });

  test('never takes more than the optimum', async () => {
    const level = fc.record({
      input: fc.integer({ min: 1, max: 50 }),
      rate: fc.integer({ min: 900, max: 1_080 }),
    });
    const offers = fc.array(
      fc.record({
        from: fc.nat(3),
        to: fc.nat(3),
        levels: fc.array(level, { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 2, maxLength: 12 },
    );
    let profitableCount = 0;
    await fc.assert(
      fc.asyncProperty(offers, async (given) => {
        const named = given
          .filter(({ from, to }) => from !== to)
          .map(({ from, to, levels }) => ({
            from: `A${from}`,
            to: `A${to}`,
            levels: levels
              .map(({ input, rate }) => ({ input, rate: rate / 1_000 }))
              .toSorted((a, b) => b.rate - a.rate),
          }));
        if (!named.some(({ from, to }) => from === 'A0' || to === 'A0')) return;
        const { profit } = extract(named, 'A0');
        if (profit > 0) profitableCount += 1;
        expect(profit).toBeLessThanOrEqual((await solveExtraction(named, 'A0')) + 1e-6);
      }),
      { numRuns: 40, seed: 5 },
    );
    expect(profitableCount).toBeGreaterThan(5);
  });
});
