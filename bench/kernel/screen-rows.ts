/** Rows about screening: everything at once, and what an update costs. */

import type { MarketKernel } from '../../src/kernel/kernel.ts';
import type { BenchRow, BenchVariant } from '../bench.ts';
import {
  createTickers,
  createUpdates,
  FRESH,
  fillKernel,
  NOW_MS,
  readBenchHits,
  type Ticker,
  writeBatch,
} from './markets.ts';
import { applyToMap, screenObjects, toTickerMap } from './object-peers.ts';
import { applyToNetPrices, screenNetPrices, toNetPrices } from './typed-array-peer.ts';

export const SYMBOLS_COUNT = 4096;
export const EXCHANGES_COUNT = 32;
const SEED = 1;
const UPDATES_COUNT = 1000;
const INPUT = `${SYMBOLS_COUNT} symbols × ${EXCHANGES_COUNT} exchanges, seed ${SEED}`;

export type CreateBenchKernel = () => readonly MarketKernel[];

export function createScreenRows(createKernels: CreateBenchKernel): readonly BenchRow[] {
  const tickers = createTickers(SEED, SYMBOLS_COUNT, EXCHANGES_COUNT);
  return [
    createFullScreen(tickers, createKernels()),
    createStaleScreen(tickers, createKernels()),
    createUpdateRow(tickers, createKernels()),
  ];
}

function createFullScreen(
  tickers: readonly (readonly Ticker[])[],
  kernels: readonly MarketKernel[],
): BenchRow {
  const prices = toNetPrices(tickers);
  const copies = [prices.netBid.slice(), prices.netAsk.slice()] as const;
  return {
    name: 'full-screen',
    question: 'How long does one look at every symbol and every exchange take?',
    input: INPUT,
    notMeasured:
      'storing the quotes; rows whose bounds a scan must make exact again (next row); the peers do not check ages',
    operationsCount: 1,
    variants: [
      {
        name: 'copy of the net prices',
        role: 'floor',
        run: () => {
          copies[0].set(prices.netBid);
          copies[1].set(prices.netAsk);
        },
      },
      peer('typed arrays', () => screenNetPrices(prices)),
      peer('objects, all pairs', () => screenObjects(tickers)),
      ...kernels.map((kernel) => {
        fillKernel(kernel, tickers);
        return screenVariant(kernel);
      }),
    ],
  };
}

/**
 * One exchange went silent at prices that nobody else offers: the bounds of every row promise an edge that no fresh
 * quote gives, and every row has to be scanned with a look at its times.
 */
function createStaleScreen(
  tickers: readonly (readonly Ticker[])[],
  kernels: readonly MarketKernel[],
): BenchRow {
  const silent = 3;
  const aged = tickers.map((row) =>
    row.map((ticker) => (ticker.exchangeIndex === silent ? toSilent(ticker) : ticker)),
  );
  const fresh = tickers.map((row) => row.filter(({ exchangeIndex }) => exchangeIndex !== silent));
  return {
    name: 'full-screen-behind-a-silent-exchange',
    question: 'What does a look at everything cost when no row can be ruled out by its bounds?',
    input: `${INPUT}, one exchange stale at a bid above all others`,
    notMeasured: 'storing the quotes; the peer is spared the stale tickers',
    operationsCount: 1,
    variants: [
      peer('objects, all pairs', () => screenObjects(fresh)),
      ...kernels.map((kernel) => {
        fillKernel(kernel, aged);
        return screenVariant(kernel);
      }),
    ],
  };
}

function toSilent(ticker: Ticker): Ticker {
  const { bid, ask } = ticker;
  return { ...ticker, bid: bid * 1.01, ask: ask * 1.01, timeMs: NOW_MS - 5001 };
}

function createUpdateRow(
  tickers: readonly (readonly Ticker[])[],
  kernels: readonly MarketKernel[],
): BenchRow {
  const updates = createUpdates(SEED + 1, tickers, UPDATES_COUNT);
  const map = toTickerMap(tickers);
  const prices = toNetPrices(tickers);
  const [first] = kernels;
  const bySymbol = (a: { symbolIndex: number }, b: { symbolIndex: number }) =>
    a.symbolIndex - b.symbolIndex;
  return {
    name: 'update-and-rescreen',
    question: 'What does one update cost, stored and its symbol screened again?',
    input: `${INPUT}, ${UPDATES_COUNT} updates of random markets a run`,
    notMeasured: 'parsing the message; finding the indices of its names',
    operationsCount: UPDATES_COUNT,
    variants: [
      ...(first === undefined ? [] : [batchFloor(first, updates)]),
      {
        name: 'map of ticker objects',
        role: 'peer',
        run: () => applyToMap(map, updates),
        answer: () => [...applyToMap(map, updates).values()].sort(bySymbol),
      },
      {
        name: 'typed arrays',
        role: 'peer',
        run: () => applyToNetPrices(prices, updates),
        answer: () => [...applyToNetPrices(prices, updates).values()].sort(bySymbol),
      },
      ...kernels.map((kernel) => {
        fillKernel(kernel, tickers);
        kernel.screenDirty(FRESH);
        return updateVariant(kernel, updates);
      }),
    ],
  };
}

function peer(name: string, run: () => unknown): BenchVariant {
  return { name, role: 'peer', run, answer: run };
}

function screenVariant(kernel: MarketKernel): BenchVariant {
  const run = () => kernel.screenAll(FRESH);
  return {
    name: `${kernel.name} kernel`,
    role: 'ours',
    run,
    answer: () => readBenchHits(kernel, run()),
  };
}

function updateVariant(kernel: MarketKernel, updates: readonly Ticker[]): BenchVariant {
  const run = () => {
    writeBatch(kernel, updates);
    kernel.applyQuotes(updates.length);
    return kernel.screenDirty(FRESH);
  };
  return {
    name: `${kernel.name} kernel`,
    role: 'ours',
    run,
    answer: () => readBenchHits(kernel, run()),
  };
}

/** Writing the batch alone: what memory and the reading of objects allow. */
function batchFloor(kernel: MarketKernel, updates: readonly Ticker[]): BenchVariant {
  return { name: 'writing the batch', role: 'floor', run: () => writeBatch(kernel, updates) };
}
