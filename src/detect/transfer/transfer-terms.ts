/** What is known of transfers and balances while detection runs. */

import type { NetworkBook } from './network-book.ts';
import type { VolatilityBook } from './volatility-book.ts';

/** Held of an asset on an exchange, decimal string; null: not limited, because nothing is said of that exchange. */
export type BalanceOf = (exchange: string, asset: string) => string | null;

export interface AccountView {
  readonly networks: NetworkBook;
  readonly volatility: VolatilityBook;
  readonly balanceOf: BalanceOf;
}

/** The paper that the price risk follows works with this relative risk aversion. */
export const DEFAULT_RISK_AVERSION = 2;
/** Longer than most networks take, milliseconds: a time that nobody says must not make a transfer look safe. */
export const DEFAULT_TRANSFER_MS = 1_800_000;
