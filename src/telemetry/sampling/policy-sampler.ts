/** A policy as an official `Sampler`: compares randomness with the threshold and writes `ot=th` on what is kept. */

import { type TraceState, trace } from '@opentelemetry/api';
import type { SamplingResult } from '@opentelemetry/sdk-trace-base';
import type { RootSampler } from '../lean/sampling-rule.ts';
import { SAMPLE, toSampled } from './decision.ts';
import { randomnessOf, withThreshold } from './otel-state.ts';
import type { SamplingPolicy } from './policy.ts';
import { type RecordGate, unsampledResult, withFloor, withoutThreshold } from './record-gate.ts';
import { ALWAYS_THRESHOLD, isKept, isKeptByBits, type Threshold } from './threshold.ts';

/** What happens to traces that the policy does not keep, and how much it may keep. */
export interface PolicySamplerOptions {
  /** What is recorded although it is not sampled, for a tail sampler behind it. Absent: nothing. */
  readonly recordGate?: RecordGate;
  /**
   * Raises the policy's thresholds, under load, where a probability stays a probability; null refuses all. Absent: they
   * stay.
   */
  readonly govern?: (threshold: Threshold) => Threshold | null;
}

/** Decides by the policy alone; put it under a parent-based sampler to follow decisions that were made before. */
export function createPolicySampler(
  policy: SamplingPolicy,
  options: PolicySamplerOptions = {},
): RootSampler {
  const { govern, recordGate } = options;
  const { thresholdForAny } = policy;
  const governed = (threshold: Threshold | null): Threshold | null =>
    threshold === null || govern === undefined ? threshold : govern(threshold);
  const results = new WeakMap<Threshold, SamplingResult>();
  const sampledRoot = (threshold: Threshold): SamplingResult => {
    const known = results.get(threshold);
    if (known !== undefined) return known;
    const made = toSampled(threshold, withThreshold(undefined, threshold));
    results.set(threshold, made);
    return made;
  };
  const sampled = (threshold: Threshold, traceState: TraceState | undefined): SamplingResult => {
    if (!policy.isProbability) return toSampled(null, withThreshold(traceState, null));
    if (traceState === undefined) {
      const isPlain = threshold === ALWAYS_THRESHOLD && policy.isAlways === true;
      return isPlain ? SAMPLE : sampledRoot(threshold);
    }
    return toSampled(threshold, withThreshold(traceState, threshold));
  };
  return {
    shouldSample(context, traceId, name, kind, attributes) {
      const traceState = trace.getSpanContext(context)?.traceState;
      const start = { traceId, name, kind, attributes };
      const threshold = governed(policy.thresholdFor(start));
      const randomness = randomnessOf(traceId, traceState);
      if (threshold === null || !isKept(threshold, randomness)) {
        return withoutThreshold(unsampledResult(recordGate, randomness), traceState);
      }
      policy.onSampled?.(start);
      return withFloor(recordGate, sampled(threshold, traceState));
    },
    toString: () => policy.description,
    ...(recordGate === undefined && thresholdForAny !== undefined
      ? { dropsRoot: (high, low) => isRefused(governed(thresholdForAny()), high, low) }
      : {}),
  };
}

function isRefused(threshold: Threshold | null, high: number, low: number): boolean {
  return threshold === null || !isKeptByBits(threshold, high, low);
}
