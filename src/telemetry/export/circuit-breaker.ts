/** Stops calling a backend that is down, and tries again with one batch after a while. */

export interface BreakerOptions {
  /** Batches that fail one after another before the circuit opens. */
  readonly failureThreshold: number;
  /** First time it stays open, milliseconds; doubles with each failed probe. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = {
  failureThreshold: 3,
  openMs: 5_000,
  maxOpenMs: 60_000,
};

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface CircuitBreaker {
  /** `half_open` once the open time has passed: one batch may go as a probe. */
  state(nowMonotonicMs: number): BreakerState;
  /** Milliseconds until a probe may go; 0 when one may go now. */
  waitMs(nowMonotonicMs: number): number;
  /** The backend answered, whatever it said. */
  succeed(): void;
  /** A batch could not be delivered. */
  fail(nowMonotonicMs: number): void;
}

export function createCircuitBreaker(options: BreakerOptions): CircuitBreaker {
  let failureCount = 0;
  let openUntilMs: number | null = null;
  let openMs = options.openMs;
  const isOpen = (nowMs: number) => openUntilMs !== null && nowMs < openUntilMs;
  return {
    state: (nowMs) => (openUntilMs === null ? 'closed' : isOpen(nowMs) ? 'open' : 'half_open'),
    waitMs: (nowMs) => Math.max(0, (openUntilMs ?? nowMs) - nowMs),
    succeed() {
      failureCount = 0;
      openUntilMs = null;
      openMs = options.openMs;
    },
    fail(nowMs) {
      failureCount += 1;
      if (failureCount < options.failureThreshold || isOpen(nowMs)) return;
      openUntilMs = nowMs + openMs;
      openMs = Math.min(openMs * 2, options.maxOpenMs);
    },
  };
}
