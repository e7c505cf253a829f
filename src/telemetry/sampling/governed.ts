/** A sampler that counts its decisions, for the governor too, and asks nobody while the governor is off. */

import type { SamplingResult } from '@opentelemetry/sdk-trace-base';
import type { RootSampler } from '../lean/sampling-rule.ts';
import { DROP, NOT_RECORD, RECORD_AND_SAMPLED } from './decision.ts';
import type { Governor } from './governor.ts';

/** Decisions of a sampler so far, in spans. */
export interface DecisionCounts {
  readonly droppedCount: number;
  /** Recorded for a tail sampler, not sampled. */
  readonly recordedCount: number;
  readonly sampledCount: number;
}

/** A sampler whose decisions can be read. */
export interface CountingSampler extends RootSampler {
  counts(): DecisionCounts;
}

/** Who is told what was decided. */
export interface CountingOptions {
  /** Null: nothing governs. */
  readonly governor: Governor | null;
  /** False when nothing is exported, or a tail sampler decides what is: who passes it on counts it then. */
  readonly isExported: boolean;
}

/** Counts every decision; while the governor is off it asks nobody and drops. */
export function createCountingSampler(
  sampler: RootSampler,
  options: CountingOptions,
): CountingSampler {
  const { governor, isExported } = options;
  const { dropsRoot } = sampler;
  let droppedCount = 0;
  let recordedCount = 0;
  let sampledCount = 0;

  const countDrop = (): void => {
    droppedCount += 1;
    governor?.count('unsampled');
  };
  const count = ({ decision }: SamplingResult): void => {
    if (decision === NOT_RECORD) {
      countDrop();
      return;
    }
    governor?.count('recorded');
    if (decision !== RECORD_AND_SAMPLED) {
      recordedCount += 1;
      return;
    }
    sampledCount += 1;
    if (isExported) governor?.count('exported');
  };

  return {
    shouldSample: (context, traceId, name, kind, attributes, links) => {
      const result =
        governor?.isOff === true
          ? DROP
          : sampler.shouldSample(context, traceId, name, kind, attributes, links);
      count(result);
      return result;
    },
    ...(dropsRoot === undefined
      ? {}
      : {
          dropsRoot: (high, low) => {
            const isDropped = governor?.isOff === true || dropsRoot(high, low);
            if (isDropped) countDrop();
            return isDropped;
          },
        }),
    toString: () => sampler.toString(),
    counts: () => ({ droppedCount, recordedCount, sampledCount }),
  };
}
