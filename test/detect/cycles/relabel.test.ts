/** Names are names: other labels for assets and exchanges, another order of markets, the same cycles. */

import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createCycleDetector } from '../../../src/detect/cycles/cycle-detector.ts';
import { createMarketState } from '../../../src/detect/market-state.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import {
  type CreateCycleKernel,
  createReferenceCycles,
  createWasmCycles,
} from '../../support/cycle-kernels.ts';
import { market, quote, START_MS } from '../../support/markets.ts';
import { ANY_PROFIT } from '../../support/settings.ts';

const ASSETS_COUNT = 6;
const EXCHANGES_COUNT = 3;

interface Offer {
  readonly base: number;
  readonly quote: number;
  readonly exchange: number;
  readonly price: number;
  readonly size: number;
  readonly takerBps: number;
}

interface Names {
  readonly assets: readonly string[];
  readonly exchanges: readonly string[];
}

/** Rounds through `offers` under these names: legs and edge, in names of `PLAIN`, from the smallest one on. */
function detect(offers: readonly Offer[], names: Names, createKernel: CreateCycleKernel) {
  const state = createMarketState(
    createReferenceKernel({
      symbolsCount: 64,
      exchangesCount: 8,
      bookSlotsCount: 2,
      bookLevelsCount: 1,
    }),
    null,
  );
  const placeOf = ({ base, quote: other, exchange }: Offer) =>
    [names.exchanges[exchange] ?? '', `${names.assets[base]}/${names.assets[other]}`] as const;
  state.setMarkets(offers.map((offer) => market(...placeOf(offer), { takerBps: offer.takerBps })));
  const quotes = offers.map((offer) => {
    const size = { bidSize: offer.size, askSize: offer.size };
    return quote(...placeOf(offer), offer.price, offer.price * 1.001, size);
  });
  state.apply(quotes, []);
  const detector = createCycleDetector({
    createKernel,
    maxLegs: 4,
    state,
    settings: ANY_PROFIT,
    source: 'recording',
  });
  const { cycles, isComplete } = detector.screen(quotes, true, START_MS);
  expect(isComplete).toBe(true);
  const plain = (asset: string) => String(names.assets.indexOf(asset));
  return cycles
    .map((cycle) => {
      const { confirmation } = detector.judge(cycle, false, START_MS);
      const assets = cycle.assets.map(plain);
      const start = assets.indexOf([...assets].sort()[0] ?? '');
      const route = [...assets.slice(start), ...assets.slice(0, start)].join('>');
      return { route, edgeBps: confirmation.found ? confirmation.edge.edgeBps : null };
    })
    .sort((a, b) => (a.route < b.route ? -1 : 1));
}

const PLAIN: Names = {
  assets: ['A', 'B', 'C', 'D', 'E', 'F'],
  exchanges: ['x', 'y', 'z'],
};

const places = Array.from({ length: ASSETS_COUNT }, (_, base) =>
  Array.from({ length: ASSETS_COUNT }, (__, other) => ({ base, quote: other })),
)
  .flat()
  .filter(({ base, quote: other }) => base < other)
  .flatMap((pair) =>
    Array.from({ length: EXCHANGES_COUNT }, (_, exchange) => ({ ...pair, exchange })),
  );

const offers: fc.Arbitrary<readonly Offer[]> = fc
  .tuple(
    fc.shuffledSubarray(places, { minLength: 10 }),
    fc.array(fc.integer({ min: 0, max: 1_000 }), {
      minLength: places.length,
      maxLength: places.length,
    }),
    fc.integer({ min: 0, max: 10 }),
  )
  .map(([chosen, noise, takerBps]) =>
    chosen.map((place, index) => ({
      ...place,
      // Assets are worth 1, 2, 3 …; prices are up to 0.5 % off.
      price: Number(
        (((place.base + 1) / (place.quote + 1)) * (1 + ((noise[index] ?? 0) - 500) / 1e5)).toFixed(
          8,
        ),
      ),
      size: 1 + ((noise[index] ?? 0) % 7),
      takerBps,
    })),
  );

describe('the cycles of a market', () => {
  test('do not depend on what its assets and exchanges are called, nor on the order of its markets', () => {
    const names = fc.record({
      assets: fc.shuffledSubarray([...PLAIN.assets], { minLength: ASSETS_COUNT }),
      exchanges: fc.shuffledSubarray([...PLAIN.exchanges], { minLength: EXCHANGES_COUNT }),
    });
    let foundCount = 0;
    fc.assert(
      fc.property(offers, names, (given, other) => {
        const expected = detect(given, PLAIN, createWasmCycles);
        const found = detect([...given].reverse(), other, createWasmCycles);
        foundCount += found.length;
        expect(found.map(({ route }) => route)).toEqual(expected.map(({ route }) => route));
        for (const [index, { edgeBps }] of found.entries()) {
          const wanted = expected[index]?.edgeBps ?? null;
          expect(edgeBps === null).toBe(wanted === null);
          expect(Math.abs((edgeBps ?? 0) - (wanted ?? 0))).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60, seed: 9 },
    );
    expect(foundCount).toBeGreaterThan(100);
  });

  test('are the same by both kernels', () => {
    fc.assert(
      fc.property(offers, (given) => {
        const reference = detect(given, PLAIN, createReferenceCycles);
        expect(detect(given, PLAIN, createWasmCycles)).toEqual(reference);
      }),
      { numRuns: 60, seed: 10 },
    );
  });
});
