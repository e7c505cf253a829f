/**
 * What is usual between exchanges: a rolling window of gross spreads for each directed pair of exchanges of a symbol,
 * and of the symbol's arbitrage index. A spread that is there all the time is a premium with a structural cause (fees,
 * capital controls, slow withdrawals); one far from what is usual is a dislocation.
 */

import { createRing, type Ring } from './ring.ts';
import { robustOf, zScoreOf } from './robust.ts';

/** Best prices of one exchange, quote units, both above 0. */
export interface PricedMarket {
  readonly exchange: string;
  readonly bid: number;
  readonly ask: number;
}

export interface SpreadWindow {
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly samplesCount: number;
  /** Bid over ask, less one, basis points. */
  readonly latestBps: number;
  readonly medianBps: number;
  /** Robust standard deviation, basis points. */
  readonly deviationBps: number;
  /** Of the latest; null when nothing deviates. */
  readonly zScore: number | null;
  /** `unknown` until there are enough samples; `usual`: as it mostly is. */
  readonly verdict: 'unknown' | 'usual' | 'dislocated';
}

/**
 * Highest over lowest price of one asset over the exchanges, at one moment (Makarov and Schoar, Journal of Financial
 * Economics 135, 2020); prices are the middles of best bid and ask.
 */
export interface ArbitrageIndex {
  readonly symbol: string;
  readonly samplesCount: number;
  readonly latestRatio: number;
  readonly medianRatio: number;
  readonly maxRatio: number;
}

export interface SpreadStatistics {
  readonly symbol: string;
  readonly index: ArbitrageIndex;
  /** Sorted by name: rows and columns of a matrix. */
  readonly exchanges: readonly string[];
  readonly windows: readonly SpreadWindow[];
}

export interface SpreadBook {
  /** Takes the prices of the markets that can be used now. */
  sample(symbol: string, markets: readonly PricedMarket[]): void;
  /** Null when the symbol has not been sampled on two exchanges. */
  read(symbol: string): SpreadStatistics | null;
  /** Of all symbols, greatest latest first. */
  indexes(): readonly ArbitrageIndex[];
  /** Pairs that found no room. */
  readonly omittedPairsCount: number;
}

export interface SpreadBookOptions {
  /** Samples kept of each pair. */
  readonly windowCount: number;
  /** Pairs kept; more are passed over and counted. */
  readonly maxPairsCount: number;
}

/** Fewer samples say nothing about what is usual. */
export const MIN_SAMPLES_COUNT = 30;
/** Modified z-scores from here on are outliers (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993). */
export const DISLOCATED_Z_SCORE = 3.5;

interface SymbolWindows {
  readonly index: Ring;
  readonly pairs: Map<string, PairWindow>;
}

interface PairWindow {
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly ring: Ring;
}

export function createSpreadBook(options: SpreadBookOptions): SpreadBook {
  return new RollingSpreads(options);
}

class RollingSpreads implements SpreadBook {
  readonly #options: SpreadBookOptions;
  readonly #symbols = new Map<string, SymbolWindows>();
  readonly #omitted = new Set<string>();
  #pairsCount = 0;

  constructor(options: SpreadBookOptions) {
    this.#options = options;
  }

  get omittedPairsCount(): number {
    return this.#omitted.size;
  }

  sample(symbol: string, markets: readonly PricedMarket[]): void {
    if (markets.length < 2) return;
    const windows = this.#windowsOf(symbol);
    windows.index.push(toIndex(markets));
    for (const buy of markets) {
      for (const sell of markets) {
        if (buy === sell) continue;
        this.#pairOf(symbol, windows, buy, sell)?.ring.push((sell.bid / buy.ask - 1) * 10_000);
      }
    }
  }

  read(symbol: string): SpreadStatistics | null {
    const windows = this.#symbols.get(symbol);
    const index = windows === undefined ? null : describeIndex(symbol, windows.index);
    if (windows === undefined || index === null) return null;
    const described = [...windows.pairs.values()].flatMap((pair) => describePair(pair) ?? []);
    const exchanges = new Set(described.map(({ buyExchange }) => buyExchange));
    return { symbol, index, exchanges: [...exchanges].sort(), windows: described };
  }

  indexes(): readonly ArbitrageIndex[] {
    return [...this.#symbols]
      .flatMap(([symbol, { index }]) => describeIndex(symbol, index) ?? [])
      .sort((a, b) => b.latestRatio - a.latestRatio || (a.symbol < b.symbol ? -1 : 1));
  }

  #windowsOf(symbol: string): SymbolWindows {
    const known = this.#symbols.get(symbol);
    if (known !== undefined) return known;
    const windows = { index: createRing(this.#options.windowCount), pairs: new Map() };
    this.#symbols.set(symbol, windows);
    return windows;
  }

  #pairOf(
    symbol: string,
    { pairs }: SymbolWindows,
    { exchange: buyExchange }: PricedMarket,
    { exchange: sellExchange }: PricedMarket,
  ): PairWindow | null {
    const key = `${buyExchange} ${sellExchange}`;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    if (this.#pairsCount >= this.#options.maxPairsCount) {
      this.#omitted.add(`${symbol} ${key}`);
      return null;
    }
    this.#pairsCount += 1;
    const pair = { buyExchange, sellExchange, ring: createRing(this.#options.windowCount) };
    pairs.set(key, pair);
    return pair;
  }
}

function toIndex(markets: readonly PricedMarket[]): number {
  const prices = markets.map(({ bid, ask }) => (bid + ask) / 2);
  return Math.max(...prices) / Math.min(...prices);
}

function describeIndex(symbol: string, ring: Ring): ArbitrageIndex | null {
  const values = ring.values();
  const robust = robustOf(values);
  const latestRatio = ring.last();
  if (robust === null || latestRatio === null) return null;
  return {
    symbol,
    samplesCount: values.length,
    latestRatio,
    medianRatio: robust.median,
    maxRatio: Math.max(...values),
  };
}

function describePair({ buyExchange, sellExchange, ring }: PairWindow): SpreadWindow | null {
  const values = ring.values();
  const robust = robustOf(values);
  const latestBps = ring.last();
  if (robust === null || latestBps === null) return null;
  const zScore = zScoreOf(latestBps, robust);
  return {
    buyExchange,
    sellExchange,
    samplesCount: values.length,
    latestBps,
    medianBps: robust.median,
    deviationBps: robust.deviation,
    zScore,
    verdict: judge(values.length, latestBps - robust.median, zScore),
  };
}

/** Where nothing deviates, any distance is out of the usual. */
function judge(samplesCount: number, distanceBps: number, zScore: number | null) {
  if (samplesCount < MIN_SAMPLES_COUNT) return 'unknown';
  const isFar = zScore === null ? distanceBps !== 0 : Math.abs(zScore) >= DISLOCATED_Z_SCORE;
  return isFar ? 'dislocated' : 'usual';
}
