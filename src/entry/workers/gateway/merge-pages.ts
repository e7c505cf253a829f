/** Lists over all objects: the same order, the same cursors. */

import type { Opportunity } from '../../../domain/opportunity.ts';
import { toCursor } from '../../../store/cursor.ts';

export interface OpportunityPageJson {
  readonly source: string;
  readonly atMs: number;
  readonly opportunities: readonly Opportunity[];
  readonly nextCursor: string | null;
}

/**
 * The newest of all pages. Cursors are places in the order, not in one object's list, so that one is good for all.
 *
 * @param isOpen - true for `state=open`, whose pages come from memory and have cursors of their own form.
 */
export function mergePages(
  pages: readonly OpportunityPageJson[],
  limit: number,
  isOpen: boolean,
): OpportunityPageJson | null {
  const [first] = pages;
  if (first === undefined) return null;
  const all = pages.flatMap(({ opportunities }) => opportunities).sort(newestFirst);
  const opportunities = all.slice(0, limit);
  const last = opportunities.at(-1);
  const hasMore = all.length > limit || pages.some(({ nextCursor }) => nextCursor !== null);
  const toNext = (place: Opportunity) =>
    isOpen ? `${place.openedAtMs}~${place.id}` : toCursor(place);
  return {
    ...first,
    opportunities,
    nextCursor: hasMore && last !== undefined ? toNext(last) : null,
  };
}

function newestFirst(a: Opportunity, b: Opportunity): number {
  return b.openedAtMs - a.openedAtMs || (a.id > b.id ? -1 : a.id < b.id ? 1 : 0);
}
