/** The contract of the store over an array: what it must do is small enough to write down. */

import { summariseLives } from '../../src/detect/life/statistics.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import { findOpen, matches } from '../../src/http/open-page.ts';
import type { OpportunityStore } from '../../src/store/store.ts';

export function createMemoryStore(): OpportunityStore {
  const rows = new Map<string, Opportunity>();
  return {
    driver: 'pglite',
    migrate: async () => [],
    write: async (opportunities) => {
      for (const opportunity of opportunities) {
        const known = rows.get(opportunity.id)?.revision ?? 0;
        if (opportunity.revision > known) rows.set(opportunity.id, opportunity);
      }
    },
    find: async (filter) => findOpen([...rows.values()], filter),
    get: async (id) => rows.get(id) ?? null,
    lifeStatistics: async (filter) =>
      summariseLives([...rows.values()].filter((opportunity) => matches(opportunity, filter))),
    closeOrphans: async () => 0,
    prune: async () => 0,
    ping: async () => {},
    close: async () => {},
  };
}
