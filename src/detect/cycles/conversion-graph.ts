/** The watched spot markets as a graph for the cycle kernel: assets in alphabetical order, a pair for two that trade. */

import type { CycleGraph } from '../../kernel/cycles/cycle-kernel.ts';
import type { MarketRecord } from '../market-state.ts';

/** The markets of one pair of assets on one exchange: nearly always one. */
export interface PairSlot {
  readonly pair: number;
  readonly exchangeIndex: number;
  readonly records: readonly MarketRecord[];
}

export interface ConversionGraph {
  readonly graph: CycleGraph;
  readonly assets: readonly string[];
  readonly slots: readonly PairSlot[];
  slotOf(exchange: string, symbol: string): PairSlot | null;
  /** The slot of a pair on an exchange. */
  slotAt(pair: number, exchangeIndex: number): PairSlot | null;
  /** Number of the conversion `from` → `to`; null when nobody trades them. */
  conversionOf(from: string, to: string): number | null;
  /** The asset that a pair's even conversion turns from. */
  fromAssetOf(pair: number): string;
}

/** Derivatives (`BTC/USDT:USDT`) convert nothing. */
export function toConversionRecords(records: readonly MarketRecord[]): readonly MarketRecord[] {
  return records.filter(
    ({ market }) => !market.symbol.includes(':') && market.base !== market.quote,
  );
}

/** @param exchangesCount - above every record's exchange index. */
export function createConversionGraph(
  records: readonly MarketRecord[],
  exchangesCount: number,
): ConversionGraph {
  const used = toConversionRecords(records).filter(({ market }) => market.isActive);
  const assets = [...new Set(used.flatMap(({ market }) => [market.base, market.quote]))].sort();
  const assetIndices = new Map(assets.map((asset, index) => [asset, index]));
  const indexOf = (asset: string): number => assetIndices.get(asset) ?? -1;
  const byPair = Map.groupBy(used, ({ market }) => [market.base, market.quote].sort().join(' '));
  const pairs = [...byPair.keys()].sort().map((key) => {
    const [from = '', to = ''] = key.split(' ');
    return { key, from: indexOf(from), to: indexOf(to) };
  });
  const slots = pairs.flatMap(({ key }, pair) =>
    [...Map.groupBy(byPair.get(key) ?? [], ({ exchangeIndex }) => exchangeIndex)].map(
      ([exchangeIndex, given]): PairSlot => ({ pair, exchangeIndex, records: given }),
    ),
  );
  const byMarket = new Map<string, Map<string, PairSlot>>();
  for (const slot of slots) {
    for (const { market } of slot.records) {
      const ofExchange = byMarket.get(market.exchange) ?? new Map<string, PairSlot>();
      byMarket.set(market.exchange, ofExchange.set(market.symbol, slot));
    }
  }
  const byPlace = new Map(
    slots.map((slot) => [slot.pair * exchangesCount + slot.exchangeIndex, slot]),
  );
  const conversions = new Map(
    pairs.flatMap(({ from, to }, pair) => [
      [from * assets.length + to, pair * 2] as const,
      [to * assets.length + from, pair * 2 + 1] as const,
    ]),
  );
  return {
    graph: { assetsCount: assets.length, exchangesCount, pairs },
    assets,
    slots,
    slotOf: (exchange, symbol) => byMarket.get(exchange)?.get(symbol) ?? null,
    slotAt: (pair, exchangeIndex) => byPlace.get(pair * exchangesCount + exchangeIndex) ?? null,
    conversionOf: (from, to) =>
      conversions.get(indexOf(from) * assets.length + indexOf(to)) ?? null,
    fromAssetOf: (pair) => assets[pairs[pair]?.from ?? -1] ?? '',
  };
}
