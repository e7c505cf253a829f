/**
 * Metrics: the API's `MeterProvider`, collected on demand. Own and lean, because the official SDK is larger than the
 * whole size budget of this layer on Workers and does not attach exemplars.
 *
 * Not offered: views, exponential histograms. Who wants deltas puts `temporality.ts` behind it. Callbacks of observables are synchronous.
 */

import type {
  BatchObservableCallback,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
} from '@opentelemetry/api';
import { createExemplarSource, type ExemplarFilter } from './exemplar-source.ts';
import { HistogramInstrument } from './histogram-instrument.ts';
import type { Collectable, InstrumentOptions } from './instrument.ts';
import type { MetricData } from './metric-data.ts';
import { BATCH_RESULT, NumberInstrument, runSafely } from './number-instrument.ts';

export interface MeterProviderOptions {
  readonly exemplarFilter: ExemplarFilter;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

export interface CollectingMeterProvider extends MeterProvider {
  /** Runs all callbacks and gives what every instrument holds now. Never throws. */
  collect(): readonly MetricData[];
}

export function createMeterProvider(options: MeterProviderOptions): CollectingMeterProvider {
  const exemplarOf = createExemplarSource(options.exemplarFilter, options.nowMs);
  const meters = new Map<string, LeanMeter>();
  return {
    getMeter: (name: string, version = '', meterOptions: MeterOptions = {}) => {
      const scope = { name, version, schemaUrl: meterOptions.schemaUrl ?? '' };
      const key = JSON.stringify(scope);
      const meter = meters.get(key) ?? new LeanMeter({ scope, exemplarOf, nowMs: options.nowMs });
      meters.set(key, meter);
      return meter;
    },
    collect: () => [...meters.values()].flatMap((meter) => meter.collect()),
  };
}

/** What all instruments of a meter have. */
type SharedOptions = Pick<InstrumentOptions, 'scope' | 'exemplarOf' | 'nowMs'>;

class LeanMeter implements Meter {
  readonly #shared: SharedOptions;
  readonly #instruments = new Map<string, Collectable>();
  readonly #batchCallbacks = new Set<BatchObservableCallback>();

  constructor(shared: SharedOptions) {
    this.#shared = shared;
  }

  createCounter(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'counter');
  }

  createUpDownCounter(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'up_down_counter');
  }

  createGauge(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'gauge');
  }

  createHistogram(name: string, options?: MetricOptions): HistogramInstrument {
    const create = () => new HistogramInstrument(this.#optionsOf(name, options));
    return this.#once(`histogram ${name}`, create, HistogramInstrument);
  }

  createObservableCounter(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'counter', true);
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'up_down_counter', true);
  }

  createObservableGauge(name: string, options?: MetricOptions): NumberInstrument {
    return this.#number(name, options, 'gauge', true);
  }

  addBatchObservableCallback(callback: BatchObservableCallback, _observables: Observable[]): void {
    this.#batchCallbacks.add(callback);
  }

  removeBatchObservableCallback(
    callback: BatchObservableCallback,
    _observables: Observable[],
  ): void {
    this.#batchCallbacks.delete(callback);
  }

  collect(): readonly MetricData[] {
    const instruments = [...this.#instruments.values()];
    const numbers = instruments.filter((instrument) => instrument instanceof NumberInstrument);
    for (const instrument of numbers) instrument.beginObservation();
    for (const callback of this.#batchCallbacks) runSafely(() => callback(BATCH_RESULT));
    for (const instrument of numbers) instrument.observe();
    return instruments.flatMap((instrument) => instrument.collect() ?? []);
  }

  #number(
    name: string,
    options: MetricOptions | undefined,
    kind: 'counter' | 'up_down_counter' | 'gauge',
    isObservable = false,
  ): NumberInstrument {
    const create = () => new NumberInstrument(this.#optionsOf(name, options), kind, isObservable);
    return this.#once(`${kind} ${isObservable} ${name}`, create, NumberInstrument);
  }

  #optionsOf(name: string, options: MetricOptions = {}): InstrumentOptions {
    return { ...options, ...this.#shared, name };
  }

  /** Asking again for an instrument gives the same one ("Metrics SDK", Duplicate instrument registration). */
  #once<Kind extends Collectable>(
    key: string,
    create: () => Kind,
    // biome-ignore lint/complexity/noBannedTypes: only asked for `instanceof`.
    kind: Function & { readonly prototype: Kind },
  ): Kind {
    const known = this.#instruments.get(key);
    if (known instanceof kind) return known as Kind;
    const created = create();
    this.#instruments.set(key, created);
    return created;
  }
}
