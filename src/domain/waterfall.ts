/** A cost waterfall: from the gross spread of one size to what is left, cost by cost. */

/**
 * `gross`: the size × (best bid − best ask). `depth`: what the levels behind the best cost, per leg. `trading_fee`: per
 * leg. `network_fee` and `transfer_risk`: when what is bought has to be moved, what the network takes and the price risk
 * on the way. `lots`: base units that are left over by rounding to lots, counted as lost. `fixed`: costs whatever the
 * size. `net`: the sum of all others. Of a cycle all amounts are in its start asset.
 */
export type WaterfallStepCode =
  | 'gross'
  | 'depth'
  | 'trading_fee'
  | 'network_fee'
  | 'transfer_risk'
  | 'lots'
  | 'fixed'
  | 'net';

/** One step. Costs are negative. */
export interface WaterfallStep {
  readonly code: WaterfallStepCode;
  /** The leg's exchange; null for a step of the whole opportunity. */
  readonly exchange: string | null;
  /** The leg's symbol, of a cycle; absent for a step of the whole opportunity, and where all legs are of one symbol. */
  readonly symbol?: string;
  /** Exact decimal string, quote units. */
  readonly amountInQuote: string;
  /** The amount over the cost of the opportunity, basis points, rounded at 9 places. */
  readonly bps: number;
}

export interface CostWaterfall {
  /** `gross` first, `net` last; the amounts before `net` add up to it exactly. */
  readonly steps: readonly WaterfallStep[];
  /** The taker fee, the same on all legs and taken in quote units, at which this size earns nothing, basis points. */
  readonly breakEvenTakerBps: number;
  /** The least size that earns the fixed costs, a network's fixed fee included; null when there are none. */
  readonly breakEvenSizeInBase: string | null;
}
