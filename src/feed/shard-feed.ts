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
  const { ingest } = feed;
  // Members are named one by one: those of a class are not its object's own.
  return {
    get source() {
      return feed.source;
    },
    ...(ingest === undefined ? {} : { ingest }),
    ...(feed.networks === undefined ? {} : { networks: () => feed.networks?.() ?? [] }),
    loadMarkets: async (signal) => toMine(await feed.loadMarkets(signal)),
    onMarkets: (listener) => feed.onMarkets((markets) => listener(toMine(markets))),
    batches: async function* batches(signal) {
      for await (const batch of feed.batches(signal)) {
        const part: FeedBatch = {
          ...batch,
          quotes: ofMine(batch.quotes),
          books: ofMine(batch.books),
          ...(batch.funding === undefined ? {} : { funding: ofMine(batch.funding) }),
        };
        if (part.quotes.length + part.books.length + (part.funding?.length ?? 0) > 0) yield part;
      }
    },
    fetchBook: (...wanted) => feed.fetchBook(...wanted),
    exchanges: () => feed.exchanges(),
    close: () => feed.close(),
  };
}
