/** What an explanation needs of the running program beside the state: which exchanges are down, and why. */

import {
  type ExplainQuery,
  type Explanation,
  explain,
  explainNothing,
} from '../detect/explain/explain.ts';
import type { CycleExplainParts, ExplainParts } from '../detect/explain/parts.ts';
import type { ExchangeStatus } from '../feed/feed.ts';
import type { Engine } from './engine.ts';
import type { PipelineOptions } from './pipeline-options.ts';

/** @param parts - null before the markets are loaded: then there is nothing to look at. */
export function explainNow(
  parts: Omit<ExplainParts, 'faultCodes' | 'nowMs'> | null,
  exchanges: readonly ExchangeStatus[],
  nowMs: number,
  query: ExplainQuery,
): Explanation {
  if (parts === null) return explainNothing(nowMs);
  return explain({ ...parts, faultCodes: toFaultCodes(exchanges), nowMs }, query);
}

/** Null: pairs only. */
export function toCycleParts(
  { cycleDetector, cycleLifecycle }: Pick<Engine, 'cycleDetector' | 'cycleLifecycle'>,
  { cycles }: Pick<PipelineOptions, 'cycles'>,
): CycleExplainParts | null {
  if (cycleDetector === null || cycles === undefined) return null;
  return {
    judge: (cycle, isOpen, nowMs) => cycleDetector.judge(cycle, isOpen, nowMs),
    isOpen: (cycle) => cycleLifecycle.isOpen(cycle),
    maxLegs: cycles.maxLegs,
  };
}

/** Codes of what keeps exchanges down, by exchange. */
function toFaultCodes(exchanges: readonly ExchangeStatus[]): ReadonlyMap<string, string> {
  return new Map(
    exchanges
      .filter(({ state }) => state === 'down' || state === 'closed')
      .map(({ exchange, reason }) => [exchange, reason?.code ?? 'closed']),
  );
}
