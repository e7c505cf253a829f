/** How it is commonly done: rates in maps of maps, and every cycle walked. */

import type { BenchMarket, Offer } from './graphs.ts';

/** Best rate by asset, then asset; names as text, as such programs have them. */
export type RateMap = Map<string, Map<string, number>>;

export function toRateMap(market: BenchMarket): RateMap {
  const map: RateMap = new Map();
  for (const offer of market.offers) keepBest(map, market, offer);
  return map;
}

/** Every profitable cycle of three and four legs: the edges. */
export function sweepMap(map: RateMap): readonly number[] {
  const edges: number[] = [];
  for (const [first, toSecond] of map) {
    for (const [second, one] of toSecond) {
      if (second > first) walkFrom(map, first, second, one, edges);
    }
  }
  return edges;
}

function walkFrom(map: RateMap, first: string, second: string, one: number, edges: number[]): void {
  for (const [third, two] of map.get(second) ?? []) {
    if (third <= first) continue;
    const toFourth = map.get(third) ?? new Map<string, number>();
    const closing = toFourth.get(first);
    if (closing !== undefined && one * two * closing > 1) edges.push(one * two * closing - 1);
    for (const [fourth, three] of toFourth) {
      if (fourth <= first || fourth === second) continue;
      const last = map.get(fourth)?.get(first);
      if (last !== undefined && one * two * three * last > 1) {
        edges.push(one * two * three * last - 1);
      }
    }
  }
}

/** Every profitable cycle of `legs` legs through one pair, both ways. */
export function sweepPair(map: RateMap, from: string, to: string, legs: 3 | 4): readonly number[] {
  const edges: number[] = [];
  for (const [start, end] of [[from, to] as const, [to, from] as const]) {
    const own = map.get(start)?.get(end) ?? 0;
    for (const [third, two] of map.get(end) ?? []) {
      if (third === start) continue;
      if (legs === 3) pushIfProfit(edges, own * two * (map.get(third)?.get(start) ?? 0));
      else walkBack(map, start, end, third, own * two, edges);
    }
  }
  return edges;
}

function walkBack(
  map: RateMap,
  start: string,
  end: string,
  third: string,
  product: number,
  edges: number[],
): void {
  for (const [fourth, three] of map.get(third) ?? []) {
    if (fourth === start || fourth === end) continue;
    pushIfProfit(edges, product * three * (map.get(fourth)?.get(start) ?? 0));
  }
}

function pushIfProfit(edges: number[], product: number): void {
  if (product > 1) edges.push(product - 1);
}

function keepBest(map: RateMap, { graph }: BenchMarket, offer: Offer): void {
  const { from, to } = graph.pairs[offer.pair] ?? { from: 0, to: 0 };
  raise(map, toName(from), toName(to), offer.forward);
  raise(map, toName(to), toName(from), offer.backward);
}

function raise(map: RateMap, from: string, to: string, rate: number): void {
  const row = map.get(from) ?? new Map<string, number>();
  row.set(to, Math.max(row.get(to) ?? 0, rate));
  map.set(from, row);
}

/** Four digits, so that names sort as numbers do. */
export function toName(asset: number): string {
  return `A${String(asset).padStart(4, '0')}`;
}
