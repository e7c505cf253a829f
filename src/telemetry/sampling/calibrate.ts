/** What a span costs here and now, measured by doing it. */

import {
  DEFAULT_SPAN_COSTS,
  SPAN_COST_KINDS,
  type SpanCostKind,
  type SpanCosts,
} from './span-costs.ts';
import type { MonotonicClock } from './token-bucket.ts';

/** Each does the work of one span of its kind: start it unsampled; record and end it; encode it. */
export type SpanWork = Readonly<Record<SpanCostKind, () => void>>;

/** How long the measurement may be: `batchCount * batchesCount` spans of each kind. */
export interface CalibrationOptions {
  readonly clock: MonotonicClock;
  /** Spans of one batch. Default 200. */
  readonly batchCount?: number;
  /** Batches, of which the median counts; the first ones also warm up. Default 5. */
  readonly batchesCount?: number;
}

/** Most that a measured cost may be, nanoseconds: more was a pause, not the work. A bound of ours. */
const MAX_COST_NS = 100_000;

/** Costs in nanoseconds. Where the clock stands still the defaults stay. */
export function calibrateSpanCosts(work: SpanWork, options: CalibrationOptions): SpanCosts {
  const calibration = createCalibration(work, options);
  const { batchesCount = 5 } = options;
  for (let batch = 0; batch < batchesCount; batch += 1) calibration.measure();
  return calibration.costs();
}

/** A measurement in slices, so that nobody waits for all of it. */
export interface Calibration {
  /** Runs one batch of each kind. */
  measure(): void;
  /** Medians of the batches so far: spans of the program are disturbed as often as these, so the fastest would flatter. */
  costs(): SpanCosts;
}

export function createCalibration(work: SpanWork, options: CalibrationOptions): Calibration {
  const { clock, batchCount = 200 } = options;
  const samplesNs: Record<SpanCostKind, number[]> = { unsampled: [], recorded: [], exported: [] };
  const costOf = (kind: SpanCostKind) => {
    const costNs = medianOf(samplesNs[kind]);
    return costNs <= MAX_COST_NS ? costNs : DEFAULT_SPAN_COSTS[kind];
  };
  return {
    measure: () => {
      for (const kind of SPAN_COST_KINDS) {
        const beganAtMs = clock.monotonicMs();
        for (let index = 0; index < batchCount; index += 1) work[kind]();
        const elapsedNs = (clock.monotonicMs() - beganAtMs) * 1e6;
        if (elapsedNs > 0) samplesNs[kind].push(elapsedNs / batchCount);
      }
    },
    costs: () => ({
      unsampled: costOf('unsampled'),
      recorded: costOf('recorded'),
      exported: costOf('exported'),
    }),
  };
}

/** Infinite for none. */
function medianOf(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.POSITIVE_INFINITY;
}
