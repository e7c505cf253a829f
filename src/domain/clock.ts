/**
 * Time as a parameter. The pure middle (`domain`, `kernel`, `detect`) takes plain `…Ms` numbers and never a clock;
 * everything at the edge takes a `Clock`, so that tests run on a fake one.
 */

/** Wall time, monotonic time and waiting. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC; may step backwards when the machine's clock is set. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start, with fractions; never goes backwards. */
  monotonicMs(): number;
  /**
   * Resolves after `durationMs` milliseconds.
   *
   * @throws the signal's reason (a rejection), at once, when `signal` is or becomes aborted.
   */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** The runtime's own clock: `Date.now`, `performance.now` and `setTimeout`, which all supported runtimes have. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (durationMs, signal) => sleepOnTimer(durationMs, signal),
};

function sleepOnTimer(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, durationMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
