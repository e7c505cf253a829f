/** What a user decides about detection. */

import type { ModeRule } from '../domain/modes.ts';

export interface DetectionSettings {
  /** An opportunity opens when its edge after all costs is above this, basis points. */
  readonly openEdgeBps: number;
  /** An open one closes when its edge falls to this or below, basis points; at most `openEdgeBps`. */
  readonly closeEdgeBps: number;
  /** Most to pay for the bought leg, fee included, quote units; Infinity: no limit. */
  readonly maxNotionalInQuote: number;
  /** Costs of one opportunity whatever its size, quote units; absent: none. */
  readonly fixedCostInQuote?: number;
  /** Most base units of one opportunity; Infinity: no limit. */
  readonly maxSizeInBase: number;
  /** Oldest quote or book that is used, milliseconds; Infinity: any. */
  readonly maxAgeMs: number;
  /** Furthest an exchange's time may be ahead of ours, milliseconds; Infinity: any. */
  readonly maxFutureMs: number;
  /** Furthest the data of two legs may lie apart in time, milliseconds; Infinity: any. */
  readonly maxSkewMs: number;
  /** Furthest a market's price may be from the median over the exchanges, basis points; Infinity: any. */
  readonly priceBandBps: number;
  /** Overrides every market's taker fee, basis points; null: the market's own. */
  readonly takerBps: number | null;
  /** Which mode a pair must survive to be an opportunity; absent: `inventory`. */
  readonly modeRule?: ModeRule;
  /** Relative risk aversion γ with which the price risk of a transfer is priced, at least 0; absent: 2. */
  readonly riskAversion?: number;
  /** Time of a transfer where neither exchange says it, milliseconds; absent: 30 minutes. */
  readonly assumedTransferMs?: number;
}
