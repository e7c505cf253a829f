/** Screening of the reference kernel: the best net bid and net ask over two different exchanges. */

import { at } from './at.ts';
import { WORK } from './core.ts';
import type { HitViews, KernelCapacity } from './kernel.ts';
import type { ReferenceQuotes } from './reference-quotes.ts';

interface Pair {
  readonly buyExchangeIndex: number;
  readonly sellExchangeIndex: number;
  readonly edgeRatio: number;
}

interface Window {
  readonly nowMs: number;
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
}

export function createReferenceScreen(
  capacity: KernelCapacity,
  state: ReferenceQuotes,
  hits: HitViews,
  work: Float64Array,
) {
  const writeHit = (row: number, symbolIndex: number, pair: Pair): void => {
    hits.symbolIndex[row] = symbolIndex;
    hits.buyExchangeIndex[row] = pair.buyExchangeIndex;
    hits.sellExchangeIndex[row] = pair.sellExchangeIndex;
    hits.edgeRatio[row] = pair.edgeRatio;
  };

  /** Exchanges of one symbol whose quotes take part now, in rising order. */
  const listFresh = (symbolIndex: number, window: Window): readonly number[] => {
    const fresh: number[] = [];
    for (let exchange = 0; exchange < state.used.exchangesCount; exchange += 1) {
      const index = symbolIndex * capacity.exchangesCount + exchange;
      if (at(state.netBid, index) > 0 && isFresh(at(state.timeMs, index), window)) {
        fresh.push(exchange);
      }
    }
    add(work, WORK.symbolsScreened, 1);
    add(work, WORK.exchangesCompared, state.used.exchangesCount);
    return fresh;
  };

  const toPair = (symbolIndex: number, buy: number, sell: number): Pair => {
    const row = symbolIndex * capacity.exchangesCount;
    const edgeRatio = at(state.netBid, row + sell) / at(state.netAsk, row + buy) - 1;
    return { buyExchangeIndex: buy, sellExchangeIndex: sell, edgeRatio };
  };

  /** The best pair of one symbol, or null with fewer than two fresh quotes. */
  const findBestPair = (symbolIndex: number, fresh: readonly number[]): Pair | null => {
    const row = symbolIndex * capacity.exchangesCount;
    const bidOf = (exchange: number) => at(state.netBid, row + exchange);
    const lessAskOf = (exchange: number) => -at(state.netAsk, row + exchange);
    const sell = firstOfMost(fresh, bidOf);
    const buy = firstOfMost(fresh, lessAskOf);
    if (sell === null || buy === null) return null;
    if (sell !== buy) return toPair(symbolIndex, buy, sell);
    const others = fresh.filter((exchange) => exchange !== sell);
    const otherSell = firstOfMost(others, bidOf);
    const otherBuy = firstOfMost(others, lessAskOf);
    if (otherSell === null || otherBuy === null) return null;
    return better(toPair(symbolIndex, buy, otherSell), toPair(symbolIndex, otherBuy, sell));
  };

  const screen = (onlyDirty: boolean, window: Window, minEdge: number): number => {
    let count = 0;
    for (let symbolIndex = 0; symbolIndex < state.used.symbolsCount; symbolIndex += 1) {
      if (onlyDirty && at(state.isDirty, symbolIndex) === 0) continue;
      if (onlyDirty) state.isDirty[symbolIndex] = 0;
      const pair = findBestPair(symbolIndex, listFresh(symbolIndex, window));
      if (pair === null || !(pair.edgeRatio > minEdge)) continue;
      writeHit(count, symbolIndex, pair);
      count += 1;
    }
    add(work, WORK.hits, count);
    return count;
  };

  return {
    screenDirty: (nowMs: number, maxAgeMs: number, maxFutureMs: number, minEdge: number) =>
      screen(true, { nowMs, maxAgeMs, maxFutureMs }, minEdge),
    screenAll: (nowMs: number, maxAgeMs: number, maxFutureMs: number, minEdge: number) =>
      screen(false, { nowMs, maxAgeMs, maxFutureMs }, minEdge),
    screenPairs: (
      symbolIndex: number,
      nowMs: number,
      maxAgeMs: number,
      maxFutureMs: number,
      minEdge: number,
    ): number => {
      const fresh = listFresh(symbolIndex, { nowMs, maxAgeMs, maxFutureMs });
      const pairs = fresh
        .flatMap((buy) => fresh.map((sell) => toPair(symbolIndex, buy, sell)))
        .filter(isDirected)
        .filter((pair) => pair.edgeRatio > minEdge)
        .sort(byEdge);
      for (const [row, pair] of pairs.entries()) writeHit(row, symbolIndex, pair);
      add(work, WORK.hits, pairs.length);
      return pairs.length;
    },
  };
}

function isFresh(timeMs: number, { nowMs, maxAgeMs, maxFutureMs }: Window): boolean {
  const ageMs = nowMs - timeMs;
  return ageMs <= maxAgeMs && ageMs >= -maxFutureMs;
}

function firstOfMost(exchanges: readonly number[], rankOf: (exchange: number) => number) {
  let best: number | null = null;
  for (const exchange of exchanges) {
    if (best === null || rankOf(exchange) > rankOf(best)) best = exchange;
  }
  return best;
}

/** The pair of greater edge; of equal edges the one that buys on the lower index. */
function better(a: Pair, b: Pair): Pair {
  return byEdge(a, b) <= 0 ? a : b;
}

function isDirected(pair: Pair): boolean {
  return pair.buyExchangeIndex !== pair.sellExchangeIndex;
}

function byEdge(a: Pair, b: Pair): number {
  return (
    b.edgeRatio - a.edgeRatio ||
    a.buyExchangeIndex - b.buyExchangeIndex ||
    a.sellExchangeIndex - b.sellExchangeIndex
  );
}

function add(work: Float64Array, counter: number, count: number): void {
  work[counter] = at(work, counter) + count;
}
