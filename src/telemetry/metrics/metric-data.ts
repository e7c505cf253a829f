/**
 * What a collection of metrics gives: plain data, ready to be encoded; cumulative since each series began, unless
 * `isDelta` says that it is since the last collection.
 */

import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';

/** One measurement that points at the trace in which it was made. */
export interface Exemplar {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

interface Point {
  readonly attributes: Attributes;
  /** When the series began, milliseconds since the epoch. */
  readonly startTimeMs: number;
  readonly timeMs: number;
  readonly exemplars: readonly Exemplar[];
}

export interface NumberPoint extends Point {
  readonly value: number;
}

export interface HistogramPoint extends Point {
  readonly count: number;
  readonly sum: number;
  /** NaN, as `max`, where nobody knows it. */
  readonly min: number;
  readonly max: number;
  /** One more than the bounds. */
  readonly bucketCounts: readonly number[];
}

interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly scope: InstrumentationScope;
}

export type MetricData = Metric &
  (
    | {
        readonly type: 'sum';
        readonly isMonotonic: boolean;
        /** Its values come from callbacks. */
        readonly isObserved: boolean;
        readonly isDelta?: boolean;
        readonly points: readonly NumberPoint[];
      }
    | { readonly type: 'gauge'; readonly points: readonly NumberPoint[] }
    | {
        readonly type: 'histogram';
        readonly isDelta?: boolean;
        /** Upper bounds of the buckets, inclusive, ascending. */
        readonly bounds: readonly number[];
        readonly points: readonly HistogramPoint[];
      }
  );
