/** A part of a feed: the symbols that one shard looks after. */

import type { Feed, FeedBatch, FeedMarkets } from './feed.ts';

/**
 * Batches of other symbols are left out, as are their markets. `exchanges()` is that of the whole feed.
 *
 * @param isMine - true for a symbol of this shard.
 */
export function createShardFeed(feed: Feed, isMine: (symbol: string) => boolean): Feed {
  const ofMine = <Item extends { readonly symbol: string }>(items: readonly Item[]) =>
    items.filter(({ symbol }) => isMine(symbol));
  const toMine = ({ markets, omitted, maxLevelsCount }: FeedMarkets): FeedMarkets => ({
    markets: ofMine(markets),
    omitted: ofMine(omitted),
    maxLevelsCount,
  });
  return {
    ...feed,
    loadMarkets: async (signal) => toMine(await feed.loadMarkets(signal)),
    onMarkets: (listener) => feed.onMarkets((markets) => listener(toMine(markets))),
    batches: async function* batches(signal) {
      for await (const { atMs, quotes, books } of feed.batches(signal)) {
        const batch: FeedBatch = { atMs, quotes: ofMine(quotes), books: ofMine(books) };
        if (batch.quotes.length + batch.books.length > 0) yield batch;
      }
    },
  };
}
