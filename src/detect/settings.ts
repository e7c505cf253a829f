/** What a user decides about detection. */

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
}
