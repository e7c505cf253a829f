/** How much state the kernel must hold for a feed. */

import type { Market, MarketDataSource } from '../domain/market.ts';
import type { FeedMarkets } from '../feed/feed.ts';
import type { KernelCapacity } from '../kernel/kernel.ts';

/** The two sides of the pair that is being sized. */
const BOOK_SLOTS_COUNT = 2;

export interface CapacityBounds {
  readonly maxSymbolsCount: number;
  readonly maxExchangesCount: number;
  readonly bookLevelsCount: number;
}

/** A live feed gets room up to the bounds, because markets come and go; a recording what its markets need. */
export function toCapacity(
  source: MarketDataSource,
  { markets, maxLevelsCount }: FeedMarkets,
  { maxSymbolsCount, maxExchangesCount, bookLevelsCount }: CapacityBounds,
): KernelCapacity {
  const isRecording = source === 'recording';
  return {
    symbolsCount: isRecording ? countDistinct(markets, 'symbol') : maxSymbolsCount,
    exchangesCount: isRecording ? countDistinct(markets, 'exchange') : maxExchangesCount,
    bookSlotsCount: BOOK_SLOTS_COUNT,
    bookLevelsCount: Math.max(bookLevelsCount, maxLevelsCount),
  };
}

function countDistinct(markets: readonly Market[], key: 'symbol' | 'exchange'): number {
  return Math.max(key === 'exchange' ? 2 : 1, new Set(markets.map((market) => market[key])).size);
}
