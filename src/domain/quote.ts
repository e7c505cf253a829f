/** A quote: the best bid and best ask of one market, with sizes and both times. */

export interface Quote {
  readonly exchange: string;
  readonly symbol: string;
  /** Best bid in quote units; 0 when nobody bids. */
  readonly bid: number;
  /** Base units at the best bid; NaN when the exchange does not say. */
  readonly bidSize: number;
  /** Best ask in quote units; 0 when nobody asks. */
  readonly ask: number;
  /** Base units at the best ask; NaN when the exchange does not say. */
  readonly askSize: number;
  /** Milliseconds since the epoch on the exchange's clock; null when the exchange sends none. */
  readonly exchangeTimeMs: number | null;
  /** Milliseconds since the epoch on this process's clock, when the update arrived. */
  readonly receivedAtMs: number;
  /** See `Book.hasGap`. */
  readonly hasGap?: true;
}
