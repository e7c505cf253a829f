/** Pages of open opportunities, from memory: newest opened first, ties by id, as the store does it. */

import type { Opportunity } from '../domain/opportunity.ts';
import type { OpportunityFilter, OpportunityPage } from '../store/store.ts';

/** @throws {RangeError} when the cursor is not one of these pages'. */
export function findOpen(open: readonly Opportunity[], filter: OpportunityFilter): OpportunityPage {
  const after = filter.cursor === undefined ? null : parseCursor(filter.cursor);
  const matching = open
    .filter((opportunity) => matches(opportunity, filter))
    .sort(compareNewestFirst)
    .filter((opportunity) => after === null || compareNewestFirst(after, opportunity) < 0);
  const opportunities = matching.slice(0, filter.limit);
  const last = opportunities.at(-1);
  const hasMore = matching.length > opportunities.length && last !== undefined;
  return { opportunities, nextCursor: hasMore ? `${last.openedAtMs}~${last.id}` : null };
}

/** True when `opportunity` passes all filters but the paging ones. */
export function matches(
  opportunity: Opportunity,
  filter: Omit<OpportunityFilter, 'limit' | 'cursor'>,
): boolean {
  const { symbol, exchange, state, fromMs, toMs, minEdgeBps } = filter;
  return (
    (symbol === undefined || opportunity.symbol === symbol) &&
    (exchange === undefined ||
      [opportunity.buyExchange, opportunity.sellExchange].includes(exchange)) &&
    (state === undefined || opportunity.state === state) &&
    opportunity.openedAtMs >= (fromMs ?? -Infinity) &&
    opportunity.openedAtMs < (toMs ?? Infinity) &&
    opportunity.peak.edgeBps >= (minEdgeBps ?? -Infinity)
  );
}

type Place = Pick<Opportunity, 'openedAtMs' | 'id'>;

function compareNewestFirst(a: Place, b: Place): number {
  if (a.openedAtMs !== b.openedAtMs) return b.openedAtMs - a.openedAtMs;
  return a.id > b.id ? -1 : a.id < b.id ? 1 : 0;
}

function parseCursor(cursor: string): Place {
  const match = /^(\d{1,16}(?:\.\d+)?)~(.+)$/.exec(cursor);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RangeError('cursor: expected nextCursor of the page before');
  }
  return { openedAtMs: Number(match[1]), id: match[2] };
}
