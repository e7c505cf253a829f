/**
 * How often one key comes and with which probability it is kept: exponentially weighted rates per interval, after the
 * EMA throughput sampler of Honeycomb's dynsampler, with a jump when the rate changes sharply and a brake inside the
 * interval. The brake needs no clock, so that it works where clocks stand still.
 */

import { ALWAYS_THRESHOLD, type Threshold, toThreshold } from './threshold.ts';

/** Weight of the newest interval. */
const EMA_WEIGHT = 0.5;

/** A rate that doubles or halves is believed at once, if chance does not explain it. */
const SHARP_RATIO = 2;

/** Standard deviations of a Poisson count that chance may explain. */
const CHANCE_DEVIATIONS = 4;

/** Least probability; Jaeger's adaptive sampler has the same. */
const MIN_PROBABILITY = 1e-5;

/** One key's counters and threshold. */
export interface ThroughputKey {
  /** Threshold for the next trace; counts it. */
  next(): Threshold;
  /** Counts a kept trace. */
  onSampled(): void;
  /** Counts a kept span below the first of its trace. */
  onChild(): void;
  /** Ends an interval of `elapsedMs` and sets the probability of the next. */
  update(elapsedMs: number): void;
  /** Intervals in a row without a trace. */
  readonly idleIntervalsCount: number;
  readonly stats: ThroughputStats;
}

/** For metrics. */
export interface ThroughputStats {
  readonly goalPerSecond: number;
  /** Traces that came, averaged. */
  readonly tracesPerSecond: number;
  /** Kept spans per kept trace, averaged. */
  readonly spansPerTrace: number;
  readonly probability: number;
  readonly seenCount: number;
  readonly sampledCount: number;
}

/** A key that may keep `goalPerSecond` spans, judged in intervals of about `intervalMs`. */
export function createThroughputKey(goalPerSecond: number, intervalMs: number): ThroughputKey {
  return new EmaThroughputKey(goalPerSecond, intervalMs);
}

class EmaThroughputKey implements ThroughputKey {
  readonly #goalPerSecond: number;
  readonly #intervalMs: number;
  #threshold: Threshold = ALWAYS_THRESHOLD;
  #tracesPerSecond = Number.NaN;
  #spansPerTrace = 1;
  #tracesCount = 0;
  #sampledTracesCount = 0;
  #sampledSpansCount = 0;
  #brakeAtTraces = 0;
  #brakeAtSpans = 0;
  #seenCount = 0;
  #sampledCount = 0;
  idleIntervalsCount = 0;

  constructor(goalPerSecond: number, intervalMs: number) {
    this.#goalPerSecond = goalPerSecond;
    this.#intervalMs = intervalMs;
    this.#beginInterval();
  }

  next(): Threshold {
    this.#tracesCount += 1;
    if (this.#tracesCount > this.#brakeAtTraces) this.#brakeTraces();
    return this.#threshold;
  }

  onSampled(): void {
    this.#sampledTracesCount += 1;
    this.onChild();
  }

  onChild(): void {
    this.#sampledSpansCount += 1;
    if (this.#sampledSpansCount > this.#brakeAtSpans) this.#brakeSpans();
  }

  update(elapsedMs: number): void {
    this.#learnRate(elapsedMs);
    this.#learnSize();
    this.idleIntervalsCount = this.#tracesCount === 0 ? this.idleIntervalsCount + 1 : 0;
    this.#setProbability(this.#goalPerSecond / (this.#tracesPerSecond * this.#spansPerTrace));
    this.#beginInterval();
  }

  get stats(): ThroughputStats {
    return {
      goalPerSecond: this.#goalPerSecond,
      tracesPerSecond: Number.isNaN(this.#tracesPerSecond) ? 0 : this.#tracesPerSecond,
      spansPerTrace: this.#spansPerTrace,
      probability: this.#threshold.probability,
      seenCount: this.#seenCount + this.#tracesCount,
      sampledCount: this.#sampledCount + this.#sampledTracesCount,
    };
  }

  /** Twice as many traces as expected: each doubling from there halves the probability until the interval ends. */
  #brakeTraces(): void {
    this.#brakeAtTraces *= SHARP_RATIO;
    this.#setProbability(this.#threshold.probability / SHARP_RATIO);
  }

  /** The same for four times the spans that may be kept: the traces have grown. */
  #brakeSpans(): void {
    this.#brakeAtSpans *= SHARP_RATIO;
    this.#setProbability(this.#threshold.probability / SHARP_RATIO);
  }

  #learnRate(elapsedMs: number): void {
    const observed = (this.#tracesCount * 1000) / elapsedMs;
    const expectedCount = (this.#tracesPerSecond * elapsedMs) / 1000;
    this.#tracesPerSecond =
      Number.isNaN(expectedCount) || isSharp(this.#tracesCount, expectedCount)
        ? observed
        : mix(observed, this.#tracesPerSecond);
  }

  #learnSize(): void {
    if (this.#sampledTracesCount === 0) return;
    const observed = Math.max(1, this.#sampledSpansCount / this.#sampledTracesCount);
    this.#spansPerTrace = mix(observed, this.#spansPerTrace);
  }

  #setProbability(probability: number): void {
    const bounded = Math.max(MIN_PROBABILITY, Math.min(1, probability));
    this.#threshold = toThreshold(bounded) ?? ALWAYS_THRESHOLD;
  }

  #beginInterval(): void {
    this.#seenCount += this.#tracesCount;
    this.#sampledCount += this.#sampledTracesCount;
    this.#tracesCount = 0;
    this.#sampledTracesCount = 0;
    this.#sampledSpansCount = 0;
    const rate = Number.isNaN(this.#tracesPerSecond) ? 0 : this.#tracesPerSecond;
    const expectedCount = (Math.max(rate, this.#goalPerSecond) * this.#intervalMs) / 1000;
    const goalCount = (this.#goalPerSecond * this.#intervalMs) / 1000;
    this.#brakeAtTraces = Math.max(1, SHARP_RATIO * expectedCount);
    this.#brakeAtSpans = Math.max(1, 2 * SHARP_RATIO * goalCount);
  }
}

function isSharp(count: number, expectedCount: number): boolean {
  const larger = Math.max(count, expectedCount);
  const smaller = Math.min(count, expectedCount);
  return (
    larger >= SHARP_RATIO * smaller && larger - smaller > CHANCE_DEVIATIONS * Math.sqrt(larger)
  );
}

function mix(newest: number, average: number): number {
  return EMA_WEIGHT * newest + (1 - EMA_WEIGHT) * average;
}
