/** How it is commonly done: ticker objects, in loops over all pairs or in maps of maps. */

import type { BenchHit, Ticker } from './markets.ts';

/** Best edge of one symbol over all ordered pairs of its tickers, or null when none is above zero. */
function findBestPair(tickers: Iterable<Ticker> & readonly Ticker[]): BenchHit | null {
  let best: BenchHit | null = null;
  for (const buy of tickers) {
    for (const sell of tickers) {
      if (buy === sell) continue;
      const netBid = sell.bid * (1 - sell.takerRatio);
      const edgeRatio = netBid / (buy.ask * (1 + buy.takerRatio)) - 1;
      if (edgeRatio <= (best?.edgeRatio ?? 0)) continue;
      best = toHit(buy, sell, edgeRatio);
    }
  }
  return best;
}

/** All symbols, all pairs. */
export function screenObjects(tickers: readonly (readonly Ticker[])[]): readonly BenchHit[] {
  const hits: BenchHit[] = [];
  for (const row of tickers) {
    const hit = findBestPair(row);
    if (hit !== null) hits.push(hit);
  }
  return hits;
}

/** Tickers by symbol, then exchange. */
export type TickerMap = Map<string, Map<string, Ticker>>;

export function toTickerMap(tickers: readonly (readonly Ticker[])[]): TickerMap {
  const map: TickerMap = new Map();
  for (const row of tickers) {
    for (const ticker of row) storeTicker(map, ticker);
  }
  return map;
}

/** Stores each update and looks for the best pair of its symbol; returns the hit of every changed symbol. */
export function applyToMap(
  map: TickerMap,
  updates: readonly Ticker[],
): ReadonlyMap<string, BenchHit> {
  const hits = new Map<string, BenchHit>();
  for (const update of updates) {
    storeTicker(map, { ...update });
    const hit = findBestOf(map.get(update.symbol)?.values() ?? []);
    if (hit === null) hits.delete(update.symbol);
    else hits.set(update.symbol, hit);
  }
  return hits;
}

function storeTicker(map: TickerMap, ticker: Ticker): void {
  const row = map.get(ticker.symbol) ?? new Map<string, Ticker>();
  row.set(ticker.exchange, ticker);
  map.set(ticker.symbol, row);
}

/** One pass for the best net bid and the best net ask; with positive fees they are of two exchanges, or no hit. */
function findBestOf(tickers: Iterable<Ticker>): BenchHit | null {
  let buy: Ticker | null = null;
  let sell: Ticker | null = null;
  let bestAsk = Number.POSITIVE_INFINITY;
  let bestBid = 0;
  for (const ticker of tickers) {
    const netBid = ticker.bid * (1 - ticker.takerRatio);
    const netAsk = ticker.ask * (1 + ticker.takerRatio);
    if (netBid > bestBid) {
      bestBid = netBid;
      sell = ticker;
    }
    if (netAsk < bestAsk) {
      bestAsk = netAsk;
      buy = ticker;
    }
  }
  const edgeRatio = bestBid / bestAsk - 1;
  return buy !== null && sell !== null && edgeRatio > 0 ? toHit(buy, sell, edgeRatio) : null;
}

function toHit(buy: Ticker, sell: Ticker, edgeRatio: number): BenchHit {
  return {
    symbolIndex: buy.symbolIndex,
    buyExchangeIndex: buy.exchangeIndex,
    sellExchangeIndex: sell.exchangeIndex,
    edgeRatio,
  };
}
