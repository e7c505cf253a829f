/** Why there is no opportunity: a closed set of codes, each with what it takes to understand and to branch on it. */

import type { BalanceCap, BalanceRefusal } from '../../domain/modes.ts';
import type { TransferRefusal } from '../../domain/transfer.ts';

/** Steps that a pair or a cycle has to survive, in order; it is lost at the first that it fails. */
export const STAGES = ['markets', 'skew', 'gross', 'fees', 'depth', 'transfer', 'limits'] as const;

export type Stage = (typeof STAGES)[number];

interface OfExchange {
  readonly exchange: string;
}

/** What an edge lacks. */
interface Shortage {
  /** After both taker fees, basis points. */
  readonly edgeBps: number;
  /** Up to the threshold, basis points, at least 0. */
  readonly missingBps: number;
  /** Under this taker fee on both legs it opens, basis points; null when only a rebate would do. */
  readonly takerBpsAtWhichItOpens: number | null;
}

/** Why one market takes no part. */
export type MarketReason = OfExchange &
  (
    | { readonly code: 'market_suspended' }
    /** @see ErrorCode of the exchange's last fault. */
    | { readonly code: 'exchange_down'; readonly faultCode: string }
    | { readonly code: 'no_quote' }
    /** Updates are missing; the next whole book mends it. */
    | { readonly code: 'sequence_gap'; readonly sinceMs: number }
    | { readonly code: 'book_one_sided'; readonly missing: 'bid' | 'ask' | 'both' }
    | { readonly code: 'book_crossed'; readonly overlapBps: number }
    | { readonly code: 'book_locked' }
    | { readonly code: 'quote_stale'; readonly ageMs: number; readonly maxAgeMs: number }
    | { readonly code: 'quote_from_future'; readonly aheadMs: number; readonly maxFutureMs: number }
    | {
        readonly code: 'price_out_of_band';
        readonly distanceBps: number;
        readonly priceBandBps: number;
      }
  );

/** Why two usable markets are no opportunity. */
export type PairReason =
  | { readonly code: 'legs_skewed'; readonly skewMs: number; readonly maxSkewMs: number }
  /** The bid is not above the other exchange's ask. */
  | { readonly code: 'no_gross_spread'; readonly grossBps: number; readonly missingBps: number }
  /** Best prices, after fees, do not reach the threshold. */
  | ({ readonly code: 'edge_short' } & Shortage)
  /** The book of at least one side has not come yet. */
  | { readonly code: 'depth_unknown'; readonly exchanges: readonly string[] }
  | { readonly code: 'book_invalid'; readonly exchanges: readonly string[] }
  /** The books, which are newer or deeper than the quotes, hold no size that reaches the threshold. */
  | ({ readonly code: 'edge_short_at_depth' } & Shortage)
  /** What is bought has to be moved, and cannot be, or not at a profit. */
  | TransferRefusal
  /** What is held is not enough. */
  | BalanceRefusal
  /** What could be traded is under a market's minimum; the greater of both markets', null: none. */
  | {
      readonly code: 'below_minimum';
      readonly minSizeInBase: string | null;
      readonly minCostInQuote: string | null;
    };

/** What the market of a leg asks of an order. */
export interface LegMinimum {
  readonly exchange: string;
  readonly symbol: string;
  readonly sizeStep: string | null;
  readonly minSizeInBase: string | null;
  readonly minCostInQuote: string | null;
}

/** Why a cycle whose legs all have usable markets is no opportunity; best prices are those of the best exchanges. */
export type CycleReason =
  | Exclude<PairReason, { code: 'below_minimum' }>
  /** What goes round is less than a lot, a least size or a least cost of one of its legs, or more than a limit. */
  | { readonly code: 'leg_below_minimum'; readonly legs: readonly LegMinimum[] };

/** Why an opportunity is not larger. */
export type CapReason = { readonly code: 'balance_binds' } & BalanceCap;

/** Why a symbol has no pair at all. */
export type SymbolReason =
  | { readonly code: 'fewer_than_two_exchanges'; readonly exchanges: readonly string[] }
  /** Contracts are judged by what they carry, see `basis/`. */
  | { readonly code: 'contract'; readonly exchanges: readonly string[] }
  /** The program is set to watch fewer symbols than there are. */
  | { readonly code: 'over_capacity'; readonly exchanges: readonly string[] };

export type Reason = MarketReason | PairReason | CycleReason | CapReason | SymbolReason;

export type ReasonCode = Reason['code'];
