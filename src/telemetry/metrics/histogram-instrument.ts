/** Histograms of the OpenTelemetry API, with explicit buckets. */

import type { Attributes, Context } from '@opentelemetry/api';
import { type Collectable, describe, type InstrumentOptions, nextExemplar } from './instrument.ts';
import type { Exemplar, MetricData } from './metric-data.ts';
import { SeriesMap } from './series.ts';

/** Buckets of a histogram that says nothing of its own ("Metrics SDK", Explicit Bucket Histogram Aggregation). */
const DEFAULT_BOUNDS = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
] as const;

export interface HistogramState {
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  readonly bucketCounts: number[];
  /** A late measurement of each bucket that has a trace. */
  readonly exemplars: (Exemplar | null)[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

export class HistogramInstrument implements Collectable {
  readonly #options: InstrumentOptions;
  readonly #bounds: readonly number[];
  readonly #series: SeriesMap<HistogramState>;

  constructor(options: InstrumentOptions) {
    this.#options = options;
    this.#bounds = options.advice?.explicitBucketBoundaries ?? DEFAULT_BOUNDS;
    const bucketsCount = this.#bounds.length + 1;
    this.#series = new SeriesMap((attributes) => ({
      attributes,
      startTimeMs: options.nowMs(),
      bucketCounts: new Array<number>(bucketsCount).fill(0),
      exemplars: new Array<Exemplar | null>(bucketsCount).fill(null),
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    }));
  }

  get name(): string {
    return this.#options.name;
  }

  /** What is not finite is ignored. */
  record(value: number, attributes: Attributes = {}, given?: Context): void {
    if (!Number.isFinite(value)) return;
    const state = this.#series.get(attributes);
    this.offerExemplar(state, this.recordIn(state, value), value, given);
  }

  /** A series, found once, for `recordIn`. For a few fixed sets of attributes on a hot path. */
  seriesOf(attributes: Attributes): HistogramState {
    return this.#series.get(attributes);
  }

  /** Adds to a series of this instrument, without an exemplar. @returns the bucket; -1 for what is not finite. */
  recordIn(state: HistogramState, value: number): number {
    if (!Number.isFinite(value)) return -1;
    const bucket = toBucket(this.#bounds, value);
    state.bucketCounts[bucket] = (state.bucketCounts[bucket] ?? 0) + 1;
    state.count += 1;
    state.sum += value;
    if (value < state.min) state.min = value;
    if (value > state.max) state.max = value;
    return bucket;
  }

  /** @param value - just added to `bucket`. @returns true when it is the bucket's exemplar now. */
  offerExemplar(state: HistogramState, bucket: number, value: number, given?: Context): boolean {
    const before = state.exemplars[bucket] ?? null;
    const next = nextExemplar(before, this.#options, value, given);
    state.exemplars[bucket] = next;
    return next !== before;
  }

  collect(): MetricData | null {
    if (this.#series.size === 0) return null;
    const timeMs = this.#options.nowMs();
    const points = [...this.#series.values()].map(({ exemplars, bucketCounts, ...state }) => ({
      ...state,
      timeMs,
      bucketCounts: [...bucketCounts],
      exemplars: exemplars.filter((exemplar) => exemplar !== null),
    }));
    return { ...describe(this.#options), type: 'histogram', bounds: this.#bounds, points };
  }
}

/** Index of the first bound that is not below `value`; one past the last when all are. */
function toBucket(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
