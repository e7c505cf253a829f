/** Seeded graphs for the benches of cycles: a few assets that most others trade against. */

import type { CycleGraph, CycleKernel } from '../../src/kernel/cycles/cycle-kernel.ts';
import { toBuyRate, toSellRate } from '../../src/kernel/cycles/rates.ts';
import { createRandom, type Random } from '../random.ts';

export const ALWAYS = { nowMs: 0, maxAgeMs: 5000, maxFutureMs: 1000 } as const;

/** One offer on one exchange. */
export interface Offer {
  readonly pair: number;
  readonly exchange: number;
  readonly forward: number;
  readonly backward: number;
}

export interface BenchMarket {
  readonly graph: CycleGraph;
  readonly offers: readonly Offer[];
  /** Later offers of random markets. */
  readonly updates: readonly Offer[];
}

/** Assets that most others trade against. */
const HUBS_COUNT = 8;

/** `pairsCount` pairs, each of any asset with one of the hubs, the first hubs drawn more often. */
export function createHubGraph(
  seed: number,
  assetsCount: number,
  pairsCount: number,
  exchangesCount: number,
): CycleGraph {
  const random = createRandom(seed);
  const pairs = new Map<number, { readonly from: number; readonly to: number }>();
  while (pairs.size < pairsCount) {
    const from = random.below(assetsCount);
    const to = Math.floor(HUBS_COUNT * random.next() ** 2);
    if (from === to) continue;
    pairs.set(Math.min(from, to) * assetsCount + Math.max(from, to), { from, to });
  }
  return { assetsCount, exchangesCount, pairs: [...pairs.values()] };
}

/** Every asset paired with each of the first `hubsCount`, and those with one another. */
export function createStarGraph(assetsCount: number, hubsCount: number): CycleGraph {
  const pairs = Array.from({ length: hubsCount }, (_, hub) =>
    Array.from({ length: assetsCount - hub - 1 }, (_, step) => ({ from: hub + step + 1, to: hub })),
  ).flat();
  return { assetsCount, exchangesCount: 8, pairs };
}

/** Offers around one value per asset; spreads and fees leave nothing, but for one offer in 1,500 that is 10 bps off. */
export function createMarket(seed: number, graph: CycleGraph, updatesCount: number): BenchMarket {
  const random = createRandom(seed);
  const values = Array.from({ length: graph.assetsCount }, () => 10 ** (random.next() * 6 - 3));
  const offerOf = (pair: number, exchange: number): Offer => {
    const { from, to } = graph.pairs[pair] ?? { from: 0, to: 0 };
    const price = (values[from] ?? 1) / (values[to] ?? 1);
    return toOffer(random, price, pair, exchange);
  };
  const offers = graph.pairs.flatMap((_, pair) =>
    Array.from({ length: graph.exchangesCount }, (_, exchange) => offerOf(pair, exchange)),
  );
  const updates = Array.from({ length: updatesCount }, () =>
    offerOf(random.below(graph.pairs.length), random.below(graph.exchangesCount)),
  );
  return { graph, offers, updates };
}

function toOffer(random: Random, price: number, pair: number, exchange: number): Offer {
  const dislocation = random.below(1500) === 0 ? 10e-4 : 0;
  const middle = price * (1 + (random.next() - 0.5) * 6e-4 + dislocation);
  const half = 2e-4 + random.next() * 3e-4;
  const forward = toSellRate(middle * (1 - half), 0.0004);
  const backward = toBuyRate(middle * (1 + half), 0.0004);
  return { pair, exchange, forward, backward };
}

/** Applies offers, in batches. */
export function applyOffers(kernel: CycleKernel, offers: readonly Offer[]): void {
  for (let from = 0; from < offers.length; from += kernel.batchCapacityCount) {
    const part = offers.slice(from, from + kernel.batchCapacityCount);
    for (const [row, offer] of part.entries()) writeOffer(kernel, row, offer);
    kernel.applyRates(part.length, ALWAYS);
  }
}

export function writeOffer(kernel: CycleKernel, row: number, offer: Offer): void {
  kernel.batch.pairIndex[row] = offer.pair;
  kernel.batch.exchangeIndex[row] = offer.exchange;
  kernel.batch.forwardRate[row] = offer.forward;
  kernel.batch.backwardRate[row] = offer.backward;
  kernel.batch.timeMs[row] = 0;
}

/** Best rate by conversion, over all exchanges. */
export function toBestRates({ graph, offers }: BenchMarket): Float64Array {
  const best = new Float64Array(graph.pairs.length * 2);
  for (const { pair, forward, backward } of offers) {
    best[pair * 2] = Math.max(best[pair * 2] ?? 0, forward);
    best[pair * 2 + 1] = Math.max(best[pair * 2 + 1] ?? 0, backward);
  }
  return best;
}
