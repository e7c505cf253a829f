/**
 * The `ot` member of `tracestate`: `th` (rejection threshold) and `rv` (explicit randomness), with whatever else stands
 * beside them. OpenTelemetry specification, "TraceState handling" and "TraceState: probability sampling".
 */

import type { SpanContext, TraceState } from '@opentelemetry/api';
import { emptyTraceState } from '../propagate/trace-state.ts';
import { isSampled } from './decision.ts';
import { parseThreshold, randomnessOfTraceId, type Threshold } from './threshold.ts';

const MEMBER = 'ot';

/** Longest value of the member, by the specification. */
const MAX_CHARS = 256;

/** A sub-key and its value, between semicolons. */
const PART = /^([a-z][a-z0-9]*):([A-Za-z0-9._-]*)$/;

const RANDOMNESS = /^[0-9a-f]{14}$/;

/** The parts of the member. */
export interface OtelState {
  /** Null: no probability is known. */
  readonly threshold: Threshold | null;
  /** 14 hexadecimal digits that replace the trace id's; null when absent. */
  readonly randomness: string | null;
  /** Other parts, as they came. */
  readonly others: readonly string[];
}

const NOTHING: OtelState = { threshold: null, randomness: null, others: [] };

/** Reads the member; a value that breaks the grammar says nothing. */
export function readOtelState(traceState: TraceState | undefined): OtelState {
  const value = traceState?.get(MEMBER);
  if (value === undefined || value.length > MAX_CHARS) return NOTHING;
  let { threshold, randomness } = NOTHING;
  const others: string[] = [];
  for (const part of value.split(';')) {
    const [, key, text = ''] = PART.exec(part) ?? [];
    if (key === undefined) return NOTHING;
    if (key === 'th') threshold = parseThreshold(text);
    else if (key === 'rv') randomness = RANDOMNESS.test(text) ? text : null;
    else others.push(part);
  }
  return { threshold, randomness, others };
}

/**
 * The trace state with this threshold, or with none; randomness and other parts stay. Undefined when nothing would be
 * left to say and there was no state.
 */
export function withThreshold(
  traceState: TraceState | undefined,
  threshold: Threshold | null,
): TraceState | undefined {
  const { randomness, others } = readOtelState(traceState);
  const parts = [
    ...(threshold === null ? [] : [`th:${threshold.text}`]),
    ...(randomness === null ? [] : [`rv:${randomness}`]),
    ...others,
  ];
  if (parts.length === 0) return traceState?.unset(MEMBER);
  return (traceState ?? emptyTraceState()).set(MEMBER, joinWithinLimit(parts));
}

/** Leaves out the last parts that would make the value too long; `th` and `rv` come first and always fit. */
function joinWithinLimit(parts: readonly string[]): string {
  let joined = parts.join(';');
  for (let count = parts.length - 1; joined.length > MAX_CHARS; count -= 1) {
    joined = parts.slice(0, count).join(';');
  }
  return joined;
}

/** Randomness of a span's trace: what `rv` says, else the trace id's last digits. */
export function randomnessOf(traceId: string, traceState: TraceState | undefined): string {
  if (traceState === undefined) return randomnessOfTraceId(traceId);
  return readOtelState(traceState).randomness ?? randomnessOfTraceId(traceId);
}

/** The threshold under which a span was kept; null when its state does not say, or says what cannot be. */
export function thresholdOf(span: SpanContext): Threshold | null {
  const { threshold, randomness } = readOtelState(span.traceState);
  if (threshold === null) return null;
  const wouldBeKept = (randomness ?? randomnessOfTraceId(span.traceId)) >= threshold.padded;
  return isSampled(span) === wouldBeKept ? threshold : null;
}
