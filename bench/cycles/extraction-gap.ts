/**
 * Question: how far is taking one cycle after the other (`greedyExtract`) from the optimum of the linear programme over
 * the same levels? Input: 12 assets, 40 markets, 5 levels a side, prices up to 0.6 % off, seeds 1 to 20. Not measured:
 * time.
 *
 *   bun bench/cycles/extraction-gap.ts
 */

import { type ExtractOffer, greedyExtract } from '../../src/detect/cycles/greedy-extract.ts';
import { createReferenceCycleKernel } from '../../src/kernel/cycles/reference-cycle-kernel.ts';
import { solveExtraction } from '../../test/support/linear-programme.ts';
import { createRandom, type Random } from '../random.ts';

const ASSETS_COUNT = 12;
const MARKETS_COUNT = 40;
const LEVELS_COUNT = 5;
const SEEDS_COUNT = 20;
/** Half of the range that prices are off by. */
const NOISE_RATIO = 0.006;

function createOffers(seed: number): readonly ExtractOffer[] {
  const random = createRandom(seed);
  return Array.from({ length: MARKETS_COUNT }, () => createMarket(random)).flat();
}

/** Assets are worth 1, 2, 3 …; each level is 0.05 % worse than the one before. */
function createMarket(random: Random): readonly ExtractOffer[] {
  const base = random.below(ASSETS_COUNT);
  const quote = (base + 1 + random.below(ASSETS_COUNT - 1)) % ASSETS_COUNT;
  const middle = ((base + 1) / (quote + 1)) * (1 + (random.next() * 2 - 1) * NOISE_RATIO);
  const ladder = (rate: number) =>
    Array.from({ length: LEVELS_COUNT }, (_, level) => ({
      input: 1 + random.below(20),
      rate: rate * (1 - 0.0005 * (level + 1)),
    }));
  return [
    { from: `A${base}`, to: `A${quote}`, levels: ladder(middle) },
    { from: `A${quote}`, to: `A${base}`, levels: ladder(1 / middle) },
  ];
}

const shares: number[] = [];
for (let seed = 1; seed <= SEEDS_COUNT; seed += 1) {
  const offers = createOffers(seed);
  const optimum = await solveExtraction(offers, 'A0');
  const { profit, cyclesCount } = greedyExtract({
    offers,
    target: 'A0',
    createKernel: createReferenceCycleKernel,
    maxLegs: 5,
  });
  shares.push(profit / optimum);
  process.stdout.write(
    `seed ${seed}: optimum ${optimum.toFixed(6)}, greedy ${profit.toFixed(6)} in ${cyclesCount} cycles\n`,
  );
}
shares.sort((a, b) => a - b);
const median = shares[Math.floor(shares.length / 2)] ?? Number.NaN;
process.stdout.write(
  `greedy takes ${(median * 100).toFixed(2)} % of the optimum (median), ${((shares[0] ?? Number.NaN) * 100).toFixed(2)} % at worst\n`,
);
