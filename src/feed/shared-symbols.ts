/** Which symbols can be compared: those that at least two exchanges have. */

import type { Market } from '../domain/market.ts';
import type { OmittedSymbol } from './feed.ts';

export interface SharedSymbols {
  /** Markets of symbols on two or more exchanges, in their order. */
  readonly shared: readonly Market[];
  /** The symbols of all others, in order of first appearance. */
  readonly omitted: readonly OmittedSymbol[];
}

export function splitSharedSymbols(markets: readonly Market[]): SharedSymbols {
  const exchangesBySymbol = new Map<string, Set<string>>();
  for (const { exchange, symbol } of markets) {
    const exchanges = exchangesBySymbol.get(symbol) ?? new Set();
    exchangesBySymbol.set(symbol, exchanges.add(exchange));
  }
  const isShared = (symbol: string) => (exchangesBySymbol.get(symbol)?.size ?? 0) >= 2;
  return {
    shared: markets.filter((market) => isShared(market.symbol)),
    omitted: [...exchangesBySymbol]
      .filter(([symbol]) => !isShared(symbol))
      .map(([symbol, exchanges]) => ({
        symbol,
        reason: 'fewer_than_two_exchanges' as const,
        exchanges: [...exchanges],
      })),
  };
}
