/** The careful peer: net prices in typed arrays, one pass for the best bid and the best ask of a row. */

import type { BenchHit, Ticker } from './markets.ts';

export interface NetPrices {
  readonly exchangesCount: number;
  readonly netBid: Float64Array;
  readonly netAsk: Float64Array;
}

export function toNetPrices(tickers: readonly (readonly Ticker[])[]): NetPrices {
  const exchangesCount = tickers[0]?.length ?? 0;
  const netBid = new Float64Array(tickers.length * exchangesCount);
  const netAsk = new Float64Array(tickers.length * exchangesCount);
  const prices = { exchangesCount, netBid, netAsk };
  for (const ticker of tickers.flat()) storeNet(prices, ticker);
  return prices;
}

function storeNet({ exchangesCount, netBid, netAsk }: NetPrices, ticker: Ticker): void {
  const index = ticker.symbolIndex * exchangesCount + ticker.exchangeIndex;
  netBid[index] = ticker.bid * (1 - ticker.takerRatio);
  netAsk[index] = ticker.ask * (1 + ticker.takerRatio);
}

/** All symbols. With positive fees the best bid and the best ask are of two exchanges, or no hit. */
export function screenNetPrices(prices: NetPrices): readonly BenchHit[] {
  const hits: BenchHit[] = [];
  const symbolsCount = prices.netBid.length / prices.exchangesCount;
  for (let symbolIndex = 0; symbolIndex < symbolsCount; symbolIndex += 1) {
    const hit = screenRow(prices, symbolIndex);
    if (hit !== null) hits.push(hit);
  }
  return hits;
}

/** Stores each update and screens its symbol; returns the hit of every changed symbol. */
export function applyToNetPrices(
  prices: NetPrices,
  updates: readonly Ticker[],
): ReadonlyMap<number, BenchHit> {
  const hits = new Map<number, BenchHit>();
  for (const update of updates) {
    storeNet(prices, update);
    const hit = screenRow(prices, update.symbolIndex);
    if (hit === null) hits.delete(update.symbolIndex);
    else hits.set(update.symbolIndex, hit);
  }
  return hits;
}

function screenRow(prices: NetPrices, symbolIndex: number): BenchHit | null {
  const { exchangesCount, netBid, netAsk } = prices;
  const start = symbolIndex * exchangesCount;
  let bestBid = 0;
  let bestAsk = Number.POSITIVE_INFINITY;
  let sell = -1;
  let buy = -1;
  for (let exchange = 0; exchange < exchangesCount; exchange += 1) {
    const bid = netBid[start + exchange] ?? 0;
    const ask = netAsk[start + exchange] ?? Number.POSITIVE_INFINITY;
    if (bid > bestBid) {
      bestBid = bid;
      sell = exchange;
    }
    if (ask < bestAsk) {
      bestAsk = ask;
      buy = exchange;
    }
  }
  const edgeRatio = bestBid / bestAsk - 1;
  if (!(edgeRatio > 0)) return null;
  return { symbolIndex, buyExchangeIndex: buy, sellExchangeIndex: sell, edgeRatio };
}
