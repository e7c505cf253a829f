/** Shutting down in steps, within one deadline. */

import type { Clock } from './domain/clock.ts';
import type { Logger } from './telemetry/telemetry.ts';

/** Runs each step of a shutdown within what is left of one deadline; a step that fails does not stop the next. */
export function createDeadline(clock: Clock, timeoutMs: number, logger: Logger) {
  const endMs = clock.monotonicMs() + timeoutMs;
  return async (name: string, step: Promise<unknown>): Promise<void> => {
    const timer = new AbortController();
    const leftMs = Math.max(0, endMs - clock.monotonicMs());
    const timeUp = clock.sleep(leftMs, timer.signal).then(
      () => true,
      () => false,
    );
    try {
      const isLate = await Promise.race([step.then(() => false), timeUp]);
      if (isLate) logger.warn('shutdown went on without a step that took too long', { step: name });
    } catch (error) {
      logger.warn('a step of the shutdown failed', { step: name }, error);
    }
    timer.abort();
  };
}
