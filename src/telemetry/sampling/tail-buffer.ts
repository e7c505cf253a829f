/** What a tail sampler holds: the recorded spans of traces that are not finished. */

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

/** How much may wait. */
export interface TailBounds {
  readonly maxTraces: number;
  /** Ended spans over all traces. */
  readonly maxSpans: number;
  readonly maxSpansPerTrace: number;
}
