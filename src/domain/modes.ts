/**
 * The two ways of taking a spread, side by side. `inventory`: what is sold is already held where it is sold. `transfer`:
 * it is bought, withdrawn, and sold when it has arrived, after the network's fee and at the risk that the price moves.
 */

import type { TransferRefusal } from './transfer.ts';
import type { CostWaterfall } from './waterfall.ts';

export type OpportunityMode = 'inventory' | 'transfer';

/** What a pair must survive to be an opportunity: one of the two modes, or whichever leaves more. */
export type ModeRule = OpportunityMode | 'either';

/** A balance that makes a pair smaller than books and limits would let it be. */
export interface BalanceCap {
  readonly exchange: string;
  readonly asset: string;
  /** Held there, decimal string. */
  readonly balanceInAsset: string;
}

/** Why what is held is not enough for any order. */
export type BalanceRefusal =
  | { readonly code: 'balance_missing'; readonly exchange: string; readonly asset: string }
  | ({ readonly code: 'balance_too_small' } & BalanceCap);

/** Why a mode gives nothing. */
export type ModeRefusal =
  | TransferRefusal
  | BalanceRefusal
  | { readonly code: 'edge_below_threshold' | 'book_too_thin' | 'book_invalid' };

/** What a mode gives, after all costs; as in `OpportunityEdge`. */
export interface ModeFigures {
  readonly edgeBps: number;
  readonly sizeInBase: string;
  readonly costInQuote: string;
  readonly proceedsInQuote: string;
  readonly profitInQuote: string;
  readonly waterfall: CostWaterfall;
  /** Null: no balance binds. */
  readonly cappedBy: BalanceCap | null;
}

/** The way that what is bought takes, and what it costs. */
export interface TransferFacts {
  readonly network: string;
  /** All that the network takes at this size, base units and, valued at the best ask, quote units. */
  readonly feeInBase: string;
  readonly feeInQuote: string;
  /** The same over the cost of the opportunity, basis points. */
  readonly feeBps: number;
  readonly withdrawnInBase: string;
  readonly arrivedInBase: string;
  /** Expected time, milliseconds, its deviation, and whether it is assumed because nobody says it. */
  readonly transferMs: number;
  readonly transferDeviationMs: number;
  readonly isTimeAssumed: boolean;
  /** Spot volatility, basis points per square root of a minute; null when risk is not priced. */
  readonly volatilityBps: number | null;
  /** Price risk, basis points of the proceeds. */
  readonly riskBps: number;
  /** The fixed network fee at which this size earns nothing; null when the book does not hold so much. */
  readonly breakEvenNetworkFeeInBase: string | null;
}

interface Refused {
  readonly found: false;
  readonly reason: ModeRefusal;
}

export type InventoryOutcome = ({ readonly found: true } & ModeFigures) | Refused;

export type TransferOutcome =
  | ({ readonly found: true } & ModeFigures & { readonly transfer: TransferFacts })
  | Refused;

export interface ModeOutcomes {
  readonly inventory: InventoryOutcome;
  readonly transfer: TransferOutcome;
}

/** Both modes of a cycle; what it takes to move is in the waterfall and, of the mode taken, in the legs. */
export interface CycleModeOutcomes {
  readonly inventory: InventoryOutcome;
  readonly transfer: InventoryOutcome;
}
