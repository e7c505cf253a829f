/** What a pair earns and costs at one size, as it is told. Amounts and prices are exact decimal strings. */

import type { Instrument } from './basis-market.ts';
import type { BasisKind } from './basis-pairs.ts';

export interface BasisLeg {
  readonly position: 'long' | 'short';
  readonly exchange: string;
  readonly symbol: string;
  readonly instrument: Instrument;
  /** Null for spot. */
  readonly settlement: 'linear' | 'inverse' | null;
  /** Volume-weighted, before fees, quote units. */
  readonly entryPriceInQuote: string;
  /** Of trading back at the books as they are, or of the settlement. */
  readonly exitPriceInQuote: string;
  readonly entryFeeInQuote: string;
  readonly exitFeeInQuote: string;
  readonly takerBps: number;
  /** Book levels touched on the way in. */
  readonly levelsCount: number;
  /** False when only the best price and its size were known. */
  readonly hasDepth: boolean;
  /** Contracts of the order; null for spot. */
  readonly contractsCount: string | null;
  /** Value that whole contracts leave without its other leg, quote units; null for spot. */
  readonly unhedgedInQuote: string | null;
  /** What longs pay to shorts per hour, ratio of the position's value; null without funding. */
  readonly fundingRatePerHour: string | null;
  readonly fundingIntervalMs: number | null;
  readonly nextFundingAtMs: number | null;
  readonly expiryMs: number | null;
}

export interface BasisEdge {
  readonly kind: BasisKind;
  readonly base: string;
  readonly quote: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly sizeInBase: string;
  /** Paid for the long leg, fee included, quote units: what all ratios are of. Margin and leverage are not looked at. */
  readonly capitalInQuote: string;
  /** Middle of the short leg over the middle of the long leg, less one, basis points. */
  readonly basisBps: number;
  /** Entry: fees and what the books cost beyond their middle, quote units. */
  readonly entryCostInQuote: string;
  readonly exitCostInQuote: string;
  /** Received from funding per hour, quote units; null for dated contracts. */
  readonly fundingPerHourInQuote: string | null;
  /** The horizon, or the time until expiry. */
  readonly daysHeld: number;
  /** Funding received and basis won, before costs. */
  readonly grossInQuote: string;
  /** Gross less entry and exit cost. */
  readonly profitInQuote: string;
  /** Profit over capital, basis points of the whole time held. */
  readonly profitBps: number;
  /** Gross and profit over capital, a year, by `dayCount`. */
  readonly annualisedGrossRatio: number;
  readonly annualisedNetRatio: number;
  readonly dayCount: 'ACT/365';
  /** Days after which what was earned covers entry and exit cost. */
  readonly breakEvenDays: number;
  /** True when spot is sold that must be held, or borrowed at a cost that is not counted. */
  readonly needsHeldSpot: boolean;
  readonly long: BasisLeg;
  readonly short: BasisLeg;
}
