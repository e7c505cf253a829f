/** A cycle: a round of orders that begins and ends with the same asset. */

import type { MarketRecord } from '../market-state.ts';

/** One conversion: `buy` turns the market's quote asset into its base asset, `sell` the other way round. */
export interface CycleLeg {
  readonly side: 'buy' | 'sell';
  readonly record: MarketRecord;
}

export interface Cycle {
  /** Its assets from the alphabetically first one on, such as `ADA>BTC>USDT`; the key of its opportunity. */
  readonly route: string;
  /** The assets of `route`. */
  readonly assets: readonly string[];
  /** Leg n turns asset n into asset n + 1, the last one into asset 0; each on the exchange that gives most. */
  readonly legs: readonly CycleLeg[];
}

/** The asset that a leg gives away. */
export function fromAssetOf({ side, record }: CycleLeg): string {
  return side === 'sell' ? record.market.base : record.market.quote;
}

/** The name of a round through `assets`, which begin with the alphabetically first one. */
export function toRoute(assets: readonly string[]): string {
  return assets.join('>');
}
