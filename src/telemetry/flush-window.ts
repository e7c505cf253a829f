/**
 * Flushing where a request is all that keeps code alive (Workers): under `waitUntil`, at most once per window and not
 * once per request, so that a busy isolate sends batches.
 */

import type { Clock } from '../domain/clock.ts';
import type { TracedLayer } from './telemetry.ts';

/** Keeps the request alive for a promise. */
export type WaitUntil = (work: Promise<unknown>) => void;

export interface FlushWindow {
  /** Arranges a flush, unless one that another request arranged is still to come. Null: the platform keeps itself alive. */
  requestEnded(waitUntil: WaitUntil | null): void;
}

/** Longest time that a span waits for others, milliseconds; far below the 30 s that `waitUntil` may last. */
const WINDOW_MS = 1_000;

export function createFlushWindow(
  telemetry: Pick<TracedLayer, 'flush'>,
  clock: Clock,
): FlushWindow {
  let nextFlushMs = Number.NEGATIVE_INFINITY;
  return {
    requestEnded: (waitUntil) => {
      if (waitUntil === null) return;
      const nowMs = clock.monotonicMs();
      if (nowMs < nextFlushMs) return;
      nextFlushMs = nowMs + WINDOW_MS;
      const flush = () => {
        nextFlushMs = Number.NEGATIVE_INFINITY;
        return telemetry.flush();
      };
      waitUntil(clock.sleep(WINDOW_MS).then(flush));
    },
  };
}

/** `fetch(request, env, executionContext)`: the third argument of a Worker's handler. */
export function findWaitUntil(rest: readonly unknown[]): WaitUntil | null {
  const executionContext = rest[1];
  const canWait =
    typeof executionContext === 'object' &&
    executionContext !== null &&
    'waitUntil' in executionContext &&
    typeof executionContext.waitUntil === 'function';
  if (!canWait) return null;
  const { waitUntil } = executionContext as { waitUntil: WaitUntil };
  return (work) => waitUntil.call(executionContext, work);
}
