/** The part of a detection round that looks at a symbol over all its exchanges at once. */

import { judgeMulti, type MultiDetectorOptions } from '../detect/multi/multi-detector.ts';
import type { MultiLifecycle } from '../detect/multi/multi-lifecycle.ts';
import type { OpportunityEvent } from '../domain/opportunity.ts';

export interface MultiRounds {
  /**
   * @param candidates - pairs above the threshold at the top of book, by symbol.
   * @param traceId - of the round; null when it is not traced.
   */
  run(
    candidates: ReadonlyMap<string, readonly unknown[]>,
    nowMs: number,
    traceId: string | null,
  ): readonly OpportunityEvent[];
}

/** Three exchanges make at least so many directed pairs that earn. */
const LEAST_PAIRS_COUNT = 2;
/** An open one without updates is judged again after this time, milliseconds. */
const REJUDGE_INTERVAL_MS = 250;

export function createMultiRounds(
  options: MultiDetectorOptions,
  lifecycle: MultiLifecycle,
): MultiRounds {
  const judged = new Map<string, { readonly version: number; readonly atMs: number }>();
  const versionOf = (symbol: string) =>
    options.state.recordsOf(symbol).reduce((sum, { version }) => sum + version, 0);
  const isDue = (symbol: string, nowMs: number) => {
    const last = judged.get(symbol);
    if (last === undefined || nowMs - last.atMs >= REJUDGE_INTERVAL_MS) return true;
    return last.version !== versionOf(symbol);
  };
  return {
    run: (candidates, nowMs, traceId) => {
      const found = [...candidates].flatMap(([symbol, pairs]) =>
        pairs.length >= LEAST_PAIRS_COUNT ? symbol : [],
      );
      const symbols = new Set([...found, ...lifecycle.openSymbols()]);
      return [...symbols].flatMap((symbol) => {
        if (!isDue(symbol, nowMs)) return [];
        judged.set(symbol, { version: versionOf(symbol), atMs: nowMs });
        const judgement = judgeMulti(symbol, lifecycle.isOpen(symbol), nowMs, options);
        return lifecycle.observe(judgement, nowMs, traceId) ?? [];
      });
    },
  };
}
