/**
 * The overhead governor: what telemetry costs is estimated from calibrated costs and counts, compared with its budget
 * of CPU time, and answered by keeping a smaller share of traces; a full queue and a late event loop count too. Under
 * extreme load nothing is recorded at all. Coming back takes longer than going, so that it does not flutter. After the
 * stress relief of Honeycomb's Refinery, in one process.
 */

import { expectNumber } from './bounds.ts';
import { ShareControl } from './share-control.ts';
import { DEFAULT_SPAN_COSTS, type SpanCostKind, type SpanCosts } from './span-costs.ts';
import { type Threshold, toThreshold } from './threshold.ts';
import type { MonotonicClock } from './token-bucket.ts';

/** Budget, costs, and where pressure is read. */
export interface GovernorOptions {
  readonly clock: MonotonicClock;
  /** Part of CPU time that telemetry may use, above 0 to 1; 1 switches the budget off. Default 0.01. */
  readonly budgetRatio?: number;
  readonly costs?: SpanCosts;
  /** What recorded spans take where they happen, and which of `costs` that is the sum of. */
  readonly measured?: MeasuredSpans;
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

/** Recorded spans as they are measured in the program's work. */
export interface MeasuredSpans {
  /** Nanoseconds of one; null as long as it is not known. */
  spanNs(): number | null;
  readonly kinds: readonly SpanCostKind[];
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
  /** What spans cost, as last judged. */
  readonly costsNs: SpanCosts;
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
  /** From now on spans cost this. */
  setCosts(costs: SpanCosts): void;
  stats(): GovernorStats;
}

/** Spans between two looks at the clock. */
const CLOCK_EVERY_COUNT = 64;

/** More is a machine that stood still, not a span. A bound of ours. */
const MAX_COLDNESS = 20;
/** Of a new reading beside those before: fewer spans are colder, so that what is done about it changes it. */
const COLDNESS_WEIGHT = 0.3;

/** A queue this full is under full pressure. */
const FULL_QUEUE_RATIO = 0.8;

/** @throws {RangeError} when the budget is not above 0 and at most 1. */
export function createGovernor(options: GovernorOptions): Governor {
  return new OverheadGovernor(options);
}

class OverheadGovernor implements Governor {
  readonly #options: GovernorOptions;
  readonly #control: ShareControl;
  /** Measured one after the other. */
  #costs: SpanCosts;
  #coldness = 1;
  readonly #budgetRatio: number;
  readonly #intervalMs: number;
  readonly #counts = { unsampled: 0, recorded: 0, exported: 0 };
  /** The counts when it last judged. */
  #judged: Readonly<Record<SpanCostKind, number>> = { ...this.#counts };
  #governed = new WeakMap<Threshold, Threshold>();
  #spansUntilClock = CLOCK_EVERY_COUNT;
  #judgedAtMs: number;
  #cpuAtMs: number;
  #usedRatio = 0;
  #pressure = 0;

  constructor(options: GovernorOptions) {
    const { budgetRatio = 0.01 } = options;
    const isShare = budgetRatio > 0 && budgetRatio <= 1;
    expectNumber('budgetRatio', budgetRatio, isShare, 'a number above 0 and at most 1');
    this.#options = options;
    this.#costs = options.costs ?? DEFAULT_SPAN_COSTS;
    this.#budgetRatio = budgetRatio;
    this.#control = new ShareControl(budgetRatio);
    this.#intervalMs = options.intervalMs ?? 1000;
    this.#judgedAtMs = options.clock.monotonicMs();
    this.#cpuAtMs = this.#cpuNowMs();
  }

  get isOff(): boolean {
    return this.#control.isOff;
  }

  count(kind: SpanCostKind): void {
    this.#counts[kind] += 1;
    this.#spansUntilClock -= 1;
    if (this.#spansUntilClock <= 0) this.update();
  }

  govern(threshold: Threshold): Threshold | null {
    const { isOff, share } = this.#control;
    if (isOff) return null;
    if (share === 1) return threshold;
    const known = this.#governed.get(threshold);
    if (known !== undefined) return known;
    const made = toThreshold(threshold.probability * share) ?? threshold;
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

  setCosts(costs: SpanCosts): void {
    this.#costs = costs;
  }

  stats(): GovernorStats {
    const { isOff, offCount, share } = this.#control;
    return {
      budgetRatio: this.#budgetRatio,
      usedRatio: this.#usedRatio,
      pressure: this.#pressure,
      shareRatio: isOff ? 0 : share,
      costsNs: this.#costsNow(),
      isOff,
      offCount,
      counts: { ...this.#counts },
    };
  }

  #judge(cpuNs: number): void {
    this.#coldness += COLDNESS_WEIGHT * (this.#measureColdness() - this.#coldness);
    const costs = this.#costsNow();
    const ratioOf = (kind: SpanCostKind) =>
      ((this.#counts[kind] - this.#judged[kind]) * costs[kind]) / cpuNs;
    const fixedRatio = ratioOf('unsampled');
    const usedRatio = fixedRatio + ratioOf('recorded') + ratioOf('exported');
    const outerPressure = this.#outerPressure();
    const budgetPressure = this.#budgetRatio === 1 ? 0 : usedRatio / this.#budgetRatio;
    const { share } = this.#control;
    this.#control.judge({ budgetPressure, outerPressure, usedRatio, fixedRatio });
    this.#usedRatio = usedRatio;
    this.#pressure = Math.max(budgetPressure, outerPressure);
    this.#judged = { ...this.#counts };
    if (share !== this.#control.share) this.#governed = new WeakMap();
  }

  /** How many times as much a recorded span takes in the program's work as it does after others of its kind. */
  #measureColdness(): number {
    const { measured } = this.#options;
    const spanNs = measured?.spanNs() ?? null;
    if (measured === undefined || spanNs === null) return 1;
    const warmNs = measured.kinds.reduce((sum, kind) => sum + this.#costs[kind], 0);
    return Math.min(MAX_COLDNESS, Math.max(1, spanNs / warmNs));
  }

  #costsNow(): SpanCosts {
    const measured = this.#options.measured?.kinds ?? [];
    const costOf = (kind: SpanCostKind) =>
      this.#costs[kind] * (measured.includes(kind) ? this.#coldness : 1);
    return {
      unsampled: costOf('unsampled'),
      recorded: costOf('recorded'),
      exported: costOf('exported'),
    };
  }

  #outerPressure(): number {
    const { queueFillRatio, eventLoopLagMs, maxEventLoopLagMs = 200 } = this.#options;
    const queue = (queueFillRatio?.() ?? 0) / FULL_QUEUE_RATIO;
    const loop = (eventLoopLagMs?.() ?? 0) / maxEventLoopLagMs;
    return Math.max(queue, loop);
  }

  #cpuNowMs(): number {
    return this.#options.cpuTimeMs?.() ?? this.#options.clock.monotonicMs();
  }
}
