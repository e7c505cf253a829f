/** Which symbols to read from which exchange: those that at least two exchanges trade. */

import type { ContractTerms, Market } from '../../../domain/market.ts';
import type { OmittedSymbol } from '../../feed.ts';
import { type SharedSymbols, splitSharedSymbols } from '../../shared-symbols.ts';
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

/**
 * @param wanted - `auto`: every spot symbol; otherwise these, in any market type. Suspended markets do not count.
 * @param contracts - kinds of contracts to watch beside them, of the same base and quote asset.
 */
export function toWatchedSymbols(
  loaded: LoadedMarkets,
  wanted: readonly string[] | 'auto',
  contracts: readonly ContractTerms['kind'][] = [],
): WatchedSymbols {
  const named = wanted === 'auto' ? spotMarkets(loaded) : wantedMarkets(loaded, wanted);
  const candidates = [...named, ...contractsBeside(named, loaded, contracts)];
  const split = splitSharedSymbols(candidates.filter((market) => market.isActive));
  const { shared, omitted } = withCarried(split, candidates);
  const sharedSymbols = new Set(shared.map((market) => market.symbol));
  const known = new Set([...sharedSymbols, ...omitted.map(({ symbol }) => symbol)]);
  const missing = wanted === 'auto' ? [] : [...new Set(wanted)].filter((each) => !known.has(each));
  return {
    markets: candidates.filter((market) => sharedSymbols.has(market.symbol)),
    omitted: [...omitted, ...missing.map(toMissing)],
    symbolsByExchange: groupByExchange([...loaded.keys()], shared),
  };
}

/** Contracts on the assets of what was asked for, that were not asked for themselves. */
function contractsBeside(
  named: readonly Market[],
  loaded: LoadedMarkets,
  kinds: readonly ContractTerms['kind'][],
): readonly Market[] {
  if (kinds.length === 0) return [];
  const pairs = new Set(named.map(toPair));
  const symbols = new Set(named.map(({ symbol }) => symbol));
  return [...loaded.values()].flatMap((markets) =>
    [...markets.values()]
      .map(({ market }) => market)
      .filter(({ contract }) => contract !== undefined && kinds.includes(contract.kind))
      .filter((market) => pairs.has(toPair(market)) && !symbols.has(market.symbol)),
  );
}

/** A symbol of one exchange alone is compared all the same where a contract on the same assets is watched beside it. */
function withCarried(
  { shared, omitted }: SharedSymbols,
  candidates: readonly Market[],
): SharedSymbols {
  const active = candidates.filter((market) => market.isActive);
  const groups = Map.groupBy(active, toPair);
  const isCarried = (market: Market): boolean => {
    const group = groups.get(toPair(market)) ?? [];
    return group.length > 1 && group.some(({ contract }) => contract !== undefined);
  };
  const sharedSymbols = new Set(shared.map(({ symbol }) => symbol));
  const kept = active.filter((market) => sharedSymbols.has(market.symbol) || isCarried(market));
  const keptSymbols = new Set(kept.map(({ symbol }) => symbol));
  return { shared: kept, omitted: omitted.filter(({ symbol }) => !keptSymbols.has(symbol)) };
}

function toPair({ base, quote }: Market): string {
  return `${base}/${quote}`;
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
