/** The recorded spans of traces that are not finished: bounded in traces, in spans, and in spans of one trace. */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Threshold } from './threshold.ts';

/** One trace as far as this process has seen it. */
export interface BufferedTrace {
  readonly traceId: string;
  /** Span id of the first span that began here. */
  readonly rootSpanId: string;
  readonly beganAtMs: number;
  /** Under which its spans were recorded at all. */
  readonly floor: Threshold;
  /** Ended spans, in the order of their ends. */
  readonly spans: ReadableSpan[];
  openCount: number;
}

/** What the buffer's user must keep to; the buffer itself only counts. */
export interface TailBounds {
  readonly maxTraces: number;
  /** Ended spans over all traces. */
  readonly maxSpans: number;
  readonly maxSpansPerTrace: number;
}

/** Traces in the order of their beginnings. */
export interface TailBuffer {
  readonly tracesCount: number;
  readonly spansCount: number;
  get(traceId: string): BufferedTrace | undefined;
  /** Begins a trace. The caller makes room first, with `oldest`. */
  open(trace: BufferedTrace): void;
  add(trace: BufferedTrace, span: ReadableSpan): void;
  remove(trace: BufferedTrace): void;
  /** The trace that began first; undefined when there is none. */
  oldest(): BufferedTrace | undefined;
}

/** An empty buffer. */
export function createTailBuffer(): TailBuffer {
  const traces = new Map<string, BufferedTrace>();
  let spansCount = 0;
  return {
    get tracesCount() {
      return traces.size;
    },
    get spansCount() {
      return spansCount;
    },
    get: (traceId) => traces.get(traceId),
    open: (opened) => {
      traces.set(opened.traceId, opened);
    },
    add: (buffered, span) => {
      buffered.spans.push(span);
      spansCount += 1;
    },
    remove: (buffered) => {
      if (traces.delete(buffered.traceId)) spansCount -= buffered.spans.length;
    },
    oldest: () => traces.values().next().value,
  };
}
