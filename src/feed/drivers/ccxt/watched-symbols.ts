/** Which symbols to read from which exchange: those that at least two exchanges trade. */

import type { Market } from '../../../domain/market.ts';
import type { OmittedSymbol } from '../../feed.ts';
import { splitSharedSymbols } from '../../shared-symbols.ts';
import type { LoadedMarket } from './to-market.ts';

/** Markets by exchange and symbol, of the exchanges that could be loaded. */
export type LoadedMarkets = ReadonlyMap<string, ReadonlyMap<string, LoadedMarket>>;

export interface WatchedSymbols {
  /** Every market of a symbol that is watched, suspended ones included. */
  readonly markets: readonly Market[];
  readonly omitted: readonly OmittedSymbol[];
  /** What to read from each exchange: its active markets. */
  readonly symbolsByExchange: ReadonlyMap<string, readonly string[]>;
}

/** @param wanted - `auto`: every spot symbol; otherwise these, in any market type. Suspended markets do not count. */
export function toWatchedSymbols(
  loaded: LoadedMarkets,
  wanted: readonly string[] | 'auto',
): WatchedSymbols {
  const candidates = wanted === 'auto' ? spotMarkets(loaded) : wantedMarkets(loaded, wanted);
  const { shared, omitted } = splitSharedSymbols(candidates.filter((market) => market.isActive));
  const sharedSymbols = new Set(shared.map((market) => market.symbol));
  const known = new Set([...sharedSymbols, ...omitted.map(({ symbol }) => symbol)]);
  const missing = wanted === 'auto' ? [] : [...new Set(wanted)].filter((each) => !known.has(each));
  return {
    markets: candidates.filter((market) => sharedSymbols.has(market.symbol)),
    omitted: [...omitted, ...missing.map(toMissing)],
    symbolsByExchange: groupByExchange([...loaded.keys()], shared),
  };
}

function toMissing(symbol: string): OmittedSymbol {
  return { symbol, reason: 'fewer_than_two_exchanges', exchanges: [] };
}

function spotMarkets(loaded: LoadedMarkets): readonly Market[] {
  return [...loaded.values()].flatMap((markets) =>
    [...markets.values()].filter(({ isSpot }) => isSpot).map(({ market }) => market),
  );
}

function wantedMarkets(loaded: LoadedMarkets, wanted: readonly string[]): readonly Market[] {
  return [...new Set(wanted)].flatMap((symbol) =>
    [...loaded.values()].flatMap((markets) => markets.get(symbol)?.market ?? []),
  );
}

function groupByExchange(
  ids: readonly string[],
  markets: readonly Market[],
): ReadonlyMap<string, readonly string[]> {
  const symbols = new Map(ids.map((id): [string, string[]] => [id, []]));
  for (const { exchange, symbol } of markets) symbols.get(exchange)?.push(symbol);
  return symbols;
}
