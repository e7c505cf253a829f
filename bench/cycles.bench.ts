/** What finding cycles costs, against how it is commonly done. */

import type { CycleKernel } from '../src/kernel/cycles/cycle-kernel.ts';
import { createReferenceCycleKernel } from '../src/kernel/cycles/reference-cycle-kernel.ts';
import { createWasmCycleKernel } from '../src/kernel/cycles/wasm-cycle-kernel.ts';
import { loadKernelModule } from '../src/kernel/load-file.ts';
import { type BenchRow, type BenchVariant, defineBench } from './bench.ts';
import {
  ALWAYS,
  applyOffers,
  type BenchMarket,
  createHubGraph,
  createMarket,
  createStarGraph,
  type Offer,
  toBestRates,
  writeOffer,
} from './cycles/graphs.ts';
import { sweepMap, sweepPair, toName, toRateMap } from './cycles/map-peer.ts';
import { listRoutes, priceRoutes } from './cycles/typed-array-peer.ts';

const MAX_HITS = 4096;
const UPDATES_COUNT = 1000;

export const bench = defineBench({
  name: 'cycles',
  rows: async () => {
    const module = await loadKernelModule();
    const createKernel = (market: BenchMarket): CycleKernel => {
      const kernel = createWasmCycleKernel(module, market.graph);
      applyOffers(kernel, market.offers);
      kernel.screenDirty({ minEdgeRatio: 0, minLegs: 2, maxLegs: 3, maxHitsCount: MAX_HITS });
      return kernel;
    };
    const stars = createMarket(2, createStarGraph(337, 4), 0);
    const market = createMarket(2, createHubGraph(1, 300, 1500, 8), UPDATES_COUNT);
    return [
      createTriangleRow(stars, createKernel(stars)),
      createSweepRow(market, createKernel(market)),
      createUpdateRow(market, createKernel(market), 3),
      createUpdateRow(market, createKernel(market), 4),
      createAnyLengthRow(market, createKernel(market)),
    ];
  },
});

function createTriangleRow(market: BenchMarket, kernel: CycleKernel): BenchRow {
  const { triangles } = listRoutes(market.graph);
  const copy = triangles.slice();
  const rates = toBestRates(market);
  return {
    name: 'triangles-repriced',
    question: 'How long does pricing two thousand known triangles take, both ways round?',
    input: `337 assets and 4 that all trade against, ${triangles.length / 3} triangles`,
    notMeasured: 'judging which exchange is best; finding the routes',
    operationsCount: 1,
    variants: [
      { name: 'copying the routes', role: 'floor', run: () => copy.set(triangles) },
      edgesVariant('typed arrays', 'peer', () => priceRoutes(rates, triangles, 3)),
      sweepVariant(kernel, 3, 3),
    ],
  };
}

function createSweepRow(market: BenchMarket, kernel: CycleKernel): BenchRow {
  const { triangles, squares } = listRoutes(market.graph);
  const rates = toBestRates(market);
  const map = toRateMap(market);
  const reference = createReferenceCycleKernel(market.graph);
  applyOffers(reference, market.offers);
  return {
    name: 'sweep-3-and-4-legs',
    question: 'How long does a look at every cycle of three and four legs take?',
    input: `300 assets, 1500 pairs × 8 exchanges, ${(triangles.length / 3) * 2} and ${squares.length / 2} cycles`,
    notMeasured: 'judging which exchange is best',
    operationsCount: 1,
    variants: [
      { name: 'reading the rates', role: 'floor', run: () => sumOf(rates) },
      edgesVariant('maps of maps, all cycles walked', 'peer', () => sweepMap(map)),
      edgesVariant('typed arrays, all routes priced', 'peer', () => [
        ...priceRoutes(rates, triangles, 3),
        ...priceRoutes(rates, squares, 4),
      ]),
      sweepVariant(reference, 3, 4),
      sweepVariant(kernel, 3, 4),
    ],
  };
}

function createUpdateRow(market: BenchMarket, kernel: CycleKernel, legs: 3 | 4): BenchRow {
  const map = toRateMap(market);
  const rounds = toChangingRounds(market, kernel);
  let round = 0;
  const names = rounds[0].map(({ pair }) => {
    const { from, to } = market.graph.pairs[pair] ?? { from: 0, to: 0 };
    return [toName(from), toName(to)] as const;
  });
  const params = { minEdgeRatio: 0, minLegs: legs, maxLegs: legs, maxHitsCount: MAX_HITS };
  return {
    name: `one-update-${legs}-legs`,
    question: `What does one changed offer cost, judged and its cycles of ${legs} legs priced?`,
    input: `300 assets, 1500 pairs × 8 exchanges, ${names.length} new best offers of random pairs, one at a time`,
    notMeasured: 'parsing the message; the peer does not store the offer',
    operationsCount: names.length,
    variants: [
      { name: 'writing the offer', role: 'floor', run: () => writeAll(kernel, rounds[0]) },
      {
        name: 'maps of maps',
        role: 'peer',
        run: () =>
          names.reduce((sum, [from, to]) => sum + sweepPair(map, from, to, legs).length, 0),
      },
      {
        name: `${kernel.name} kernel`,
        role: 'ours',
        run: () => {
          round = 1 - round;
          const updates = rounds[round] ?? rounds[0];
          let hits = 0;
          for (let row = 0; row < updates.length; row += 1) {
            const update = updates[row];
            if (update === undefined) continue;
            writeOffer(kernel, 0, update);
            kernel.applyRates(1, ALWAYS);
            hits += kernel.screenDirty(params).hitsCount;
          }
          return hits;
        },
      },
    ],
  };
}

/** Two rounds of updates to the best offers of the same pairs: each round changes what the other left. */
function toChangingRounds(market: BenchMarket, kernel: CycleKernel) {
  const { exchangesCount } = market.graph;
  const pairs = [...new Set(market.updates.map(({ pair }) => pair))];
  const updates = pairs.flatMap((pair): readonly Offer[] => {
    const { exchangeIndex } = kernel.readConversion(pair * 2);
    const best = market.offers[pair * exchangesCount + exchangeIndex];
    return best === undefined ? [] : [best];
  });
  const lower = updates.map((offer) => ({ ...offer, forward: offer.forward * (1 - 1e-9) }));
  return [updates, lower] as const;
}

function createAnyLengthRow(market: BenchMarket, kernel: CycleKernel): BenchRow {
  const quiet = {
    ...market,
    offers: market.offers.map((offer) => ({
      ...offer,
      forward: offer.forward * 0.999,
      backward: offer.backward * 0.999,
    })),
  };
  applyOffers(kernel, quiet.offers);
  const rates = toBestRates(quiet);
  const reference = createReferenceCycleKernel(market.graph);
  applyOffers(reference, quiet.offers);
  return {
    name: 'any-length-without-a-cycle',
    question: 'How long does it take to know that no cycle of any length earns anything?',
    input: '300 assets, 1500 pairs × 8 exchanges, offers 10 bps worse on both sides',
    notMeasured: 'judging which exchange is best',
    operationsCount: 1,
    variants: [
      { name: 'reading the rates', role: 'floor', run: () => sumOf(rates) },
      findVariant(reference, 'peer'),
      findVariant(kernel, 'ours'),
    ],
  };
}

function findVariant(kernel: CycleKernel, role: BenchVariant['role']): BenchVariant {
  const run = () => kernel.findCycle();
  return { name: `${kernel.name} kernel`, role, run, answer: run };
}

function edgesVariant(
  name: string,
  role: BenchVariant['role'],
  run: () => readonly number[],
): BenchVariant {
  return { name, role, run, answer: () => toAnswer(run()) };
}

function sweepVariant(kernel: CycleKernel, minLegs: number, maxLegs: number): BenchVariant {
  const params = { minEdgeRatio: 0, minLegs, maxLegs, maxHitsCount: MAX_HITS };
  const run = () => kernel.sweep(params).hitsCount;
  return {
    name: `${kernel.name} kernel`,
    role: 'ours',
    run,
    answer: () => toAnswer(kernel.hits.edgeRatio.subarray(0, run())),
  };
}

/** Edges, greatest first, to twelve decimals: a product rounds by the order of its factors. */
function toAnswer(edges: ArrayLike<number>): readonly string[] {
  return Array.from(edges, (edge) => edge.toFixed(12)).sort();
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return sum;
}

function writeAll(kernel: CycleKernel, updates: readonly Offer[]): void {
  for (let row = 0; row < updates.length; row += 1) {
    const update = updates[row];
    if (update !== undefined) writeOffer(kernel, 0, update);
  }
}
