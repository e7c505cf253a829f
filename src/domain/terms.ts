/** What a user knows of their own accounts, and what an exchange does not tell: fees, networks, balances. */

import type { FeeRole } from './market.ts';
import type { AssetNetwork } from './network.ts';

/** A fee from a trading volume on. */
export interface FeeTier {
  /** Least volume of 30 days, in the unit that the exchange counts it in, decimal string. */
  readonly fromVolume: string;
  /** Basis points. */
  readonly feeBps: number;
}

/** Lowest volume first. */
export interface FeeTiers {
  readonly taker: readonly FeeTier[];
  readonly maker: readonly FeeTier[];
}

/** Fees of one market, or of all markets of an exchange; null: not said here. */
export interface MarketFees {
  readonly takerBps: number | null;
  readonly makerBps: number | null;
  /** Which of the two the bought and the sold leg pay. */
  readonly buyRole: FeeRole | null;
  readonly sellRole: FeeRole | null;
}

export interface ExchangeFees extends MarketFees {
  /** Own trading volume of the last 30 days, decimal string. */
  readonly volume30d: string | null;
  readonly tiers: FeeTiers | null;
  /** By symbol; what is said here stands above the exchange's. */
  readonly markets: ReadonlyMap<string, MarketFees>;
}

export interface Terms {
  /** By exchange; `*`: of all exchanges of which it is not said otherwise. */
  readonly fees: ReadonlyMap<string, ExchangeFees>;
  readonly networks: readonly AssetNetwork[];
  /** Exchange → asset → free amount, decimal string. An exchange that is not named is not limited. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const NO_TERMS: Terms = { fees: new Map(), networks: [], balances: new Map() };

/** The fees key that stands for every exchange. */
export const ANY_EXCHANGE = '*';

/** Own volumes of 30 days; what is said of `*` holds for exchanges that are not named. */
export function volumesOf(
  { fees }: Pick<Terms, 'fees'>,
  exchanges: readonly string[],
): ReadonlyMap<string, string> {
  const named = exchanges.flatMap((exchange) => {
    const volume30d = (fees.get(exchange) ?? fees.get(ANY_EXCHANGE))?.volume30d ?? null;
    return volume30d === null ? [] : [[exchange, volume30d] as const];
  });
  return new Map(named);
}
