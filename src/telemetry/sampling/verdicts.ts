/** What was decided about traces that still have open spans: a bounded memory, the oldest forgotten first. */

import type { Verdict } from './tail-judge.ts';

/** Remembers the newest verdicts. */
export interface Verdicts {
  get(traceId: string): Verdict | undefined;
  set(traceId: string, verdict: Verdict): void;
}

/** Remembers at most `maxCount`. */
export function createVerdicts(maxCount: number): Verdicts {
  const verdicts = new Map<string, Verdict>();
  return {
    get: (traceId) => verdicts.get(traceId),
    set: (traceId, verdict) => {
      verdicts.delete(traceId);
      verdicts.set(traceId, verdict);
      const [oldest] = verdicts.keys();
      if (verdicts.size > maxCount && oldest !== undefined) verdicts.delete(oldest);
    },
  };
}
