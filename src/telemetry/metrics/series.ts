/** The series of one instrument: one state per set of attributes, within a bound. */

import type { Attributes } from '@opentelemetry/api';

/** The specification's default cardinality limit ("Metrics SDK", Cardinality limits). */
export const MAX_SERIES_COUNT = 2_000;

/** Where measurements go that would begin one series too many (same place). */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

export class SeriesMap<State> {
  readonly #create: (attributes: Attributes) => State;
  readonly #maxCount: number;
  readonly #states = new Map<string, State>();

  constructor(create: (attributes: Attributes) => State, maxCount = MAX_SERIES_COUNT) {
    this.#create = create;
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#states.size;
  }

  /** The state of these attributes, in any order; that of the overflow when there is no room for one more. */
  get(attributes: Attributes): State {
    const key = toSeriesKey(attributes);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    return this.#states.size < this.#maxCount - 1 ? this.#begin(key, attributes) : this.#overflow();
  }

  values(): Iterable<State> {
    return this.#states.values();
  }

  /** Forgets the series for which `isGone` is true. */
  prune(isGone: (state: State) => boolean): void {
    for (const [key, state] of this.#states) if (isGone(state)) this.#states.delete(key);
  }

  #begin(key: string, attributes: Attributes): State {
    const state = this.#create({ ...attributes });
    this.#states.set(key, state);
    return state;
  }

  #overflow(): State {
    const key = toSeriesKey(OVERFLOW);
    return this.#states.get(key) ?? this.#begin(key, OVERFLOW);
  }
}

/** The same for the same attributes, in any order. */
export function toSeriesKey(attributes: Attributes): string {
  let key = '';
  for (const name of Object.keys(attributes).sort()) {
    const value = attributes[name];
    if (value !== undefined) key += `${name}\u0000${JSON.stringify(value)}\u0001`;
  }
  return key;
}
