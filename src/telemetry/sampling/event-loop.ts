/** How late the event loop is: a short sleep that takes longer than it should was held up by other work. */

import type { Clock } from '../../domain/clock.ts';

/** Measures until it is closed. */
export interface EventLoopMonitor {
  /** The largest lateness since it was last read, milliseconds; reading begins anew. */
  takeLagMs(): number;
  /** Stops measuring. */
  close(): void;
}

/**
 * Sleeps `periodMs` (default 100) over and over, which keeps a process alive until `close()`. For servers; a Worker has
 * no loop of its own to watch. For `quietMs` it does not look: a program that starts is busy, and not overloaded.
 */
export function createEventLoopMonitor(
  clock: Clock,
  periodMs = 100,
  quietMs = 0,
): EventLoopMonitor {
  const stop = new AbortController();
  let lagMs = 0;
  const measure = async (): Promise<void> => {
    if (quietMs > 0) await clock.sleep(quietMs, stop.signal);
    while (!stop.signal.aborted) {
      const beganAtMs = clock.monotonicMs();
      await clock.sleep(periodMs, stop.signal);
      lagMs = Math.max(lagMs, clock.monotonicMs() - beganAtMs - periodMs);
    }
  };
  measure().catch(() => {
    // The only rejection is that of the aborted sleep.
  });
  return {
    takeLagMs: () => {
      const taken = lagMs;
      lagMs = 0;
      return taken;
    },
    close: () => stop.abort(new Error('closed')),
  };
}
