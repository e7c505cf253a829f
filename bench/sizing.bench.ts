/** What the size of greatest profit between two books costs, with its whole waterfall, by depth and how much crosses. */

import type { Level } from '../src/domain/book.ts';
import type { MarketKernel, PairCostRequest } from '../src/kernel/kernel.ts';
import { loadKernelModule } from '../src/kernel/load-file.ts';
import { createWasmKernel } from '../src/kernel/wasm.ts';
import { type BenchRow, type BenchVariant, defineBench } from './bench.ts';
import { createRandom } from './random.ts';

const LEVELS_COUNTS = [20, 100, 500];
/** Pairs of books, each with a seed of its own: a processor learns the branches of a pair that comes again and again. */
const PAIRS_COUNT = 64;
const ASK_SLOT = 0;
const BID_SLOT = PAIRS_COUNT;
const EMPTY_SLOT = 2 * PAIRS_COUNT;

/** Share of the levels of both sides that cross. */
const CROSSINGS = { few: 0.05, most: 0.9, all: 1.2 } as const;
type Crossing = keyof typeof CROSSINGS;

/** Every cost there is; the fixed ones are earned far down the books. */
const REQUEST: PairCostRequest = {
  askSlot: ASK_SLOT,
  bidSlot: BID_SLOT,
  buyTakerRatio: 0.001,
  sellTakerRatio: 0.001,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxCostInQuote: Number.POSITIVE_INFINITY,
  conversionRate: 0.9995,
  riskRatio: 0.0002,
  fixedCostInQuote: 0,
};
/** Fixed costs as a share of the greatest profit. */
const FIXED_SHARE = 0.6;

interface Books {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
}

export const bench = defineBench({
  name: 'sizing',
  rows: async () => {
    const module = await loadKernelModule();
    return LEVELS_COUNTS.flatMap((levelsCount) =>
      (Object.keys(CROSSINGS) as Crossing[]).map((crossing) => {
        const capacity = {
          symbolsCount: 1,
          exchangesCount: 2,
          bookSlotsCount: 2 * PAIRS_COUNT + 1,
          bookLevelsCount: levelsCount,
        };
        const books = Array.from({ length: PAIRS_COUNT }, (_, pair) =>
          createBooks(pair + 1, levelsCount, CROSSINGS[crossing]),
        );
        return createRow(levelsCount, crossing, books, createWasmKernel(module, capacity));
      }),
    );
  },
});

/**
 * Two books whose levels lie a tenth of a basis point apart. The bids begin so far above the asks that, after fees, about
 * `crossedShare` of the levels of both sides are taken.
 */
function createBooks(seed: number, levelsCount: number, crossedShare: number): Books {
  const random = createRandom(seed);
  const step = 1e-5;
  const { buyTakerRatio, sellTakerRatio, riskRatio, conversionRate } = REQUEST;
  const fees = buyTakerRatio + sellTakerRatio + riskRatio + 1 - conversionRate;
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
  crossing: Crossing,
  books: readonly Books[],
  kernel: MarketKernel,
): BenchRow {
  kernel.loadBook(EMPTY_SLOT, [], []);
  const requests = books.map(({ asks, bids }, pair): PairCostRequest => {
    kernel.loadBook(ASK_SLOT + pair, [], asks);
    kernel.loadBook(BID_SLOT + pair, bids, []);
    const request = { ...REQUEST, askSlot: ASK_SLOT + pair, bidSlot: BID_SLOT + pair };
    const fixedCostInQuote = kernel.costPair(request).profitInQuote * FIXED_SHARE;
    return { ...request, fixedCostInQuote };
  });
  const nothing = { ...REQUEST, askSlot: EMPTY_SLOT, bidSlot: EMPTY_SLOT };
  const each = <Result>(run: (pair: Books, request: PairCostRequest) => Result) => {
    return () => {
      let last: Result | undefined;
      for (let pair = 0; pair < PAIRS_COUNT; pair += 1) {
        const [given, request] = [books[pair], requests[pair]];
        if (given !== undefined && request !== undefined) last = run(given, request);
      }
      return last;
    };
  };
  const variant = (
    name: string,
    role: BenchVariant['role'],
    run: (pair: Books, request: PairCostRequest) => Waterfall,
  ): BenchVariant => ({
    ...{ name, role, run: each(run) },
    answer: () => books.map((pair, index) => toAnswer(run(pair, requests[index] ?? REQUEST))),
  });
  return {
    name: `${levelsCount}-levels-${crossing}-cross`,
    question: 'What does the best size of two books cost, with every step of its waterfall?',
    input: `${levelsCount} levels a side, seeds 1 to ${PAIRS_COUNT}, one pair after the other, 10 bps taker on both, conversion, risk, fixed costs and the size that earns them; about ${Math.round(Math.min(1, CROSSINGS[crossing]) * 100)} % of the levels cross`,
    notMeasured:
      'parsing the books; lots and limits, which are applied to the result. A message changes one book: "one side loaded" has what its arrival needs, checks and running sums included',
    operationsCount: PAIRS_COUNT,
    variants: [
      { name: 'call without a book', role: 'floor', run: each(() => kernel.costPair(nothing)) },
      variant('merge walk over level objects', 'peer', ({ asks, bids }, { fixedCostInQuote }) =>
        mergeWalk(asks, bids, fixedCostInQuote),
      ),
      variant('wasm kernel, loaded books', 'ours', (_, request) => kernel.costPair(request)),
      variant('wasm kernel, one side loaded', 'ours', ({ asks }, request) => {
        kernel.loadBook(request.askSlot, [], asks);
        return kernel.costPair(request);
      }),
      variant('wasm kernel, both sides loaded', 'ours', ({ asks, bids }, request) => {
        kernel.loadBook(request.askSlot, [], asks);
        kernel.loadBook(request.bidSlot, bids, []);
        return kernel.costPair(request);
      }),
    ],
  };
}

interface Waterfall {
  readonly sizeInBase: number;
  readonly grossInQuote: number;
  readonly buyDepthInQuote: number;
  readonly sellDepthInQuote: number;
  readonly buyFeeInQuote: number;
  readonly sellFeeInQuote: number;
  readonly conversionInQuote: number;
  readonly riskInQuote: number;
  readonly netInQuote: number;
  readonly breakEvenSizeInBase: number | null;
}

/** How it is commonly done: an object a level, then the smaller of the two best until they no longer cross. */
function mergeWalk(
  askLevels: readonly Level[],
  bidLevels: readonly Level[],
  fixedCostInQuote: number,
): Waterfall {
  const asks = askLevels.map(([price, amount]) => ({ price, amount }));
  const bids = bidLevels.map(([price, amount]) => ({ price, amount }));
  const { buyTakerRatio, sellTakerRatio, conversionRate, riskRatio } = REQUEST;
  const keptRatio = (1 - sellTakerRatio) * (1 - riskRatio) * conversionRate;
  let [sizeInBase, bought, sold, profit] = [0, 0, 0, 0];
  let breakEvenSizeInBase: number | null = null;
  for (let ask = 0, bid = 0; ; ) {
    const bestAsk = asks[ask];
    const bestBid = bids[bid];
    if (bestAsk === undefined || bestBid === undefined) break;
    const edge = bestBid.price * keptRatio - bestAsk.price * (1 + buyTakerRatio);
    if (edge <= 0) break;
    const taken = Math.min(bestAsk.amount, bestBid.amount);
    const earned = taken * edge;
    if (breakEvenSizeInBase === null && profit + earned >= fixedCostInQuote) {
      breakEvenSizeInBase = sizeInBase + (fixedCostInQuote - profit) / edge;
    }
    sizeInBase += taken;
    bought += taken * bestAsk.price;
    sold += taken * bestBid.price;
    profit += earned;
    bestAsk.amount -= taken;
    bestBid.amount -= taken;
    if (bestAsk.amount === 0) ask += 1;
    if (bestBid.amount === 0) bid += 1;
  }
  const [bestAsk = 0, bestBid = 0] = [askLevels[0]?.[0], bidLevels[0]?.[0]];
  const received = sold * (1 - sellTakerRatio);
  return {
    sizeInBase,
    grossInQuote: sizeInBase * (bestBid - bestAsk),
    buyDepthInQuote: sizeInBase * bestAsk - bought,
    sellDepthInQuote: sold - sizeInBase * bestBid,
    buyFeeInQuote: -bought * buyTakerRatio,
    sellFeeInQuote: -sold * sellTakerRatio,
    conversionInQuote: received * (conversionRate - 1),
    riskInQuote: -received * conversionRate * riskRatio,
    netInQuote: profit - fixedCostInQuote,
    breakEvenSizeInBase,
  };
}

/** To six digits and hundredths: running sums and a level by level walk round differently in the last places. */
function toAnswer(waterfall: Waterfall): readonly (string | number)[] {
  const { sizeInBase, breakEvenSizeInBase, grossInQuote, netInQuote, ...others } = waterfall;
  const { buyDepthInQuote, sellDepthInQuote, buyFeeInQuote, sellFeeInQuote } = others;
  const { conversionInQuote, riskInQuote } = others;
  const steps = [grossInQuote, buyDepthInQuote, sellDepthInQuote, buyFeeInQuote, sellFeeInQuote];
  const amounts = [...steps, conversionInQuote, riskInQuote, netInQuote];
  const sizes = [sizeInBase, breakEvenSizeInBase ?? Number.NaN];
  return [
    ...sizes.map((size) => size.toPrecision(6)),
    ...amounts.map((amount) => Math.round(amount * 100) + 0),
  ];
}
