/** An answer that is costly to make and good for a moment. */

import type { Clock } from '../domain/clock.ts';

/** Calls `make` at most once in `ttlMs` milliseconds; callers in between share the result. */
export function createMemo<Value>(
  clock: Pick<Clock, 'monotonicMs'>,
  ttlMs: number,
  make: () => Value,
): () => Value {
  let kept: { readonly value: Value; readonly untilMs: number } | null = null;
  return () => {
    const nowMs = clock.monotonicMs();
    if (kept === null || nowMs >= kept.untilMs) kept = { value: make(), untilMs: nowMs + ttlMs };
    return kept.value;
  };
}
