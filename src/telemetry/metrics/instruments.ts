/** The instruments of the OpenTelemetry API over series, each with what it gives when metrics are collected. */

import type {
  Attributes,
  BatchObservableResult,
  Context,
  MetricOptions,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ExemplarSource } from './exemplar-source.ts';
import type { Exemplar, MetricData } from './metric-data.ts';
import { SeriesMap } from './series.ts';

export interface InstrumentOptions extends MetricOptions {
  readonly name: string;
  readonly scope: InstrumentationScope;
  readonly exemplarOf: ExemplarSource;
  readonly nowMs: () => number;
}

/** Whatever can be collected. */
export interface Collectable {
  readonly name: string;
  /** Null when nothing was measured. */
  collect(): MetricData | null;
}

interface NumberState {
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  value: number;
  exemplar: Exemplar | null;
  /** Observed since the last collection began; always true for what is not observable. */
  isFresh: boolean;
}

/** Buckets of a histogram that says nothing of its own ("Metrics SDK", Explicit Bucket Histogram Aggregation). */
const DEFAULT_BOUNDS = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
] as const;

function describe({ name, description = '', unit = '', scope }: InstrumentOptions) {
  return { name, description, unit, scope };
}

/** Least time between two exemplars of one series or bucket: making one costs more than the measurement. */
const EXEMPLAR_INTERVAL_MS = 1_000;

/** The exemplar to keep: a new one when the last is old enough and a trace is there to point at. */
function nextExemplar(
  before: Exemplar | null,
  { exemplarOf, nowMs }: InstrumentOptions,
  value: number,
  given: Context | undefined,
): Exemplar | null {
  if (before !== null && nowMs() - before.timeMs < EXEMPLAR_INTERVAL_MS) return before;
  return exemplarOf(value, given) ?? before;
}

/** Counter, up-down counter and gauge differ in how a value meets the one before. */
export class NumberInstrument implements Collectable, Observable {
  readonly #options: InstrumentOptions;
  readonly #kind: 'counter' | 'up_down_counter' | 'gauge';
  readonly #series: SeriesMap<NumberState>;
  readonly #isObservable: boolean;
  readonly #callbacks = new Set<ObservableCallback>();

  constructor(
    options: InstrumentOptions,
    kind: 'counter' | 'up_down_counter' | 'gauge',
    isObservable: boolean,
  ) {
    this.#options = options;
    this.#isObservable = isObservable;
    this.#kind = kind;
    const { nowMs } = options;
    this.#series = new SeriesMap((attributes) => ({
      attributes,
      startTimeMs: nowMs(),
      value: 0,
      exemplar: null,
      isFresh: true,
    }));
  }

  get name(): string {
    return this.#options.name;
  }

  /** Adds to the series. What is not finite, and less than nothing on a counter, is ignored. */
  add(value: number, attributes: Attributes = {}, given?: Context): void {
    if (this.#accepts(value)) this.#addTo(this.#series.get(attributes), value, given);
  }

  /**
   * The series itself, for a hot path: whoever adds to its `value` must add what `add` would accept, and gives up
   * exemplars.
   */
  seriesOf(attributes: Attributes): { value: number } {
    return this.#series.get(attributes);
  }

  #accepts(value: number): boolean {
    return Number.isFinite(value) && (this.#kind !== 'counter' || value >= 0);
  }

  #addTo(state: NumberState, value: number, given?: Context): void {
    state.value += value;
    state.exemplar = nextExemplar(state.exemplar, this.#options, value, given);
  }

  /** Replaces the value of the series. */
  record(value: number, attributes: Attributes = {}, given?: Context): void {
    if (!Number.isFinite(value)) return;
    const state = this.#series.get(attributes);
    state.value = value;
    state.isFresh = true;
    state.exemplar = nextExemplar(state.exemplar, this.#options, value, given);
  }

  addCallback(callback: ObservableCallback): void {
    this.#callbacks.add(callback);
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.delete(callback);
  }

  /** A series of an observable that is not observed from now on is not reported ("Metrics API", Observable). */
  beginObservation(): void {
    if (!this.#isObservable) return;
    for (const state of this.#series.values()) state.isFresh = false;
  }

  /** Runs the callbacks; one that throws or is asynchronous gives nothing more in this collection. */
  observe(): void {
    const result = {
      observe: (value: number, attributes?: Attributes) => this.record(value, attributes),
    };
    for (const callback of this.#callbacks) runSafely(() => callback(result));
  }

  collect(): MetricData | null {
    this.#series.prune((state) => !state.isFresh);
    if (this.#series.size === 0) return null;
    const timeMs = this.#options.nowMs();
    const points = [...this.#series.values()].map((state) => ({
      attributes: state.attributes,
      startTimeMs: state.startTimeMs,
      timeMs,
      value: state.value,
      exemplars: state.exemplar === null ? [] : [state.exemplar],
    }));
    const base = describe(this.#options);
    if (this.#kind === 'gauge') return { ...base, type: 'gauge', points };
    const isMonotonic = this.#kind === 'counter';
    return { ...base, type: 'sum', isMonotonic, isObserved: this.#isObservable, points };
  }
}

/** The state of one series. */
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
    if (Number.isFinite(value)) this.#recordIn(this.#series.get(attributes), value, given);
  }

  /** A series, found once, for `recordIn`. For a few fixed sets of attributes on a hot path. */
  seriesOf(attributes: Attributes): HistogramState {
    return this.#series.get(attributes);
  }

  /** `record` in a series of this instrument. */
  recordIn(state: HistogramState, value: number, given: Context): void {
    if (Number.isFinite(value)) this.#recordIn(state, value, given);
  }

  #recordIn(state: HistogramState, value: number, given?: Context): void {
    const bucket = toBucket(this.#bounds, value);
    state.bucketCounts[bucket] = (state.bucketCounts[bucket] ?? 0) + 1;
    state.count += 1;
    state.sum += value;
    if (value < state.min) state.min = value;
    if (value > state.max) state.max = value;
    const before = state.exemplars[bucket] ?? null;
    state.exemplars[bucket] = nextExemplar(before, this.#options, value, given);
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

/** A batch callback's results go to the instruments it names. */
export const BATCH_RESULT: BatchObservableResult = {
  observe: (metric, value, attributes) => {
    if (metric instanceof NumberInstrument) metric.record(value, attributes);
  },
};

export function runSafely(callback: () => unknown): void {
  try {
    callback();
  } catch {
    // A callback that fails has no value this time.
  }
}
