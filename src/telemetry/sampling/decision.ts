/** Results of the official `Sampler` interface; its enum is a type here, so that the SDK is not loaded for it. */

import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { SamplingDecision, SamplingResult } from '@opentelemetry/sdk-trace-base';
import { SAMPLING_ATTR } from '../names.ts';
import { FLAG_SAMPLED } from '../propagate/traceparent.ts';
import type { Threshold } from './threshold.ts';

/** `SamplingDecision.NOT_RECORD` of sdk-trace-base 2.x. */
export const NOT_RECORD: SamplingDecision = 0;

/** `SamplingDecision.RECORD`: recorded, sampled flag not set. */
export const RECORD: SamplingDecision = 1;

/** `SamplingDecision.RECORD_AND_SAMPLED`. */
export const RECORD_AND_SAMPLED: SamplingDecision = 2;

/** Shared, so that a span that is not recorded costs no allocation. */
export const DROP: SamplingResult = Object.freeze({ decision: NOT_RECORD });
/** Shared, for a span that only a tail sampler may keep. */
export const RECORD_ONLY: SamplingResult = Object.freeze({ decision: RECORD });
/** Shared, for a span that is kept without a weight. */
export const SAMPLE: SamplingResult = Object.freeze({ decision: RECORD_AND_SAMPLED });

/** True when the flag of the context says so. */
export function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & FLAG_SAMPLED) !== 0;
}

/** A result that keeps the span under `threshold`; null when no probability is known. */
export function toSampled(
  threshold: Threshold | null,
  traceState: TraceState | undefined,
): SamplingResult {
  const attributes = weightAttributes(threshold);
  return {
    decision: RECORD_AND_SAMPLED,
    ...(attributes !== null && { attributes }),
    ...(traceState !== undefined && { traceState }),
  };
}

/** The attribute that says how many spans one stands for; null for one that stands for itself. */
export function weightAttributes(threshold: Threshold | null): Record<string, number> | null {
  if (threshold === null || threshold.adjustedCount === 1) return null;
  return { [SAMPLING_ATTR.adjustedCount]: threshold.adjustedCount };
}
