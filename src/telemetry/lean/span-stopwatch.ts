/**
 * What recorded spans take where they happen. A measurement that starts one span after the other finds them in the
 * caches; a program that keeps one trace in a hundred starts each of them cold, for several times as much.
 */

/** One span in so many is measured: two more readings of the clock. */
const MEASURED_EVERY_COUNT = 5;
/** Of which the median counts: a span that is interrupted takes longer than all others together. */
const SAMPLES_COUNT = 15;

export class SpanStopwatch {
  readonly #starts = new Samples();
  readonly #ends = new Samples();
  readonly #nowMs: () => number;
  #beganAtMs = 0;
  #startsLeft = MEASURED_EVERY_COUNT;
  #endsLeft = MEASURED_EVERY_COUNT;

  /** @param nowMs - the monotonic clock of the spans. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A span is being started, which may come to be recorded. */
  starting(): void {
    if (this.#startsLeft === 0) this.#beganAtMs = this.#nowMs();
  }

  /** It is recorded, and started. */
  started(): void {
    if (this.#startsLeft > 0) {
      this.#startsLeft -= 1;
      return;
    }
    this.#startsLeft = MEASURED_EVERY_COUNT - 1;
    this.#starts.add(this.#nowMs() - this.#beganAtMs);
  }

  /** A span whose end was read at `atMs` has ended. */
  ended(atMs: number): void {
    this.#endsLeft -= 1;
    if (this.#endsLeft > 0) return;
    this.#endsLeft = MEASURED_EVERY_COUNT;
    this.#ends.add(this.#nowMs() - atMs);
  }

  /**
   * Nanoseconds that starting a recorded span takes, its sampler and processors included, and ending it; not what the
   * program does with it in between. Null until enough were measured.
   */
  spanNs(): number | null {
    const startMs = this.#starts.medianMs();
    const endMs = this.#ends.medianMs();
    return startMs === null || endMs === null ? null : (startMs + endMs) * 1e6;
  }
}

/** The newest readings. */
class Samples {
  readonly #valuesMs = new Float64Array(SAMPLES_COUNT);
  #count = 0;

  add(valueMs: number): void {
    this.#valuesMs[this.#count % SAMPLES_COUNT] = valueMs;
    this.#count += 1;
  }

  /** Null until there are as many as are kept. */
  medianMs(): number | null {
    if (this.#count < SAMPLES_COUNT) return null;
    return this.#valuesMs.toSorted()[SAMPLES_COUNT >> 1] ?? null;
  }
}
