/** A market as the detection of funding and basis sees it. Spot, perpetual and dated contracts alike. */

import type { Level } from '../../domain/book.ts';
import type { Funding } from '../../domain/funding.ts';
import type { Market } from '../../domain/market.ts';
import type { Guard, Times } from '../guards.ts';

export interface BasisMarket {
  readonly market: Market;
  /** Best first, sizes in base units. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** False when only the best prices are known. */
  readonly hasDepth: boolean;
  /** Times of what `bids` and `asks` were taken from; null without a quote. */
  readonly times: Times | null;
  /** Null when the market may be used. */
  readonly guard: Guard | null;
  /** Newest funding; null for spot and dated contracts, and when none has come. */
  readonly funding: Funding | null;
}

/** `spot`, or what kind of contract it is. */
export type Instrument = 'spot' | 'perpetual' | 'dated';

export function instrumentOf({ contract }: Pick<Market, 'contract'>): Instrument {
  return contract?.kind ?? 'spot';
}

/** Between best bid and best ask, quote units, f64; NaN when a side is missing. */
export function middleOf({ bids, asks }: Pick<BasisMarket, 'bids' | 'asks'>): number {
  return ((bids[0]?.[0] ?? Number.NaN) + (asks[0]?.[0] ?? Number.NaN)) / 2;
}
