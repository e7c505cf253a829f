/** What is left after each stage, and what it was lost to. All counts add up. */

import type { PairLoss } from './explain-pair.ts';
import { type MarketReason, type ReasonCode, STAGES, type Stage } from './reasons.ts';

export interface ReasonCount {
  readonly code: ReasonCode;
  readonly count: number;
}

export interface FunnelStage {
  readonly stage: Stage;
  /** Pairs that came this far. */
  readonly enteredCount: number;
  /** Of them, those that go on: entered less the sum of `lost`. */
  readonly survivedCount: number;
  /** What the others were lost to, most first. */
  readonly lost: readonly ReasonCount[];
}

export interface Funnel {
  readonly marketsCount: number;
  readonly quotedMarketsCount: number;
  readonly usableMarketsCount: number;
  /** What the other markets fail, most first: markets less usable ones is their sum. */
  readonly marketReasons: readonly ReasonCount[];
  /** Directed pairs of markets of one symbol. */
  readonly pairsCount: number;
  readonly stages: readonly FunnelStage[];
  /** Pairs that are an opportunity now: what survives the last stage. */
  readonly openCount: number;
}

type Counts = Map<ReasonCode, number>;

export function createFunnelCounter() {
  const byStage = new Map<Stage, Counts>(STAGES.map((stage) => [stage, new Map()]));
  const byMarket: Counts = new Map();
  let marketsCount = 0;
  let quotedMarketsCount = 0;
  let pairsCount = 0;
  return {
    addMarket(hasQuote: boolean, reason: MarketReason | null): void {
      marketsCount += 1;
      if (hasQuote) quotedMarketsCount += 1;
      if (reason !== null) increase(byMarket, reason.code);
    },
    addPair(loss: PairLoss | null): void {
      pairsCount += 1;
      const counts = loss === null ? undefined : byStage.get(loss.stage);
      if (loss !== null && counts !== undefined) increase(counts, loss.reason.code);
    },
    read(): Funnel {
      const stages = toStages(pairsCount, byStage);
      return {
        marketsCount,
        quotedMarketsCount,
        usableMarketsCount: marketsCount - sumOf(byMarket),
        marketReasons: toSorted(byMarket),
        pairsCount,
        stages,
        openCount: stages.at(-1)?.survivedCount ?? 0,
      };
    },
  };
}

function toStages(pairsCount: number, byStage: ReadonlyMap<Stage, Counts>): readonly FunnelStage[] {
  let leftCount = pairsCount;
  return STAGES.map((stage) => {
    const counts = byStage.get(stage) ?? new Map();
    const enteredCount = leftCount;
    leftCount -= sumOf(counts);
    return { stage, enteredCount, survivedCount: leftCount, lost: toSorted(counts) };
  });
}

function increase(counts: Counts, code: ReasonCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

function sumOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Most first; of equal counts by code, so that the order does not depend on that of the markets. */
function toSorted(counts: Counts): readonly ReasonCount[] {
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
