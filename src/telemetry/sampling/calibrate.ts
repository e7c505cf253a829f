/** What a span costs here and now, measured by doing it. */

import { DEFAULT_SPAN_COSTS, type SpanCostKind, type SpanCosts } from './governor.ts';
import type { MonotonicClock } from './token-bucket.ts';

/** Each does the work of one span of its kind: start it unsampled; record and end it; encode it. */
export type SpanWork = Readonly<Record<SpanCostKind, () => void>>;

/** How long the measurement may be: `batchCount * batchesCount` spans of each kind. */
export interface CalibrationOptions {
  readonly clock: MonotonicClock;
  /** Spans of one batch. Default 200. */
  readonly batchCount?: number;
  /** Batches, of which the fastest counts; the first ones also warm up. Default 5. */
  readonly batchesCount?: number;
}

/** Most that a measured cost may be, nanoseconds: more was a pause, not the work. A bound of ours. */
const MAX_COST_NS = 100_000;

/** Costs in nanoseconds. Where the clock stands still the defaults stay. */
export function calibrateSpanCosts(work: SpanWork, options: CalibrationOptions): SpanCosts {
  return {
    unsampled: costOf('unsampled', work, options),
    recorded: costOf('recorded', work, options),
    exported: costOf('exported', work, options),
  };
}

function costOf(kind: SpanCostKind, work: SpanWork, options: CalibrationOptions): number {
  const { clock, batchCount = 200, batchesCount = 5 } = options;
  let fastestNs = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < batchesCount; batch += 1) {
    const beganAtMs = clock.monotonicMs();
    for (let index = 0; index < batchCount; index += 1) work[kind]();
    const elapsedNs = (clock.monotonicMs() - beganAtMs) * 1e6;
    if (elapsedNs > 0) fastestNs = Math.min(fastestNs, elapsedNs / batchCount);
  }
  return fastestNs <= MAX_COST_NS ? fastestNs : DEFAULT_SPAN_COSTS[kind];
}
