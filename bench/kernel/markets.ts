/** Seeded markets for the kernel's benches: one price per symbol, exchanges scattered around it. */

import type { MarketKernel } from '../../src/kernel/kernel.ts';
import { createRandom, type Random } from '../random.ts';

/** A quote as a feed delivers it, with its indices beside its names. */
export interface Ticker {
  readonly symbol: string;
  readonly exchange: string;
  readonly symbolIndex: number;
  readonly exchangeIndex: number;
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  readonly timeMs: number;
  readonly takerRatio: number;
}

export const NOW_MS = 1_700_000_000_000;
export const FRESH = { nowMs: NOW_MS, maxAgeMs: 5000, maxFutureMs: 1000, minEdgeRatio: 0 } as const;

/** One ticker of every market, by symbol, then exchange. Offsets of up to 11.5 bps either way, 20 bps of fees: one symbol in fifty or so has a spread that survives. */
export function createTickers(seed: number, symbolsCount: number, exchangesCount: number) {
  const random = createRandom(seed);
  return Array.from({ length: symbolsCount }, (_, symbolIndex) => {
    const price = 10 ** (random.next() * 6 - 2);
    return Array.from({ length: exchangesCount }, (_, exchangeIndex) =>
      createTicker(random, price, symbolIndex, exchangeIndex),
    );
  });
}

/** `count` later quotes of random markets. */
export function createUpdates(
  seed: number,
  tickers: readonly (readonly Ticker[])[],
  count: number,
) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (): Ticker => {
    const row = tickers[random.below(tickers.length)] ?? [];
    const old = row[random.below(row.length)];
    if (old === undefined) throw new RangeError('tickers: expected at least one, got none');
    return createTicker(random, meanPrice(row), old.symbolIndex, old.exchangeIndex);
  });
}

function meanPrice(row: readonly Ticker[]): number {
  return row.reduce((sum, { bid, ask }) => sum + bid + ask, 0) / (2 * row.length);
}

function createTicker(
  random: Random,
  price: number,
  symbolIndex: number,
  exchangeIndex: number,
): Ticker {
  const middle = price * (1 + (random.next() - 0.5) * 23e-4);
  const half = 1e-4 + random.next() * 4e-4;
  return {
    symbol: `S${symbolIndex}/USDT`,
    exchange: `exchange${exchangeIndex}`,
    symbolIndex,
    exchangeIndex,
    bid: middle * (1 - half),
    bidSize: 1 + random.next(),
    ask: middle * (1 + half),
    askSize: 1 + random.next(),
    timeMs: NOW_MS - random.below(3000),
    takerRatio: 0.001,
  };
}

/** Fees and quotes of all tickers, stored in a kernel. */
export function fillKernel(kernel: MarketKernel, tickers: readonly (readonly Ticker[])[]): void {
  for (const row of tickers) {
    for (const ticker of row) {
      kernel.setTakerRatio(ticker.symbolIndex, ticker.exchangeIndex, ticker.takerRatio);
    }
    writeBatch(kernel, row);
    kernel.applyQuotes(row.length);
  }
}

/** Writes quotes to the kernel's batch. */
export function writeBatch(kernel: MarketKernel, tickers: readonly Ticker[]): void {
  const { symbolIndex, exchangeIndex, bid, bidSize, ask, askSize, timeMs } = kernel.batch;
  for (let row = 0; row < tickers.length; row += 1) {
    const ticker = tickers[row];
    if (ticker === undefined) continue;
    symbolIndex[row] = ticker.symbolIndex;
    exchangeIndex[row] = ticker.exchangeIndex;
    bid[row] = ticker.bid;
    bidSize[row] = ticker.bidSize;
    ask[row] = ticker.ask;
    askSize[row] = ticker.askSize;
    timeMs[row] = ticker.timeMs;
  }
}

export interface BenchHit {
  readonly symbolIndex: number;
  readonly buyExchangeIndex: number;
  readonly sellExchangeIndex: number;
  readonly edgeRatio: number;
}

/** The first `count` hits of a kernel. */
export function readBenchHits(kernel: MarketKernel, count: number): readonly BenchHit[] {
  const { symbolIndex, buyExchangeIndex, sellExchangeIndex, edgeRatio } = kernel.hits;
  return Array.from({ length: count }, (_, row) => ({
    symbolIndex: symbolIndex[row] ?? -1,
    buyExchangeIndex: buyExchangeIndex[row] ?? -1,
    sellExchangeIndex: sellExchangeIndex[row] ?? -1,
    edgeRatio: edgeRatio[row] ?? Number.NaN,
  }));
}
