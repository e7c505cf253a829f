/** What is left after each stage, and what it was lost to. All counts add up. */

import { type MarketReason, type ReasonCode, STAGES, type Stage } from './reasons.ts';

export interface ReasonCount {
  readonly code: ReasonCode;
  readonly count: number;
}

export interface FunnelStage {
  readonly stage: Stage;
  /** Those that came this far. */
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

/** Where something was lost, and to what. */
export interface Loss {
  readonly stage: Stage;
  readonly code: ReasonCode;
}

/** Counts candidates of one kind by the stage that they are lost at. */
export function createStageCounter() {
  const byStage = new Map<Stage, Counts>(STAGES.map((stage) => [stage, new Map()]));
  let candidatesCount = 0;
  return {
    /** @param loss - null: an opportunity now. */
    add(loss: Loss | null): void {
      candidatesCount += 1;
      const counts = loss === null ? undefined : byStage.get(loss.stage);
      if (loss !== null && counts !== undefined) increase(counts, loss.code);
    },
    read() {
      const stages = toStages(candidatesCount, byStage);
      return { candidatesCount, stages, openCount: stages.at(-1)?.survivedCount ?? 0 };
    },
  };
}

export function createFunnelCounter() {
  const byMarket: Counts = new Map();
  const pairs = createStageCounter();
  let marketsCount = 0;
  let quotedMarketsCount = 0;
  return {
    addMarket(hasQuote: boolean, reason: MarketReason | null): void {
      marketsCount += 1;
      if (hasQuote) quotedMarketsCount += 1;
      if (reason !== null) increase(byMarket, reason.code);
    },
    addPair: pairs.add,
    read(): Funnel {
      const { candidatesCount, stages, openCount } = pairs.read();
      return {
        marketsCount,
        quotedMarketsCount,
        usableMarketsCount: marketsCount - sumOf(byMarket),
        marketReasons: toSorted(byMarket),
        pairsCount: candidatesCount,
        stages,
        openCount,
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
