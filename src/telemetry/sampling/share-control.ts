/**
 * How large a share of the traces may be kept under a pressure: lowered at once, raised slowly, off under extreme load
 * and back with hysteresis. It knows nothing of clocks and counts.
 */

/** One interval, as it was. */
export interface Interval {
  /** 1 is the limit; of the budget, and of what lies outside it: queue and event loop. */
  readonly budgetPressure: number;
  readonly outerPressure: number;
  /** Part of CPU time that telemetry used, and the part of it that no share can save. */
  readonly usedRatio: number;
  readonly fixedRatio: number;
}

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

/** A loop so many times as late as allowed, twice in a row, switches off: once is a pause, which others caused perhaps. */
const EXTREME_PRESSURE = 4;
const EXTREME_INTERVALS = 2;

export class ShareControl {
  readonly #budgetRatio: number;
  #calmIntervalsCount = 0;
  #extremeIntervalsCount = 0;
  /** Above 0 to 1. */
  share = 1;
  isOff = false;
  /** Times it went off. */
  offCount = 0;

  constructor(budgetRatio: number) {
    this.#budgetRatio = budgetRatio;
  }

  judge(interval: Interval): void {
    const pressure = Math.max(interval.budgetPressure, interval.outerPressure);
    const isExtreme = interval.outerPressure >= EXTREME_PRESSURE;
    this.#extremeIntervalsCount = isExtreme ? this.#extremeIntervalsCount + 1 : 0;
    if (this.isOff) this.#tryReturn(pressure);
    else if (this.#extremeIntervalsCount >= EXTREME_INTERVALS) this.#switchOff();
    else if (pressure > 1) this.#lower(interval);
    else this.#tryRaise(pressure);
  }

  /** What spans cost that are not kept no share can save. */
  #lower({ budgetPressure, outerPressure, usedRatio, fixedRatio }: Interval): void {
    this.#calmIntervalsCount = 0;
    if (this.share <= MIN_SHARE) {
      this.#switchOff();
      return;
    }
    const aimRatio = TARGET_PRESSURE * this.#budgetRatio - fixedRatio;
    const byBudget = budgetPressure > 1 ? aimRatio / (usedRatio - fixedRatio) : 1;
    const byOuter = outerPressure > 1 ? TARGET_PRESSURE / outerPressure : 1;
    this.#setShare(this.share * Math.min(1, byBudget, byOuter));
  }

  #tryRaise(pressure: number): void {
    if (this.share === 1) return;
    this.#calmIntervalsCount = pressure < CALM_PRESSURE ? this.#calmIntervalsCount + 1 : 0;
    if (this.#calmIntervalsCount < CALM_INTERVALS) return;
    this.#setShare(this.share * (TARGET_PRESSURE / Math.max(pressure, TARGET_PRESSURE / 2)));
  }

  #tryReturn(pressure: number): void {
    this.#calmIntervalsCount = pressure < RETURN_PRESSURE ? this.#calmIntervalsCount + 1 : 0;
    if (this.#calmIntervalsCount < RETURN_INTERVALS) return;
    this.isOff = false;
    this.#calmIntervalsCount = 0;
    this.#setShare(RETURN_SHARE);
  }

  #switchOff(): void {
    this.isOff = true;
    this.offCount += 1;
    this.#calmIntervalsCount = 0;
  }

  /** A share that is not a number (nothing was kept, and still too dear) is the least. */
  #setShare(share: number): void {
    const bounded = Math.min(1, Math.max(MIN_SHARE, share));
    this.share = Number.isNaN(bounded) ? MIN_SHARE : bounded;
  }
}
