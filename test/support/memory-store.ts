/** The contract of the store over an array: what it must do is small enough to write down. */

import { summariseLives } from '../../src/detect/life/statistics.ts';
import type { Opportunity } from '../../src/domain/opportunity.ts';
import { findOpen, matches } from '../../src/http/open-page.ts';
import type { KeptBasis, KeptSpreads, OpportunityStore } from '../../src/store/store.ts';

export function createMemoryStore(): OpportunityStore {
  const rows = new Map<string, Opportunity>();
  const spreads: KeptSpreads[] = [];
  const carries: KeptBasis[] = [];
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
    writeSpreads: async (kept) => {
      spreads.push(...kept);
    },
    findSpreads: async ({ symbol, fromMs = -Infinity, toMs = Infinity, limit }) =>
      spreads
        .filter(({ statistics }) => statistics.symbol === symbol)
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .sort((a, b) => b.atMs - a.atMs)
        .slice(0, limit),
    writeBasis: async (kept) => {
      carries.push(...kept);
    },
    findBasis: async ({ base, quote, kind, fromMs = -Infinity, toMs = Infinity, limit }) =>
      carries
        .filter(({ edge }) => base === undefined || edge.base === base)
        .filter(({ edge }) => quote === undefined || edge.quote === quote)
        .filter(({ edge }) => kind === undefined || edge.kind === kind)
        .filter(({ edge }) => edge.atMs >= fromMs && edge.atMs < toMs)
        .sort((a, b) => b.edge.atMs - a.edge.atMs)
        .slice(0, limit),
    closeOrphans: async () => 0,
    prune: async () => 0,
    ping: async () => {},
    close: async () => {},
  };
}
