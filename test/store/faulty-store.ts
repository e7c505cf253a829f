/** A real store whose writes can be made to fail, hang or take long. */

import type { Opportunity } from '../../src/domain/opportunity.ts';
import type { OpportunityStore } from '../../src/store/store.ts';

/** Throws, or waits, before a write reaches the store. */
export type WriteFault = (opportunities: readonly Opportunity[]) => void | Promise<void>;

export interface FaultyStore extends OpportunityStore {
  /** Sizes of all writes asked for, in order. */
  readonly writeCounts: readonly number[];
  setFault(fault: WriteFault): void;
}

export function createFaultyStore(store: OpportunityStore): FaultyStore {
  let fault: WriteFault = () => {};
  const writeCounts: number[] = [];
  return {
    driver: store.driver,
    migrate: () => store.migrate(),
    find: (filter) => store.find(filter),
    get: (id) => store.get(id),
    lifeStatistics: (filter) => store.lifeStatistics(filter),
    writeSpreads: (kept) => store.writeSpreads(kept),
    findSpreads: (filter) => store.findSpreads(filter),
    writeBasis: (kept) => store.writeBasis(kept),
    findBasis: (filter) => store.findBasis(filter),
    closeOrphans: (closedAtMs) => store.closeOrphans(closedAtMs),
    prune: (beforeMs) => store.prune(beforeMs),
    ping: () => store.ping(),
    close: () => store.close(),
    write: async (opportunities) => {
      writeCounts.push(opportunities.length);
      await fault(opportunities);
      await store.write(opportunities);
    },
    writeCounts,
    setFault: (next) => {
      fault = next;
    },
  };
}
