/** Which symbols are worth watching: those that at least two exchanges trade. */

import type { Market } from '../../../domain/market.ts';
import type { OmittedSymbol } from '../../feed.ts';
import type { LoadedMarket } from './to-market.ts';

/** An edge needs one exchange to buy on and one to sell on. */
const MIN_EXCHANGES_COUNT = 2;

/** Markets by symbol, of the exchanges that could be loaded. */
export type LoadedMarkets = ReadonlyMap<string, ReadonlyMap<string, LoadedMarket>>;

export interface SharedSymbols {
  /** Every market of a symbol that is watched, suspended ones included. */
  readonly markets: readonly Market[];
  readonly omitted: readonly OmittedSymbol[];
  /** What to read from each exchange: its active markets, sorted. */
  readonly symbolsByExchange: ReadonlyMap<string, readonly string[]>;
}

/** @param wanted - `auto`: every spot symbol; otherwise these, in any market type. Suspended markets do not count. */
export function shareSymbols(
  loaded: LoadedMarkets,
  wanted: readonly string[] | 'auto',
): SharedSymbols {
  const symbols = wanted === 'auto' ? spotSymbols(loaded) : [...new Set(wanted)];
  const markets: Market[] = [];
  const omitted: OmittedSymbol[] = [];
  const symbolsByExchange = new Map<string, string[]>([...loaded.keys()].map((id) => [id, []]));
  for (const symbol of symbols) {
    const found = marketsOf(loaded, symbol);
    const active = found.filter((market) => market.isActive);
    const exchanges = active.map((market) => market.exchange);
    if (active.length < MIN_EXCHANGES_COUNT) {
      omitted.push({ symbol, reason: 'fewer_than_two_exchanges', exchanges });
      continue;
    }
    markets.push(...found);
    for (const exchange of exchanges) symbolsByExchange.get(exchange)?.push(symbol);
  }
  return { markets, omitted, symbolsByExchange };
}

function marketsOf(loaded: LoadedMarkets, symbol: string): readonly Market[] {
  return [...loaded.values()].flatMap((markets) => markets.get(symbol)?.market ?? []);
}

function spotSymbols(loaded: LoadedMarkets): readonly string[] {
  const symbols = new Set<string>();
  for (const markets of loaded.values()) {
    for (const [symbol, { market, isSpot }] of markets) {
      if (isSpot && market.isActive) symbols.add(symbol);
    }
  }
  return [...symbols].sort();
}
