/** An opportunity: an edge with a size, and its life from opening to closing. */

import type { FeeRole, MarketDataSource } from './market.ts';
import type {
  BalanceCap,
  BalanceRefusal,
  CycleModeOutcomes,
  ModeOutcomes,
  OpportunityMode,
} from './modes.ts';
import type { TransferHop, TransferRefusal } from './transfer.ts';
import type { CostWaterfall } from './waterfall.ts';

/**
 * Shape of an opportunity. `multi`: one symbol bought and sold on three or more exchanges at once; its legs are the orders
 * on each, and `buyExchange` and `sellExchange` are those with the best prices. `pair`: buy on one exchange, sell the same symbol on another. `cycle`: a round of three or
 * more orders that begins and ends with the same asset; its `symbol` is the round, such as `ADA>BTC>USDT`, `base` and
 * `quote` are both the asset it begins with, and `buyExchange` and `sellExchange` are those of its first and last order.
 */
export type OpportunityKind = 'pair' | 'cycle' | 'multi';

/** Why an opportunity ended. */
export type CloseReason =
  | 'edge_below_threshold'
  | 'book_too_thin'
  | 'quote_stale'
  | 'quote_from_future'
  | 'book_crossed'
  | 'book_locked'
  | 'book_one_sided'
  | 'book_invalid'
  | 'sequence_gap'
  | 'legs_skewed'
  | 'market_suspended'
  | 'price_out_of_band'
  | Exclude<TransferRefusal['code'], 'edge_short_after_transfer'>
  | BalanceRefusal['code']
  | 'exchange_down'
  | 'feed_ended'
  | 'handed_over'
  | 'shutdown';

/** One order of an opportunity. Prices and amounts are exact decimal strings. */
export interface OpportunityLeg {
  readonly side: 'buy' | 'sell';
  readonly exchange: string;
  readonly symbol: string;
  /** Volume-weighted price before fees, quote units. */
  readonly averagePriceInQuote: string;
  /** Price of the last level touched, quote units: the limit price that fills the whole size. */
  readonly limitPriceInQuote: string;
  readonly sizeInBase: string;
  /** Size × price before fees, quote units. */
  readonly amountInQuote: string;
  /** Trading fee; one that is taken in base units is valued at the best ask of the bought leg. */
  readonly feeInQuote: string;
  /** The market's taker fee, basis points. */
  readonly takerBps: number;
  /** The fee charged on this leg, basis points, and whose it is; absent: the taker's. */
  readonly feeBps?: number;
  readonly feeRole?: FeeRole;
  /** Book levels touched. */
  readonly levelsCount: number;
  /** Age of the book when it was confirmed, milliseconds. */
  readonly ageMs: number;
  /** Of a cycle in the mode `transfer`; absent where what it gives is there. */
  readonly arrivesBy?: LegArrival;
}

/** The way on which what a leg gives arrives from the leg before. */
export type LegArrival = Pick<
  TransferHop,
  'asset' | 'fromExchange' | 'network' | 'feeInAsset' | 'feeBps' | 'transferMs'
>;

/** The edge at one moment, after all costs. */
export interface OpportunityEdge {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Best bid over best ask before costs, basis points. */
  readonly grossBps: number;
  /** Profit over cost at `sizeInBase`, after all costs, basis points. */
  readonly edgeBps: number;
  readonly sizeInBase: string;
  /** Paid for the bought leg, fee included (one taken in base units by buying more), quote units. */
  readonly costInQuote: string;
  /** Received for the sold leg, fee deducted, quote units. */
  readonly proceedsInQuote: string;
  /** Proceeds less cost, fixed costs and, in the mode `transfer`, price risk, quote units. */
  readonly profitInQuote: string;
  /** The mode that these figures are of; absent: `inventory`. */
  readonly mode?: OpportunityMode;
  /** The balance that makes it smaller; absent: none. */
  readonly cappedBy?: BalanceCap;
  /** Both modes, where networks are known; absent elsewhere and in cycles. */
  readonly modes?: ModeOutcomes;
  /** Both modes of a cycle that crosses exchanges, where networks are known. */
  readonly cycleModes?: CycleModeOutcomes;
  /** Where the gross spread went; absent in opportunities of earlier versions. */
  readonly waterfall?: CostWaterfall;
}

/** Whether an opportunity was still there some time after it opened. */
export interface OpportunitySurvival {
  /** Milliseconds after the opening. */
  readonly afterMs: number;
  /** True: at the size of its opening or more. Null: not known, or not yet. */
  readonly isThere: boolean | null;
}

/** How an opportunity lived. */
export interface OpportunityLife {
  /** Area under the edge: basis points × seconds, each edge counted until the next change. */
  readonly edgeBpsSeconds: number;
  readonly survival: readonly OpportunitySurvival[];
}

/** Whether an opportunity can be had together with the others that are open. */
export interface OpportunityCompetition {
  /** True: with those that it competes with it would take more than some level of a book holds. */
  readonly exclusive: boolean;
  readonly competitorsCount: number;
  /** Ids of the competitors, first opened first; at most 16 of them. */
  readonly competesWith: readonly string[];
}

/** The lease under which a detector wrote: of two for the same shard the greater token counts. */
export interface OpportunityLease {
  /** Shard and number of shards, such as `3/8`. */
  readonly shard: string;
  readonly token: number;
}

interface OpportunityBase {
  /** Stable while the opportunity lives, unique over time, derived from its key and opening time. */
  readonly id: string;
  readonly kind: OpportunityKind;
  readonly source: MarketDataSource;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly openedAtMs: number;
  /** Time of the last confirmation (open) or of the closing (closed), milliseconds since the epoch. */
  readonly updatedAtMs: number;
  /** Counts up by one at each change, from 1; a store keeps the highest it has seen. */
  readonly revision: number;
  readonly first: OpportunityEdge;
  readonly last: OpportunityEdge;
  /** The moment of greatest profit. */
  readonly peak: OpportunityEdge;
  /** The orders that give `last`. */
  readonly legs: readonly OpportunityLeg[];
  /** Absent in what versions before it was counted have stored. */
  readonly life?: OpportunityLife;
  /** As of the last change while it was open; absent in what earlier versions have stored. */
  readonly competition?: OpportunityCompetition;
  /** Trace of the detection round that opened it, 32 hex digits; null when that round was not traced. */
  readonly traceId: string | null;
  /** Absent where detectors do not share the work. */
  readonly lease?: OpportunityLease;
}

export type Opportunity = OpportunityBase &
  (
    | { readonly state: 'open'; readonly closedAtMs: null; readonly closeReason: null }
    | { readonly state: 'closed'; readonly closedAtMs: number; readonly closeReason: CloseReason }
  );

/** What the lifecycle says about an opportunity; consumers get these in order. */
export interface OpportunityEvent {
  readonly type: 'opened' | 'updated' | 'closed';
  readonly opportunity: Opportunity;
}
