/** What the exact size between two books costs, by depth and by how much of them crosses. */

import type { Level } from '../src/domain/book.ts';
import type { MarketKernel, PairSizingRequest } from '../src/kernel/kernel.ts';
import { loadKernelModule } from '../src/kernel/load-file.ts';
import { createWasmKernel } from '../src/kernel/wasm.ts';
import { type BenchRow, defineBench } from './bench.ts';
import { createRandom } from './random.ts';

const LEVELS_COUNTS = [20, 100, 500];
const SEED = 1;
const ASK_SLOT = 0;
const BID_SLOT = 1;
const EMPTY_SLOT = 2;

const REQUEST: PairSizingRequest = {
  askSlot: ASK_SLOT,
  bidSlot: BID_SLOT,
  buyTakerRatio: 0.001,
  sellTakerRatio: 0.001,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxCostInQuote: Number.POSITIVE_INFINITY,
};

interface Books {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
}

export const bench = defineBench({
  name: 'sizing',
  rows: async () => {
    const module = await loadKernelModule();
    return LEVELS_COUNTS.flatMap((levelsCount) =>
      (['few', 'most'] as const).map((crossing) => {
        const capacity = {
          symbolsCount: 1,
          exchangesCount: 2,
          bookSlotsCount: 3,
          bookLevelsCount: levelsCount,
        };
        const books = createBooks(levelsCount, crossing === 'few' ? 0.05 : 0.9);
        return createRow(levelsCount, crossing, books, createWasmKernel(module, capacity));
      }),
    );
  },
});

/**
 * Two books whose levels lie a tenth of a basis point apart. The bids begin so far above the asks that, after fees, about
 * `crossedShare` of the levels of both sides are taken.
 */
function createBooks(levelsCount: number, crossedShare: number): Books {
  const random = createRandom(SEED);
  const step = 1e-5;
  const fees = REQUEST.buyTakerRatio + REQUEST.sellTakerRatio;
  const gap = fees + 2 * crossedShare * levelsCount * step;
  const size = () => 0.5 + random.next();
  const side = (start: number, direction: number) =>
    Array.from(
      { length: levelsCount },
      (_, level): Level => [start * (1 + direction * level * step), size()],
    );
  return { asks: side(100, 1), bids: side(100 * (1 + gap), -1) };
}

function createRow(
  levelsCount: number,
  crossing: 'few' | 'most',
  { asks, bids }: Books,
  kernel: MarketKernel,
): BenchRow {
  const load = () => {
    kernel.loadBook(ASK_SLOT, [], asks);
    kernel.loadBook(BID_SLOT, bids, []);
  };
  const loadAndSize = () => {
    load();
    return kernel.sizePair(REQUEST);
  };
  const sizeLoaded = () => kernel.sizePair(REQUEST);
  kernel.loadBook(EMPTY_SLOT, [], []);
  load();
  return {
    name: `${levelsCount}-levels-${crossing}-cross`,
    question: 'What does the exact size of two books cost, from levels as ccxt gives them?',
    input: `${levelsCount} levels a side, seed ${SEED}, 10 bps taker on both, about ${crossing === 'few' ? '5' : '90'} % of the levels cross`,
    notMeasured:
      'parsing the books; lots, limits and fixed costs, which are applied once to the result',
    operationsCount: 1,
    variants: [
      {
        name: 'call without a book',
        role: 'floor',
        run: () => kernel.sizePair({ ...REQUEST, askSlot: EMPTY_SLOT, bidSlot: EMPTY_SLOT }),
      },
      {
        name: 'merge walk over level objects',
        role: 'peer',
        run: () => mergeWalk(asks, bids),
        answer: () => toAnswer(mergeWalk(asks, bids)),
      },
      {
        name: 'wasm kernel, load and size',
        role: 'ours',
        run: loadAndSize,
        answer: () => toAnswer(loadAndSize()),
      },
      {
        name: 'wasm kernel, loaded books',
        role: 'ours',
        run: sizeLoaded,
        answer: () => toAnswer(sizeLoaded()),
      },
    ],
  };
}

/** How it is commonly done: an object a level, then the smaller of the two best until they no longer cross. */
function mergeWalk(askLevels: readonly Level[], bidLevels: readonly Level[]) {
  const asks = askLevels.map(([price, amount]) => ({ price, amount }));
  const bids = bidLevels.map(([price, amount]) => ({ price, amount }));
  let sizeInBase = 0;
  let profitInQuote = 0;
  for (let ask = 0, bid = 0; ; ) {
    const bestAsk = asks[ask];
    const bestBid = bids[bid];
    if (bestAsk === undefined || bestBid === undefined) break;
    const netAsk = bestAsk.price * (1 + REQUEST.buyTakerRatio);
    const netBid = bestBid.price * (1 - REQUEST.sellTakerRatio);
    if (netBid <= netAsk) break;
    const taken = Math.min(bestAsk.amount, bestBid.amount);
    sizeInBase += taken;
    profitInQuote += taken * (netBid - netAsk);
    bestAsk.amount -= taken;
    bestBid.amount -= taken;
    if (bestAsk.amount === 0) ask += 1;
    if (bestBid.amount === 0) bid += 1;
  }
  return { sizeInBase, profitInQuote };
}

/** Compared to nine digits: running sums and a level by level walk round differently. */
function toAnswer(sizing: { readonly sizeInBase: number; readonly profitInQuote: number }) {
  return [sizing.sizeInBase.toPrecision(9), sizing.profitInQuote.toPrecision(9)];
}
