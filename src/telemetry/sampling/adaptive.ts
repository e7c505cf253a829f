/** Adaptive sampling: each key (operation class and outcome) aims at its share of a target of spans per second. */

import { expectNumber } from './bounds.ts';
import { classifyOperation, DEFAULT_SHARES } from './operation-class.ts';
import type { SamplingPolicy } from './policy.ts';
import type { Threshold } from './threshold.ts';
import { createThroughputKey, type ThroughputKey, type ThroughputStats } from './throughput-key.ts';
import type { MonotonicClock } from './token-bucket.ts';
import { createTraceKeyTable } from './trace-key-table.ts';

/** How a trace ended. When it begins it is expected to end well. */
export type Outcome = 'ok' | 'error';

/** Target, shares and bounds of an adaptive controller. */
export interface AdaptiveOptions {
  readonly clock: MonotonicClock;
  /** Spans per second over all keys. */
  readonly targetSpansPerSecond: number;
  /** Part of the target for each class, 0 to 1; a class without one gets `OTHER_SHARE`. */
  readonly shares?: Readonly<Record<string, number>>;
  /** Length of an interval. Default 5000. */
  readonly intervalMs?: number;
  /** Most keys; the rest share one more. Default 100. */
  readonly maxKeys?: number;
}

/** Holds the threshold of each key and learns from what it counts. */
export interface AdaptiveController {
  /** Threshold for one more trace of this key; counts it. */
  thresholdFor(operationClass: string, outcome: Outcome): Threshold;
  /** Counts a kept trace. */
  onSampled(traceId: string, operationClass: string, outcome: Outcome): void;
  /** Counts a further kept span of a kept trace. */
  onChildSampled(traceId: string): void;
  /** By key, `class|outcome`. */
  stats(): Readonly<Record<string, ThroughputStats>>;
}

/** Part of the target for a class that has no share. A default of ours. */
export const OTHER_SHARE = 0.1;

/** What keys beyond the bound are counted under. */
export const OVERFLOW_KEY = 'overflow';

/** Traces between two looks at the clock, which costs more than the decision. */
const CLOCK_EVERY_COUNT = 16;

/** A key that was silent for so long is forgotten. */
const MAX_IDLE_INTERVALS = 12;

/** @throws {RangeError} when the target is not above 0, or the interval or the keys are below 1. */
export function createAdaptiveController(options: AdaptiveOptions): AdaptiveController {
  return new KeyedController(options);
}

/** Decides by class when a trace begins, taking it for one that ends well. */
export function createAdaptivePolicy(
  controller: AdaptiveController,
  targetSpansPerSecond: number,
): SamplingPolicy {
  return {
    description: `adaptive{${targetSpansPerSecond}}`,
    isProbability: true,
    thresholdFor: (start) => controller.thresholdFor(classifyOperation(start), 'ok'),
    onSampled: (start) => controller.onSampled(start.traceId, classifyOperation(start), 'ok'),
  };
}

class KeyedController implements AdaptiveController {
  readonly #options: Required<AdaptiveOptions>;
  readonly #keys = new Map<string, ThroughputKey>();
  readonly #traces = createTraceKeyTable<ThroughputKey>();
  #overflow: ThroughputKey | null = null;
  #tracesUntilClock = CLOCK_EVERY_COUNT;
  #intervalBeganAtMs: number;

  constructor(given: AdaptiveOptions) {
    const options = { shares: DEFAULT_SHARES, intervalMs: 5_000, maxKeys: 100, ...given };
    const { targetSpansPerSecond: target } = options;
    const isTarget = Number.isFinite(target) && target > 0;
    expectNumber('targetSpansPerSecond', target, isTarget, 'a number above 0');
    expectAtLeastOne('intervalMs', options.intervalMs);
    expectAtLeastOne('maxKeys', options.maxKeys);
    this.#options = options;
    this.#intervalBeganAtMs = options.clock.monotonicMs();
  }

  thresholdFor(operationClass: string, outcome: Outcome): Threshold {
    this.#tracesUntilClock -= 1;
    if (this.#tracesUntilClock <= 0) this.#lookAtClock();
    return this.#keyFor(operationClass, outcome).next();
  }

  onSampled(traceId: string, operationClass: string, outcome: Outcome): void {
    const key = this.#keyFor(operationClass, outcome);
    key.onSampled();
    this.#traces.set(traceId, key);
  }

  onChildSampled(traceId: string): void {
    this.#traces.get(traceId)?.onChild();
  }

  stats(): Readonly<Record<string, ThroughputStats>> {
    const entries = [...this.#keys].map(([name, key]) => [name, key.stats] as const);
    const overflow = this.#overflow === null ? [] : [[OVERFLOW_KEY, this.#overflow.stats] as const];
    return Object.fromEntries([...entries, ...overflow]);
  }

  #keyFor(operationClass: string, outcome: Outcome): ThroughputKey {
    const name = `${operationClass}|${outcome}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#keys.size >= this.#options.maxKeys) {
      this.#overflow ??= this.#createKey(OTHER_SHARE);
      return this.#overflow;
    }
    const made = this.#createKey(this.#options.shares[operationClass] ?? OTHER_SHARE);
    this.#keys.set(name, made);
    return made;
  }

  #createKey(share: number): ThroughputKey {
    return createThroughputKey(
      this.#options.targetSpansPerSecond * share,
      this.#options.intervalMs,
    );
  }

  #lookAtClock(): void {
    this.#tracesUntilClock = CLOCK_EVERY_COUNT;
    const nowMs = this.#options.clock.monotonicMs();
    const elapsedMs = nowMs - this.#intervalBeganAtMs;
    if (elapsedMs < this.#options.intervalMs) return;
    this.#intervalBeganAtMs = nowMs;
    for (const [name, key] of this.#keys) {
      key.update(elapsedMs);
      if (key.idleIntervalsCount > MAX_IDLE_INTERVALS) this.#keys.delete(name);
    }
    this.#overflow?.update(elapsedMs);
  }
}

function expectAtLeastOne(name: string, value: number): void {
  const isValid = Number.isFinite(value) && value >= 1;
  expectNumber(name, value, isValid, 'a number of at least 1');
}
