/** The newest markets as ways from asset to asset. */

import { type ConversionMarket, fromQuote } from '../detect/conversion/edges.ts';
import { parseSymbol } from '../domain/market.ts';
import type { MarketSnapshot, MarketView } from './ports.ts';

/** Assets that link others where no symbol is quoted in them; nothing is assumed about their price. */
const LINKS = ['BTC', 'ETH'];

/** All markets of some symbols. */
export function toConversionMarkets(
  view: MarketView,
  symbols: readonly string[] = view.symbols(),
): readonly ConversionMarket[] {
  return symbols.flatMap((symbol) => view.snapshots(symbol).map(fromSnapshot));
}

/** Depth that does not stream counts as far as the best level's size. */
export function fromSnapshot({ market, quote, book, guard }: MarketSnapshot): ConversionMarket {
  if (book === null) return fromQuote(market, quote, guard);
  return { market, bids: book.bids, asks: book.asks, hasDepth: true, guard };
}

/** Assets that some symbol is quoted in, in the order of the symbols. */
export function quoteAssetsOf(symbols: readonly string[]): readonly string[] {
  return [...new Set(symbols.map((symbol) => parseSymbol(symbol).quote))];
}

/** Symbols between quote assets, and between them and the links: enough to value every quote asset. */
export function valuationSymbolsOf(symbols: readonly string[]): readonly string[] {
  const assets = new Set([...quoteAssetsOf(symbols), ...LINKS]);
  return symbols.filter((symbol) => {
    const { base, quote } = parseSymbol(symbol);
    return assets.has(base) && assets.has(quote);
  });
}
