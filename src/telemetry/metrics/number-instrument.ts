/** Counters, up-down counters and gauges of the OpenTelemetry API, synchronous or observed. */

import type {
  Attributes,
  BatchObservableResult,
  Context,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';
import { type Collectable, describe, type InstrumentOptions, nextExemplar } from './instrument.ts';
import type { Exemplar, MetricData } from './metric-data.ts';
import { SeriesMap } from './series.ts';

interface NumberState {
  readonly attributes: Attributes;
  readonly startTimeMs: number;
  value: number;
  exemplar: Exemplar | null;
  /** Observed since the last collection began; always true for what is not observable. */
  isFresh: boolean;
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
    if (!Number.isFinite(value) || (this.#kind === 'counter' && value < 0)) return;
    const state = this.#series.get(attributes);
    state.value += value;
    state.exemplar = nextExemplar(state.exemplar, this.#options, value, given);
  }

  /**
   * The series itself, for a hot path: whoever adds to its `value` must add what `add` would accept, and gives up
   * exemplars.
   */
  seriesOf(attributes: Attributes): { value: number } {
    return this.#series.get(attributes);
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
    const points = [...this.#series.values()].map(({ exemplar, isFresh: _, ...state }) => ({
      ...state,
      timeMs,
      exemplars: exemplar === null ? [] : [exemplar],
    }));
    const base = describe(this.#options);
    if (this.#kind === 'gauge') return { ...base, type: 'gauge', points };
    const isMonotonic = this.#kind === 'counter';
    return { ...base, type: 'sum', isMonotonic, isObserved: this.#isObservable, points };
  }
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
