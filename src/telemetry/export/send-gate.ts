/** May a batch go now? The circuit and the pauses that a backend asked for, and a timer that looks again. */

import type { Clock } from '../../domain/clock.ts';
import {
  type BreakerOptions,
  type BreakerState,
  type CircuitBreaker,
  createCircuitBreaker,
} from './circuit-breaker.ts';

/** Longest pause that a `Retry-After` can impose on later batches, milliseconds. */
const MAX_PAUSE_MS = 300_000;

export class SendGate {
  readonly #clock: Clock;
  readonly #breaker: CircuitBreaker;
  #pausedUntilMs = 0;
  #wakeAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#breaker = createCircuitBreaker(options);
    this.#clock = clock;
  }

  get state(): BreakerState {
    return this.#breaker.state(this.#clock.monotonicMs());
  }

  /** Milliseconds until a batch may go; 0 when one may go now. */
  holdBackMs(): number {
    const nowMs = this.#clock.monotonicMs();
    return Math.max(0, this.#breaker.waitMs(nowMs), this.#pausedUntilMs - nowMs);
  }

  succeed(): void {
    this.#breaker.succeed();
  }

  /** @param retryAfterMs - what the backend asked for, if it did. */
  fail(retryAfterMs: number | null): void {
    const nowMs = this.#clock.monotonicMs();
    this.#breaker.fail(nowMs);
    const pauseMs = Math.min(retryAfterMs ?? 0, MAX_PAUSE_MS);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
  }

  /** Calls back when the gate may be open again; one timer at a time. */
  wake(callback: () => void, stop: AbortSignal): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#wakeAtMs > nowMs) return;
    const waitMs = this.holdBackMs();
    this.#wakeAtMs = nowMs + waitMs;
    this.#clock.sleep(waitMs, stop).then(
      () => {
        this.#wakeAtMs = Number.NEGATIVE_INFINITY;
        callback();
      },
      () => undefined,
    );
  }
}
