/** What an implementation of the cycle kernel provides: the operations without checks of their arguments. */

import type {
  Conversion,
  CycleAudit,
  CycleAuditParams,
  CycleHitViews,
  CycleKernel,
  CycleParams,
  CycleScreening,
  FoundCycle,
  RateBatch,
  RateWindow,
} from './cycle-kernel.ts';

/** Places of the counters in `CycleCore.work`. */
export const CYCLE_WORK = {
  ratesApplied: 0,
  ratesInvalid: 1,
  pairsJudged: 2,
  steps: 3,
  hits: 4,
} as const;

/** Length of `CycleCore.work`. */
export const CYCLE_WORK_COUNT = 5;

export interface CycleCore {
  readonly name: CycleKernel['name'];
  readonly batch: RateBatch;
  readonly hits: CycleHitViews;
  /** Counters in the order of `CYCLE_WORK`. */
  readonly work: Float64Array;
  /** @returns −1, or the first row with an index out of bounds (then nothing was applied). */
  applyRates(count: number, window: RateWindow): number;
  judgeAll(window: RateWindow): void;
  clearExchange(exchangeIndex: number, window: RateWindow): void;
  readConversion(conversionIndex: number): Conversion;
  sweep(params: CycleParams): CycleScreening;
  screenDirty(params: CycleParams): CycleScreening;
  findCycle(): FoundCycle | null;
  audit(params: CycleAuditParams): CycleAudit;
}
