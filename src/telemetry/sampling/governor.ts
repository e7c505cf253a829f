/**
 * The overhead governor: what telemetry costs is estimated from calibrated costs and counts, compared with its budget
 * of CPU time, and answered by keeping a smaller share of traces; a full queue and a late event loop count too. Under
 * extreme load nothing is recorded at all. Coming back takes longer than going, so that it does not flutter. After the
 * stress relief of Honeycomb's Refinery, in one process.
 */

import { ALWAYS_THRESHOLD, type Threshold, toThreshold } from './threshold.ts';
import type { MonotonicClock } from './token-bucket.ts';

/** What a span costs: started and not recorded; recorded; encoded and sent beside that. */
export type SpanCostKind = 'unsampled' | 'recorded' | 'exported';

/** Nanoseconds of CPU per span. */
export type SpanCosts = Readonly<Record<SpanCostKind, number>>;

/** The official SDK's on Bun with 4 to 10 attributes, the dearest that may run here; calibration replaces them. */
export const DEFAULT_SPAN_COSTS: SpanCosts = { unsampled: 250, recorded: 900, exported: 2100 };

/** Budget, costs, and where pressure is read. */
export interface GovernorOptions {
  readonly clock: MonotonicClock;
  /** Part of CPU time that telemetry may use, above 0 to 1; 1 switches the budget off. Default 0.01. */
  readonly budgetRatio?: number;
  readonly costs?: SpanCosts;
  /** CPU time of this process so far, milliseconds. Absent: one core's time, by the clock. */
  readonly cpuTimeMs?: () => number;
  /** Fill of the export queue, 0 to 1. */
  readonly queueFillRatio?: () => number;
  /** How late the event loop is. */
  readonly eventLoopLagMs?: () => number;
  /** A loop this late is under full pressure. Default 200. */
  readonly maxEventLoopLagMs?: number;
  /** Time between two judgements. Default 1000. */
  readonly intervalMs?: number;
}

/** For metrics and health. */
export interface GovernorStats {
  readonly budgetRatio: number;
  /** Part of CPU time that telemetry used in the last interval, as estimated. */
  readonly usedRatio: number;
  /** 1 is the limit; the largest of budget, queue and event loop. */
  readonly pressure: number;
  /** Part of traces that would be kept of those the sampler wants. */
  readonly shareRatio: number;
  readonly isOff: boolean;
  /** Times it went off. */
  readonly offCount: number;
  readonly counts: Readonly<Record<SpanCostKind, number>>;
}

/** Lowers and raises the share of traces that is kept. */
export interface Governor {
  /** True under extreme load: nothing is recorded. */
  readonly isOff: boolean;
  /** Counts one span; now and then looks at the clock and judges. */
  count(kind: SpanCostKind): void;
  /** The threshold that keeps the governed share of what `threshold` keeps; null when off. */
  govern(threshold: Threshold): Threshold | null;
  /** Judges now if an interval has passed; for a timer, where spans are rare. */
  update(): void;
  stats(): GovernorStats;
}

/** Spans between two looks at the clock. */
const CLOCK_EVERY_COUNT = 64;

/** Where the share is aimed at, as a part of the limit. */
const TARGET_PRESSURE = 0.8;

/** Below this for `CALM_INTERVALS` the share grows, at most twofold. */
const CALM_PRESSURE = 0.6;
const CALM_INTERVALS = 2;

/** Below this for `RETURN_INTERVALS` it comes back, with a small share. */
const RETURN_PRESSURE = 0.5;
const RETURN_INTERVALS = 5;
const RETURN_SHARE = 1 / 16;

/** A share below this is not worth its cost: off. */
const MIN_SHARE = 1 / 1024;

/** A queue this full is under full pressure. */
const FULL_QUEUE_RATIO = 0.8;

/** A loop so many times as late as allowed switches off at once. */
const EXTREME_PRESSURE = 4;

/** @throws {RangeError} when the budget is not above 0 and at most 1. */
export function createGovernor(options: GovernorOptions): Governor {
  return new OverheadGovernor(options);
}

class OverheadGovernor implements Governor {
  readonly #options: GovernorOptions;
  readonly #costs: SpanCosts;
  readonly #budgetRatio: number;
  readonly #intervalMs: number;
  readonly #counts = { unsampled: 0, recorded: 0, exported: 0 };
  readonly #total = { unsampled: 0, recorded: 0, exported: 0 };
  #governed = new WeakMap<Threshold, Threshold>();
  #spansUntilClock = CLOCK_EVERY_COUNT;
  #judgedAtMs: number;
  #cpuAtMs: number;
  #share = 1;
  #isOff = false;
  #calmIntervalsCount = 0;
  #offCount = 0;
  #usedRatio = 0;
  #pressure = 0;

  constructor(options: GovernorOptions) {
    const { budgetRatio = 0.01 } = options;
    if (!(budgetRatio > 0 && budgetRatio <= 1)) {
      throw new RangeError(`budgetRatio: expected above 0 and at most 1, got ${budgetRatio}`);
    }
    this.#options = options;
    this.#costs = options.costs ?? DEFAULT_SPAN_COSTS;
    this.#budgetRatio = budgetRatio;
    this.#intervalMs = options.intervalMs ?? 1000;
    this.#judgedAtMs = options.clock.monotonicMs();
    this.#cpuAtMs = this.#cpuNowMs();
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  count(kind: SpanCostKind): void {
    this.#counts[kind] += 1;
    this.#spansUntilClock -= 1;
    if (this.#spansUntilClock <= 0) this.update();
  }

  govern(threshold: Threshold): Threshold | null {
    if (this.#isOff) return null;
    if (this.#share === 1) return threshold;
    const known = this.#governed.get(threshold);
    if (known !== undefined) return known;
    const made = toThreshold(threshold.probability * this.#share) ?? threshold;
    this.#governed.set(threshold, made);
    return made;
  }

  update(): void {
    this.#spansUntilClock = CLOCK_EVERY_COUNT;
    const nowMs = this.#options.clock.monotonicMs();
    const cpuMs = this.#cpuNowMs();
    if (nowMs - this.#judgedAtMs < this.#intervalMs || cpuMs <= this.#cpuAtMs) return;
    this.#judge((cpuMs - this.#cpuAtMs) * 1e6);
    this.#judgedAtMs = nowMs;
    this.#cpuAtMs = cpuMs;
  }

  stats(): GovernorStats {
    return {
      budgetRatio: this.#budgetRatio,
      usedRatio: this.#usedRatio,
      pressure: this.#pressure,
      shareRatio: this.#isOff ? 0 : this.#share,
      isOff: this.#isOff,
      offCount: this.#offCount,
      counts: {
        unsampled: this.#total.unsampled + this.#counts.unsampled,
        recorded: this.#total.recorded + this.#counts.recorded,
        exported: this.#total.exported + this.#counts.exported,
      },
    };
  }

  #judge(cpuNs: number): void {
    const fixedRatio = (this.#counts.unsampled * this.#costs.unsampled) / cpuNs;
    const keptNs =
      this.#counts.recorded * this.#costs.recorded + this.#counts.exported * this.#costs.exported;
    this.#usedRatio = fixedRatio + keptNs / cpuNs;
    this.#takeCounts();
    const outer = this.#outerPressure();
    this.#pressure = Math.max(this.#budgetPressure(), outer);
    if (this.#isOff) this.#tryReturn();
    else if (outer >= EXTREME_PRESSURE) this.#switchOff();
    else if (this.#pressure > 1) this.#lower(fixedRatio, outer);
    else this.#tryRaise();
  }

  #budgetPressure(): number {
    return this.#budgetRatio === 1 ? 0 : this.#usedRatio / this.#budgetRatio;
  }

  #outerPressure(): number {
    const { queueFillRatio, eventLoopLagMs, maxEventLoopLagMs = 200 } = this.#options;
    const queue = (queueFillRatio?.() ?? 0) / FULL_QUEUE_RATIO;
    const loop = (eventLoopLagMs?.() ?? 0) / maxEventLoopLagMs;
    return Math.max(queue, loop);
  }

  /** What spans cost that are not kept no share can save. */
  #lower(fixedRatio: number, outer: number): void {
    this.#calmIntervalsCount = 0;
    if (this.#share <= MIN_SHARE) {
      this.#switchOff();
      return;
    }
    const aimRatio = TARGET_PRESSURE * this.#budgetRatio - fixedRatio;
    const byBudget = this.#budgetPressure() > 1 ? aimRatio / (this.#usedRatio - fixedRatio) : 1;
    const byOuter = outer > 1 ? TARGET_PRESSURE / outer : 1;
    this.#setShare(this.#share * Math.min(1, byBudget, byOuter));
  }

  #tryRaise(): void {
    if (this.#share === 1) return;
    this.#calmIntervalsCount = this.#pressure < CALM_PRESSURE ? this.#calmIntervalsCount + 1 : 0;
    if (this.#calmIntervalsCount < CALM_INTERVALS) return;
    const factor = TARGET_PRESSURE / Math.max(this.#pressure, TARGET_PRESSURE / 2);
    this.#setShare(this.#share * factor);
  }

  #tryReturn(): void {
    this.#calmIntervalsCount = this.#pressure < RETURN_PRESSURE ? this.#calmIntervalsCount + 1 : 0;
    if (this.#calmIntervalsCount < RETURN_INTERVALS) return;
    this.#isOff = false;
    this.#calmIntervalsCount = 0;
    this.#setShare(RETURN_SHARE);
  }

  #switchOff(): void {
    this.#isOff = true;
    this.#offCount += 1;
    this.#calmIntervalsCount = 0;
  }

  /** A share that is not a number (nothing was kept, and still too dear) is the least. */
  #setShare(share: number): void {
    const bounded = Math.min(1, Math.max(MIN_SHARE, share));
    this.#share = Number.isNaN(bounded) ? MIN_SHARE : bounded;
    this.#governed = new WeakMap();
  }

  #takeCounts(): void {
    for (const kind of ['unsampled', 'recorded', 'exported'] as const) {
      this.#total[kind] += this.#counts[kind];
      this.#counts[kind] = 0;
    }
  }

  #cpuNowMs(): number {
    return this.#options.cpuTimeMs?.() ?? this.#options.clock.monotonicMs();
  }
}

/** The threshold of everything, governed: for recording ahead of a tail sampler. */
export function governedFloor(governor: Governor): Threshold | null {
  return governor.govern(ALWAYS_THRESHOLD);
}
