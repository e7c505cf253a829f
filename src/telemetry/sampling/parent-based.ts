/** Follows the parent's decision; a trace without a parent is decided by the root sampler. */

import {
  type Context,
  INVALID_SPANID,
  INVALID_TRACEID,
  type SpanContext,
  type TraceState,
  trace,
} from '@opentelemetry/api';
import type { SamplingResult } from '@opentelemetry/sdk-trace-base';
import type { RootSampler } from '../lean/sampling-rule.ts';
import { DROP, isSampled, RECORD_ONLY, SAMPLE, toSampled, weightAttributes } from './decision.ts';
import { randomnessOf, readOtelState, thresholdOf, withThreshold } from './otel-state.ts';
import { type RecordGate, unsampledResult, withFloor, withoutThreshold } from './record-gate.ts';
import { ALWAYS_THRESHOLD, isKept, type Threshold } from './threshold.ts';

/** The root sampler, and what is asked and told beside it. */
export interface ParentBasedOptions {
  readonly root: RootSampler;
  /** What is recorded although it is not sampled, for a tail sampler behind it. Absent: nothing. */
  readonly recordGate?: RecordGate;
  /** Raises the threshold of traces that were sampled elsewhere, under load; null refuses them. Absent: as they come. */
  readonly govern?: (threshold: Threshold) => Threshold | null;
  /** Called for each span that is kept because its parent in this process was. */
  readonly onChildSampled?: (traceId: string) => void;
}

/** A parent is always followed; one without ids is none. */
export function createParentBasedSampler(options: ParentBasedOptions): RootSampler {
  const { root } = options;
  const follow = createFollower(options);
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const parent = trace.getSpanContext(context);
      return parent === undefined || !hasIds(parent)
        ? root.shouldSample(context, traceId, name, kind, attributes, links)
        : follow(context, parent);
    },
    toString: () => `parentbased_${root.toString()}`,
    ...(root.dropsRoot === undefined ? {} : { dropsRoot: root.dropsRoot }),
  };
}

function createFollower(options: ParentBasedOptions) {
  const children = new WeakMap<TraceState, SamplingResult>();
  return (context: Context, parent: SpanContext): SamplingResult => {
    if (!isSampled(parent)) {
      return parent.isRemote === true
        ? followUnsampledRemote(parent, options.recordGate)
        : followUnsampledLocal(context, options.recordGate);
    }
    if (parent.isRemote === true) return followRemote(parent, options);
    options.onChildSampled?.(parent.traceId);
    return followLocal(parent.traceState, children);
  };
}

/** A threshold that contradicts the flag is erased: nobody knows the probability then. */
function followRemote(parent: SpanContext, options: ParentBasedOptions): SamplingResult {
  const known = thresholdOf(parent);
  const governed = options.govern?.(known ?? ALWAYS_THRESHOLD) ?? null;
  if (options.govern !== undefined && governed !== known) {
    const randomness = randomnessOf(parent.traceId, parent.traceState);
    if (governed === null || !isKept(governed, randomness)) {
      return unsampledResult(options.recordGate, randomness);
    }
  }
  const threshold = known === null ? null : (governed ?? known);
  if (parent.traceState === undefined) return withFloor(options.recordGate, SAMPLE);
  const traceState = withThreshold(parent.traceState, threshold);
  return withFloor(options.recordGate, toSampled(threshold, traceState));
}

/** Spans of one process share one state object, so its weight is read once. */
function followLocal(
  traceState: TraceState | undefined,
  known: WeakMap<TraceState, SamplingResult>,
): SamplingResult {
  if (traceState === undefined) return SAMPLE;
  const result = known.get(traceState);
  if (result !== undefined) return result;
  const attributes = weightAttributes(readOtelState(traceState).threshold);
  const made = attributes === null ? SAMPLE : { ...SAMPLE, attributes };
  known.set(traceState, made);
  return made;
}

function followUnsampledRemote(parent: SpanContext, gate: RecordGate | undefined): SamplingResult {
  const randomness = randomnessOf(parent.traceId, parent.traceState);
  const result = unsampledResult(gate, randomness);
  return thresholdOf(parent) === null ? withoutThreshold(result, parent.traceState) : result;
}

function followUnsampledLocal(context: Context, gate: RecordGate | undefined): SamplingResult {
  const isRecorded = gate !== undefined && trace.getSpan(context)?.isRecording() === true;
  return isRecorded ? RECORD_ONLY : DROP;
}

/** What the API's `isSpanContextValid` finds with two regular expressions; contexts in use are well formed or zero. */
function hasIds({ traceId, spanId }: SpanContext): boolean {
  return (
    traceId.length === 32 &&
    spanId.length === 16 &&
    traceId !== INVALID_TRACEID &&
    spanId !== INVALID_SPANID
  );
}
