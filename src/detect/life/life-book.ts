/** Keeps the lives of open opportunities beside their lifecycle, from its events. */

import type { Opportunity, OpportunityEvent, OpportunityLife } from '../../domain/opportunity.ts';
import { advanceLife, endLife, NEW_LIFE } from './life.ts';

export interface LifeBook {
  /** The same event, its opportunity with its life; events of one opportunity come in order. */
  follow(event: OpportunityEvent): OpportunityEvent;
  /** The opportunity with its life up to its last change. */
  describe(opportunity: Opportunity): Opportunity;
}

interface Entry {
  /** As of its last change. */
  readonly opportunity: Opportunity;
  readonly life: OpportunityLife;
}

export function createLifeBook(): LifeBook {
  const entries = new Map<string, Entry>();
  const lifeAfter = ({ opportunity }: OpportunityEvent): OpportunityLife => {
    const known = entries.get(opportunity.id);
    if (known === undefined) return NEW_LIFE;
    const { closeReason, last } = opportunity;
    return closeReason === null
      ? advanceLife(known.life, known.opportunity, last.atMs)
      : endLife(known.life, known.opportunity, opportunity.closedAtMs, closeReason);
  };
  return {
    follow: (event) => {
      const { opportunity } = event;
      const life = lifeAfter(event);
      if (event.type === 'closed') entries.delete(opportunity.id);
      else entries.set(opportunity.id, { opportunity, life });
      return { ...event, opportunity: { ...opportunity, life } };
    },
    describe: (opportunity) => {
      const life = entries.get(opportunity.id)?.life;
      return life === undefined ? opportunity : { ...opportunity, life };
    },
  };
}
