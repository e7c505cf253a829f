/** Why two markets are no carry: a closed set of codes, each with its figures. A pair has exactly one, the first. */

import type { Guard } from '../guards.ts';

interface OfMarket {
  readonly exchange: string;
  readonly symbol: string;
}

/** Why one market takes no part. */
export type BasisMarketReason = OfMarket &
  (
    | { readonly code: 'market_unusable'; readonly guard: Guard }
    | {
        readonly code: 'contract_expired';
        readonly expiryMs: number;
        readonly expiredForMs: number;
      }
    | { readonly code: 'expiry_unknown' }
    | { readonly code: 'funding_unknown' }
    | { readonly code: 'funding_interval_unknown' }
    | {
        readonly code: 'funding_stale';
        readonly ageMs: number;
        readonly maxFundingAgeMs: number;
      }
    | {
        readonly code: 'funding_from_future';
        readonly aheadMs: number;
        readonly maxFutureMs: number;
      }
    /** The payment that the rate is for has been made: the rate of the next one has not come. */
    | { readonly code: 'funding_passed'; readonly passedForMs: number }
  );

/** Why two usable markets are no carry. */
export type BasisPairReason =
  | { readonly code: 'legs_skewed'; readonly skewMs: number; readonly maxSkewMs: number }
  /** Funding is paid, not received, or the dated contract is on the wrong side of spot. */
  | { readonly code: 'carry_not_positive'; readonly annualisedGrossRatio: number }
  /** What is earned until the horizon, or the expiry, is less than entry and exit cost. */
  | {
      readonly code: 'costs_not_covered';
      /** Null: never, before the books are even looked into. */
      readonly breakEvenDays: number | null;
      readonly daysHeld: number;
      /** Short of earning anything, basis points of the long leg's value. */
      readonly missingBps: number;
    }
  /** Only the best price and its size are known, and that size is not enough. */
  | ({ readonly code: 'depth_unknown'; readonly side: 'bids' | 'asks' } & OfMarket)
  | ({ readonly code: 'book_too_thin'; readonly side: 'bids' | 'asks' } & OfMarket)
  /** What the notional buys, rounded to the lots of both legs, is under a least or over a most of this market. */
  | ({ readonly code: 'size_not_allowed' } & OfMarket);

export type BasisReason = BasisMarketReason | BasisPairReason;

export type BasisReasonCode = BasisReason['code'];

/** All codes, in the order in which they are asked. */
export const BASIS_REASON_CODES = [
  'market_unusable',
  'contract_expired',
  'expiry_unknown',
  'funding_unknown',
  'funding_interval_unknown',
  'funding_stale',
  'funding_from_future',
  'funding_passed',
  'legs_skewed',
  'carry_not_positive',
  'size_not_allowed',
  'depth_unknown',
  'book_too_thin',
  'costs_not_covered',
] as const satisfies readonly BasisReasonCode[];
