/** Funding: what the holders of a perpetual pay each other, so that its price stays near the spot price. */

export interface Funding {
  readonly exchange: string;
  readonly symbol: string;
  /** What longs pay to shorts for one interval, as a ratio of the position's value; negative: shorts pay to longs. */
  readonly rateRatio: number;
  /** Time between two payments, milliseconds; null when the exchange does not say. It is never assumed. */
  readonly intervalMs: number | null;
  /** The next payment, milliseconds since the epoch on the exchange's clock; null when the exchange does not say. */
  readonly nextFundingAtMs: number | null;
  /** Price by which positions are valued, quote units; null when the exchange does not say. */
  readonly markPriceInQuote: number | null;
  /** Price of the underlying, quote units; null when the exchange does not say. */
  readonly indexPriceInQuote: number | null;
  /** Milliseconds since the epoch on the exchange's clock; null when the exchange sends none. */
  readonly exchangeTimeMs: number | null;
  /** Milliseconds since the epoch on this process's clock, when it arrived. */
  readonly receivedAtMs: number;
}
