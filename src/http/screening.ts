/** What is compared now and what is left of it: why there is no opportunity, at the level of counts. */

import type { MarketView } from '../pipeline/ports.ts';
import { findWidest, type Spread, toSide } from './spreads.ts';

/** Greatest net spreads shown. */
const NEAREST_COUNT = 5;

export interface Screening {
  readonly symbolsCount: number;
  readonly marketsCount: number;
  /** Markets that take part in detection. */
  readonly usableMarketsCount: number;
  /** Markets that do not, by reason. */
  readonly guardCounts: Readonly<Record<string, number>>;
  /** Symbols with two usable exchanges or more. */
  readonly comparableSymbolsCount: number;
  readonly grossPositiveCount: number;
  readonly netPositiveCount: number;
  readonly aboveThresholdCount: number;
  readonly nearest: readonly (Spread & { readonly symbol: string })[];
}

interface SymbolScreening {
  readonly symbol: string;
  readonly guards: readonly (string | null)[];
  /** The widest after fees. */
  readonly widest: Spread | null;
  /** Somewhere a bid stands above another exchange's ask. */
  readonly isGrossPositive: boolean;
}

/** @param openEdgeBps - an opportunity opens above this. */
export function screenBestPrices(
  market: MarketView,
  options: { readonly openEdgeBps: number },
): Screening {
  const symbols = market.symbols().flatMap((symbol) => screenSymbol(market, symbol) ?? []);
  const spreads = symbols.flatMap(({ symbol, widest }) =>
    widest === null ? [] : [{ symbol, ...widest }],
  );
  const guards = symbols.flatMap((each) => each.guards);
  return {
    symbolsCount: symbols.length,
    marketsCount: guards.length,
    usableMarketsCount: guards.filter((guard) => guard === null).length,
    guardCounts: countEach(guards.filter((guard) => guard !== null)),
    comparableSymbolsCount: spreads.length,
    grossPositiveCount: symbols.filter(({ isGrossPositive }) => isGrossPositive).length,
    netPositiveCount: spreads.filter(({ netBps }) => netBps > 0).length,
    aboveThresholdCount: spreads.filter(({ netBps }) => netBps > options.openEdgeBps).length,
    nearest: spreads.sort((a, b) => b.netBps - a.netBps).slice(0, NEAREST_COUNT),
  };
}

/** Null for contracts: they are judged by what they carry, not by their spread. */
function screenSymbol(market: MarketView, symbol: string): SymbolScreening | null {
  const snapshots = market.snapshots(symbol);
  if (snapshots.some((snapshot) => snapshot.market.contract !== undefined)) return null;
  const gross = findWidest(snapshots.map((snapshot) => toSide(snapshot, 'none')));
  return {
    symbol,
    guards: snapshots.map(({ guard }) => guard),
    widest: findWidest(snapshots.map((snapshot) => toSide(snapshot, 'own'))),
    isGrossPositive: gross !== null && gross.grossBps > 0,
  };
}

function countEach(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
