/** The newest markets as the detection of funding and basis sees them. */

import type { BasisMarket } from '../detect/basis/basis-market.ts';
import type { Book, Level } from '../domain/book.ts';
import type { Market } from '../domain/market.ts';
import type { MarketSnapshot, MarketView } from './ports.ts';

/** Contracts, and the spot markets of the same base and quote asset; nothing where there are no contracts. */
export function toBasisMarkets(view: MarketView): readonly BasisMarket[] {
  const snapshots = view.symbols().flatMap((symbol) => view.snapshots(symbol));
  const pairs = new Set(
    snapshots.flatMap(({ market }) => (market.contract === undefined ? [] : [toPair(market)])),
  );
  return snapshots.filter(({ market }) => pairs.has(toPair(market))).map(toBasisMarket);
}

/** Depth that does not stream counts as far as the best level's size. */
export function toBasisMarket({
  market,
  quote,
  book,
  guard,
  funding,
}: MarketSnapshot): BasisMarket {
  const terms = { market, guard, funding };
  if (book !== null) {
    const { bids, asks } = book;
    return { ...terms, bids, asks, hasDepth: true, times: book };
  }
  if (quote === null) return { ...terms, bids: [], asks: [], hasDepth: false, times: null };
  return {
    ...terms,
    bids: toLevels(quote.bid, quote.bidSize),
    asks: toLevels(quote.ask, quote.askSize),
    hasDepth: false,
    times: quote,
  };
}

/** Books of one symbol by exchange; those that cannot be had, or fail a guard, are missing. */
export type ReadBooks = (
  symbol: string,
  exchanges: readonly string[],
) => Promise<ReadonlyMap<string, Book>>;

/** Asks for the books of usable markets whose books do not stream. */
export async function withBooks(
  markets: readonly BasisMarket[],
  readBooks: ReadBooks,
): Promise<readonly BasisMarket[]> {
  const wanted = markets.filter(({ guard, hasDepth }) => guard === null && !hasDepth);
  const bySymbol = Map.groupBy(wanted, ({ market }) => market.symbol);
  const read = await Promise.all(
    [...bySymbol].map(async ([symbol, ofSymbol]) => {
      const exchanges = ofSymbol.map(({ market }) => market.exchange);
      return [symbol, await readBooks(symbol, exchanges)] as const;
    }),
  );
  const books = new Map(read);
  return markets.map((source) => {
    const book = books.get(source.market.symbol)?.get(source.market.exchange);
    if (book === undefined || source.hasDepth) return source;
    return { ...source, bids: book.bids, asks: book.asks, hasDepth: true, times: book };
  });
}

/** An unknown size is no size: the price is known, and nothing can be traded at it. */
function toLevels(price: number, size: number): readonly Level[] {
  return price > 0 ? [[price, Number.isNaN(size) ? 0 : size]] : [];
}

function toPair({ base, quote }: Market): string {
  return `${base}/${quote}`;
}
