/**
 * The contract of the cycle kernel: rates of conversions in, profitable cycles out. Assets, pairs and exchanges are
 * named by index; the host keeps the names.
 *
 * A **pair** is two assets that some exchange trades, in whichever direction; it has two **conversions**: number
 * 2 × pair turns `from` into `to`, number 2 × pair + 1 turns `to` into `from`. Of the rates that the exchanges give for
 * a conversion the best one counts. A **cycle** is a round of conversions through different assets; its edge is the
 * product of its rates less one. For cycles on one exchange alone, make a kernel with that exchange alone.
 */

/** Most legs of a cycle that the sweeps look for. Longer ones: `findCycle` and `audit`. */
export const MAX_LEGS = 5;

/** What can be converted into what; fixed when the kernel is created. */
export interface CycleGraph {
  readonly assetsCount: number;
  readonly exchangesCount: number;
  /** Two different assets each, every unordered pair at most once. */
  readonly pairs: readonly { readonly from: number; readonly to: number }[];
}

/** Rate updates, one row each, written by the caller. Rows are applied in order. */
export interface RateBatch {
  readonly pairIndex: Uint32Array;
  readonly exchangeIndex: Uint32Array;
  /** Units of `to` for one unit of `from`, fees taken out, 1e-60 to 1e60; 0 when nobody offers it. */
  readonly forwardRate: Float64Array;
  /** Units of `from` for one unit of `to`, fees taken out; 0 when nobody offers it. */
  readonly backwardRate: Float64Array;
  /** Milliseconds since the epoch, on the clock that `RateWindow.nowMs` is on. */
  readonly timeMs: Float64Array;
}

/** Which rates count, by their age; bounds as in `ScreenParams`. */
export interface RateWindow {
  readonly nowMs: number;
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
}

/** What a sweep found: greatest edge first; of equal edges the fewer legs, then the lower conversions. */
export interface CycleHitViews {
  readonly legsCount: Uint32Array;
  /** `MAX_LEGS` numbers a hit: its conversions in order, from the asset with the lowest index on. */
  readonly conversion: Uint32Array;
  readonly edgeRatio: Float64Array;
}

export interface CycleParams {
  /** A hit has an edge strictly above this; at least −1. */
  readonly minEdgeRatio: number;
  /** 2 to `MAX_LEGS`; two legs are one pair, there and back. */
  readonly minLegs: number;
  readonly maxLegs: number;
  /** Most hits to give, the best ones: 1 to `CYCLE_HITS_CAPACITY`. */
  readonly maxHitsCount: number;
}

export interface CycleScreening {
  /** Rows of `hits`. */
  readonly hitsCount: number;
  /** False when more cycles are above the threshold than were asked for. */
  readonly isComplete: boolean;
}

/** The best offer of one conversion, as judged last. */
export interface Conversion {
  readonly from: number;
  readonly to: number;
  /** 0 when nobody offers it. */
  readonly rate: number;
  /** The exchange that offers it; of equal rates the lowest index; −1 when nobody does. */
  readonly exchangeIndex: number;
}

/** A cycle of any length, its edge the product of the rates in this order, less one. */
export interface FoundCycle {
  /** From the asset with the lowest index on. */
  readonly conversions: readonly number[];
  readonly edgeRatio: number;
}

export interface CycleAuditParams {
  readonly minLegs: number;
  /** Infinity: any length. */
  readonly maxLegs: number;
  /** Cycles with an edge strictly above this are counted as profitable; at least −1. */
  readonly minEdgeRatio: number;
  /** Stops after so many cycles; Infinity: never. */
  readonly maxCyclesCount: number;
}

export interface CycleAudit {
  readonly cyclesCount: number;
  readonly profitableCount: number;
  /** The first of the best; null when there is no cycle at all. */
  readonly best: FoundCycle | null;
  /** False when it stopped at `maxCyclesCount`. */
  readonly isComplete: boolean;
}

/** Work done since `resetWork`. */
export interface CycleWork {
  readonly ratesAppliedCount: number;
  /** Rows with a rate or a time that cannot be used; what is unusable of a row counts as not offered. */
  readonly ratesInvalidCount: number;
  readonly pairsJudgedCount: number;
  /** Routes and paths looked at: a measure of this kernel's own work, not comparable between kernels. */
  readonly stepsCount: number;
  readonly hitsCount: number;
}

export interface CycleKernel {
  readonly name: 'reference' | 'wasm';
  readonly graph: CycleGraph;
  readonly batch: RateBatch;
  /** Rows of `batch`. */
  readonly batchCapacityCount: number;
  readonly hits: CycleHitViews;
  /**
   * Stores the first `count` rows of `batch` and judges their pairs anew within `window`. A pair whose best offer
   * changed becomes dirty.
   *
   * @returns how many rows are invalid.
   * @throws {RangeError} when `count` or an index of a row is out of bounds; nothing is applied then.
   */
  applyRates(count: number, window: RateWindow): number;
  /** Judges all pairs anew: time alone makes rates stale. A pair whose best offer changed becomes dirty. */
  judgeAll(window: RateWindow): void;
  /** Forgets all rates of one exchange and judges its pairs anew. @throws {RangeError} on a bad index. */
  clearExchange(exchangeIndex: number, window: RateWindow): void;
  /** @throws {RangeError} on a bad index. */
  readConversion(conversionIndex: number): Conversion;
  /** All cycles above the threshold; dirty marks stay. @throws {RangeError | TypeError} on bad parameters. */
  sweep(params: CycleParams): CycleScreening;
  /** The cycles above the threshold that pass through a dirty pair, each once; unmarks all pairs. */
  screenDirty(params: CycleParams): CycleScreening;
  /** A cycle of any length with an edge above zero, or null when there is none: not the best one, but soon. */
  findCycle(): FoundCycle | null;
  /** Enumerates simple cycles, for audits: the work grows exponentially with the length. */
  audit(params: CycleAuditParams): CycleAudit;
  readWork(): CycleWork;
  resetWork(): void;
}
