/**
 * Recording without sampling, for a tail sampler: all traces are recorded, or under load a consistent part of them.
 * What part travels on the first span, so that the tail can weigh what it keeps.
 */

import type { Attributes, TraceState } from '@opentelemetry/api';
import type { SamplingResult } from '@opentelemetry/sdk-trace-base';
import { SAMPLING_ATTR } from '../names.ts';
import { DROP, RECORD_ONLY } from './decision.ts';
import { readOtelState, withThreshold } from './otel-state.ts';
import { ALWAYS_THRESHOLD, isKept, parseThreshold, type Threshold } from './threshold.ts';

/** The threshold under which traces are recorded now; null records none. */
export type RecordGate = () => Threshold | null;

/** What happens to a trace that is not sampled: recorded as the gate allows, else dropped. */
export function unsampledResult(gate: RecordGate | undefined, randomness: string): SamplingResult {
  const floor = gate?.() ?? null;
  if (floor === null || !isKept(floor, randomness)) return DROP;
  return floor === ALWAYS_THRESHOLD ? RECORD_ONLY : addFloor(RECORD_ONLY, floor);
}

/** The result with the floor that its trace was recorded under, when a tail sampler wants to know it. */
export function withFloor(gate: RecordGate | undefined, result: SamplingResult): SamplingResult {
  const floor = gate?.() ?? ALWAYS_THRESHOLD;
  return floor === ALWAYS_THRESHOLD ? result : addFloor(result, floor);
}

/** The floor that the first span of a trace carries; everything was recorded when it carries none. */
export function floorOf(span: { readonly attributes: Attributes }): Threshold {
  const text = span.attributes[SAMPLING_ATTR.recordThreshold];
  return (typeof text === 'string' ? parseThreshold(text) : null) ?? ALWAYS_THRESHOLD;
}

/** A span that is not sampled must not carry the threshold of one that was. */
export function withoutThreshold(
  result: SamplingResult,
  traceState: TraceState | undefined,
): SamplingResult {
  if (readOtelState(traceState).threshold === null) return result;
  const erased = withThreshold(traceState, null);
  return erased === undefined ? result : { ...result, traceState: erased };
}

function addFloor(result: SamplingResult, floor: Threshold): SamplingResult {
  const attributes = { ...result.attributes, [SAMPLING_ATTR.recordThreshold]: floor.text };
  return { ...result, attributes };
}
