/** Which parts of the symbols a process has now. */

export interface ShardFilter {
  /** Parts that symbols are shared out over; see `domain/shards.ts`. */
  readonly count: number;
  /** Those that are read here, in rising order. */
  owned(): readonly number[];
  /** Calls `listener` when they change. Returns the function that stops it. */
  onChange(listener: () => void): () => void;
}
