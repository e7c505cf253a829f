/** A book: the depth of one market, best level first. */

/** `[price in quote units, size in base units]`. */
export type Level = readonly [price: number, size: number];

export interface Book {
  readonly exchange: string;
  readonly symbol: string;
  /** Prices strictly falling. */
  readonly bids: readonly Level[];
  /** Prices strictly rising. */
  readonly asks: readonly Level[];
  /** Milliseconds since the epoch on the exchange's clock; null when the exchange sends none. */
  readonly exchangeTimeMs: number | null;
  /** Milliseconds since the epoch on this process's clock, when the update arrived. */
  readonly receivedAtMs: number;
  /**
   * Updates of this book are missing: it is empty, and nothing is known until the next whole book. A feed that has
   * numbers of updates says so, and sends no book of the market before that.
   */
  readonly hasGap?: true;
}
