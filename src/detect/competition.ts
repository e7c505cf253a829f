/**
 * Which opportunities compete for the same liquidity. Each takes from the best level of a book on, so two or more that
 * take from the same side of a book use more than its levels hold exactly when together they want more than its best
 * level: else all of them end inside it.
 */

import { add, compare, type Decimal, toDecimal, ZERO } from '../domain/money.ts';
import type { OpportunityCompetition } from '../domain/opportunity.ts';

/** What takes part in the comparison: the id of an opportunity and its orders. */
export interface Competitor {
  readonly id: string;
  readonly legs: readonly CompetingLeg[];
}

export interface CompetingLeg {
  readonly side: 'buy' | 'sell';
  readonly exchange: string;
  readonly symbol: string;
  readonly sizeInBase: string;
}

/** Base units at the best level that a leg takes from; null when it is not known: then all that take from it compete. */
export type BestSizeOf = (leg: CompetingLeg) => number | null;

/** Ids told of one opportunity; the others are counted. */
export const MAX_COMPETITORS_TOLD_COUNT = 16;

/** An opportunity that shares no liquidity. */
export const NO_COMPETITION: OpportunityCompetition = {
  exclusive: false,
  competitorsCount: 0,
  competesWith: [],
};

/** By id. @param open - all that live at this moment, in the order in which competitors are told. */
export function findCompetition(
  open: readonly Competitor[],
  bestSizeOf: BestSizeOf,
): ReadonlyMap<string, OpportunityCompetition> {
  const rivals = new Map<string, Set<string>>();
  for (const takers of groupBySide(open).values()) {
    if (takers.length < 2 || !isOverused(takers, bestSizeOf)) continue;
    for (const { id } of takers) {
      const known = rivals.get(id) ?? new Set<string>();
      for (const other of takers) if (other.id !== id) known.add(other.id);
      rivals.set(id, known);
    }
  }
  const places = new Map(open.map(({ id }, place) => [id, place]));
  return new Map(open.map(({ id }) => [id, toCompetition(rivals.get(id), places)]));
}

interface Taker {
  readonly id: string;
  readonly leg: CompetingLeg;
}

function groupBySide(open: readonly Competitor[]): ReadonlyMap<string, readonly Taker[]> {
  const sides = new Map<string, Taker[]>();
  for (const { id, legs } of open) {
    for (const leg of legs) {
      const key = `${leg.side} ${leg.exchange} ${leg.symbol}`;
      const known = sides.get(key);
      if (known === undefined) sides.set(key, [{ id, leg }]);
      else known.push({ id, leg });
    }
  }
  return sides;
}

function isOverused(takers: readonly Taker[], bestSizeOf: BestSizeOf): boolean {
  const [first] = takers;
  const bestSize = first === undefined ? null : bestSizeOf(first.leg);
  if (bestSize === null) return true;
  const held = toDecimal(bestSize);
  let total: Decimal = ZERO;
  for (const { leg } of takers) {
    total = add(total, toDecimal(leg.sizeInBase));
    if (compare(total, held) > 0) return true;
  }
  return false;
}

function toCompetition(
  rivals: ReadonlySet<string> | undefined,
  places: ReadonlyMap<string, number>,
): OpportunityCompetition {
  if (rivals === undefined) return NO_COMPETITION;
  const inOrder = [...rivals].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return {
    exclusive: true,
    competitorsCount: rivals.size,
    competesWith: inOrder.slice(0, MAX_COMPETITORS_TOLD_COUNT),
  };
}

export function isSameCompetition(
  a: OpportunityCompetition | undefined,
  b: OpportunityCompetition,
): boolean {
  return (
    a !== undefined &&
    a.competitorsCount === b.competitorsCount &&
    a.competesWith.every((id, place) => id === b.competesWith[place])
  );
}
