/** Rows about sizing two books. */

import { readFile } from 'node:fs/promises';
import type { Level } from '../../src/domain/book.ts';
import type { MarketKernel, PairSizingRequest } from '../../src/kernel/kernel.ts';
import type { BenchRow, BenchVariant, SkippedRow } from '../bench.ts';
import type { CreateBenchKernel } from './screen-rows.ts';

/** Levels of the deepest recorded side. */
export const RECORDED_LEVELS_COUNT = 2227;

const REQUEST: PairSizingRequest = {
  askSlot: 0,
  bidSlot: 1,
  buyTakerRatio: 0.0025,
  sellTakerRatio: 0.0025,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxCostInQuote: Number.POSITIVE_INFINITY,
};

interface RecordedLevel {
  readonly price: number;
  readonly amount: number;
}

type RecordedBooks = Readonly<
  Record<string, Readonly<Record<'asks' | 'bids', readonly RecordedLevel[]>>>
>;

export async function createBookRows(
  createKernels: CreateBenchKernel,
): Promise<readonly (BenchRow | SkippedRow)[]> {
  const name = 'two-recorded-books';
  const books = await readRecordedBooks();
  if (books === null) return [{ name, skipped: 'two-venue-books-2013/books.json is missing' }];
  const asks = books['BitstampUSD']?.asks ?? [];
  const bids = books['KrakenEUR']?.bids ?? [];
  const kernels = createKernels();
  for (const kernel of kernels) {
    kernel.loadBook(0, [], asks.map(toLevel));
    kernel.loadBook(1, bids.map(toLevel), []);
    kernel.loadBook(2, [], []);
  }
  return [
    {
      name,
      question: 'How long does the exact size of two deep, far crossed books take?',
      input: `recorded books, ${asks.length} asks against ${bids.length} bids, 25 bps taker on both`,
      notMeasured: 'loading the books, which makes the running sums',
      operationsCount: 1,
      variants: [
        ...kernels.flatMap(floorVariant),
        peerVariant(asks, bids),
        ...kernels.map(toVariant),
      ],
    },
    createLoadRow(kernels, asks.slice(0, 100).map(toLevel), bids.slice(0, 100).map(toLevel)),
  ];
}

/** From levels as a feed gives them to a size. */
function createLoadRow(
  kernels: readonly MarketKernel[],
  asks: readonly Level[],
  bids: readonly Level[],
): BenchRow {
  const size = (kernel: MarketKernel) => {
    kernel.loadBook(0, [], asks);
    kernel.loadBook(1, bids, []);
    return kernel.sizePair(REQUEST);
  };
  const toObjects = (levels: readonly Level[]) =>
    levels.map(([price, amount]) => ({ price, amount }));
  return {
    name: 'load-and-size-100-levels',
    question: 'What does it cost to load two books of 100 levels and size them?',
    input: 'the best 100 levels of the recorded books, which all cross',
    notMeasured: 'parsing the books',
    operationsCount: 1,
    variants: [
      peerVariant(toObjects(asks), toObjects(bids)),
      ...kernels.map(
        (kernel): BenchVariant => ({
          name: `${kernel.name} kernel`,
          role: 'ours',
          run: () => size(kernel),
          answer: () => toAnswer(size(kernel)),
        }),
      ),
    ],
  };
}

async function readRecordedBooks(): Promise<RecordedBooks | null> {
  const folder = process.env['SPREADSCOPE_DATA_DIR'];
  const file = 'two-venue-books-2013/books.json';
  const location =
    folder === undefined
      ? new URL(`../../../shared/data/${file}`, import.meta.url)
      : `${folder}/${file}`;
  try {
    return JSON.parse(await readFile(location, 'utf8'));
  } catch {
    return null;
  }
}

/** Compared to nine digits: running sums and a level by level walk round differently. */
function toAnswer(sizing: { readonly sizeInBase: number; readonly profitInQuote: number }) {
  return [sizing.sizeInBase.toPrecision(9), sizing.profitInQuote.toPrecision(9)];
}

function toVariant(kernel: MarketKernel): BenchVariant {
  const run = () => kernel.sizePair(REQUEST);
  return { name: `${kernel.name} kernel`, role: 'ours', run, answer: () => toAnswer(run()) };
}

/** A call that finds nothing to walk: crossing the boundary, checks and the answer's object. */
function floorVariant(kernel: MarketKernel): readonly BenchVariant[] {
  if (kernel.name !== 'wasm') return [];
  const empty = { ...REQUEST, askSlot: 2, bidSlot: 2 };
  return [{ name: 'call without a book', role: 'floor', run: () => kernel.sizePair(empty) }];
}

function peerVariant(asks: readonly RecordedLevel[], bids: readonly RecordedLevel[]): BenchVariant {
  const run = () => mergeWalk(asks, bids);
  return {
    name: 'merge walk over level objects',
    role: 'peer',
    run,
    answer: () => toAnswer(run()),
  };
}

/** How it is commonly done: take the smaller of the two best levels until they no longer cross. */
function mergeWalk(asks: readonly RecordedLevel[], bids: readonly RecordedLevel[]) {
  let sizeInBase = 0;
  let cost = 0;
  let proceeds = 0;
  let ask = 0;
  let bid = 0;
  let askLeft = asks[0]?.amount ?? 0;
  let bidLeft = bids[0]?.amount ?? 0;
  for (;;) {
    const bestAsk = asks[ask];
    const bestBid = bids[bid];
    if (bestAsk === undefined || bestBid === undefined) break;
    const netAsk = bestAsk.price * (1 + REQUEST.buyTakerRatio);
    const netBid = bestBid.price * (1 - REQUEST.sellTakerRatio);
    if (netBid <= netAsk) break;
    const taken = Math.min(askLeft, bidLeft);
    sizeInBase += taken;
    cost += taken * netAsk;
    proceeds += taken * netBid;
    askLeft -= taken;
    bidLeft -= taken;
    if (askLeft === 0) {
      ask += 1;
      askLeft = asks[ask]?.amount ?? 0;
    }
    if (bidLeft === 0) {
      bid += 1;
      bidLeft = bids[bid]?.amount ?? 0;
    }
  }
  return { sizeInBase, profitInQuote: proceeds - cost };
}

function toLevel({ price, amount }: RecordedLevel): Level {
  return [price, amount];
}
