/** What the lives of closed opportunities say together. A store computes the same in SQL; a test holds the two equal. */

import type { CloseReason, Opportunity } from '../../domain/opportunity.ts';
import { isGhost, LIFE_HORIZONS_MS } from './life.ts';

export interface SurvivalStatistics {
  readonly afterMs: number;
  /** Those of which it is known. */
  readonly knownCount: number;
  /** Of them, those that were still there at full size. */
  readonly thereCount: number;
}

export interface ExchangePairLives {
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly closedCount: number;
  /** Area under the edges: basis points × seconds. */
  readonly edgeBpsSeconds: number;
}

export interface LifeStatistics {
  readonly closedCount: number;
  /** From opening to closing, milliseconds; null when nothing has closed. */
  readonly medianLivedMs: number | null;
  /** Area under the edges: basis points × seconds. */
  readonly edgeBpsSeconds: number;
  /** Those of which it is known whether they were still there after 50 ms, and those that were not. */
  readonly ghostKnownCount: number;
  readonly ghostCount: number;
  /** Most first. */
  readonly closeReasons: readonly { readonly reason: CloseReason; readonly count: number }[];
  /** By time after opening. */
  readonly survival: readonly SurvivalStatistics[];
  /** Directed; most closed first. */
  readonly exchangePairs: readonly ExchangePairLives[];
}

/** Exchange pairs of one answer. */
export const MAX_EXCHANGE_PAIRS_COUNT = 200;

/** @param opportunities - open ones are left out. */
export function summariseLives(opportunities: readonly Opportunity[]): LifeStatistics {
  const closed = opportunities.filter(({ state }) => state === 'closed');
  const ghosts = closed.map(({ life }) => (life === undefined ? null : isGhost(life)));
  const reasons = Map.groupBy(closed, ({ closeReason }) => closeReason ?? 'shutdown');
  return {
    closedCount: closed.length,
    medianLivedMs: medianOf(closed.map(toLivedMs)),
    edgeBpsSeconds: sumAreas(closed),
    ghostKnownCount: ghosts.filter((value) => value !== null).length,
    ghostCount: ghosts.filter((value) => value === true).length,
    closeReasons: [...reasons]
      .map(([reason, { length: count }]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason)),
    survival: LIFE_HORIZONS_MS.map((afterMs) => survivalAt(closed, afterMs)),
    exchangePairs: summarisePairs(closed),
  };
}

function summarisePairs(closed: readonly Opportunity[]): readonly ExchangePairLives[] {
  const pairs = Map.groupBy(closed, ({ buyExchange, sellExchange }) =>
    JSON.stringify([buyExchange, sellExchange]),
  );
  return [...pairs.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const { buyExchange, sellExchange } = first;
      const edgeBpsSeconds = sumAreas(members);
      return [{ buyExchange, sellExchange, closedCount: members.length, edgeBpsSeconds }];
    })
    .sort(
      (a, b) =>
        b.closedCount - a.closedCount ||
        compareText(a.buyExchange, b.buyExchange) ||
        compareText(a.sellExchange, b.sellExchange),
    )
    .slice(0, MAX_EXCHANGE_PAIRS_COUNT);
}

function survivalAt(closed: readonly Opportunity[], afterMs: number): SurvivalStatistics {
  const known = closed.flatMap(
    ({ life }) => life?.survival.find((each) => each.afterMs === afterMs)?.isThere ?? [],
  );
  return { afterMs, knownCount: known.length, thereCount: known.filter(Boolean).length };
}

function sumAreas(opportunities: readonly Opportunity[]): number {
  return opportunities.reduce((sum, { life }) => sum + (life?.edgeBpsSeconds ?? 0), 0);
}

function toLivedMs({ openedAtMs, closedAtMs }: Opportunity): number {
  return (closedAtMs ?? openedAtMs) - openedAtMs;
}

/** The mean of the two in the middle where there are two; null without values. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
