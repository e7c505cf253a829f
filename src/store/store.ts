/** The contract of every store of opportunities. Drivers share one set of SQL and migrations. */

import type { LifeStatistics } from '../detect/life/statistics.ts';
import type { Opportunity } from '../domain/opportunity.ts';

export interface OpportunityFilter {
  readonly symbol?: string;
  /** Matches either side. */
  readonly exchange?: string;
  readonly state?: 'open' | 'closed';
  /** Opened at or after, milliseconds since the epoch. */
  readonly fromMs?: number;
  /** Opened before, milliseconds since the epoch. */
  readonly toMs?: number;
  /** Least peak edge, basis points. */
  readonly minEdgeBps?: number;
  /** 1..500. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** Whose lives are counted: what is closed and passes the filter. */
export type LifeFilter = Omit<OpportunityFilter, 'state' | 'limit' | 'cursor'>;

/** Newest opened first; ties by id. */
export interface OpportunityPage {
  readonly opportunities: readonly Opportunity[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface OpportunityStore {
  readonly driver: 'pglite' | 'neon' | 'durable';
  /** Applies what is missing, in order, under a lock. @returns names of the migrations applied now. */
  migrate(): Promise<readonly string[]>;
  /**
   * Upserts by id, all or nothing; a row is replaced only by a higher revision, so a repeated or late write changes
   * nothing.
   *
   * @throws {SpreadscopeError} `store_unavailable` (try again), `store_rejected` (one of the opportunities cannot be
   * stored, and never will), `store_failed` (the database refuses), `closed`.
   */
  write(opportunities: readonly Opportunity[]): Promise<void>;
  /** @throws {RangeError} when the cursor or the limit is not valid. */
  find(filter: OpportunityFilter): Promise<OpportunityPage>;
  get(id: string): Promise<Opportunity | null>;
  /** What the lives of closed opportunities say together. */
  lifeStatistics(filter: LifeFilter): Promise<LifeStatistics>;
  /**
   * Marks what a previous run left open as closed with reason `shutdown`; with several programs on one database, what
   * the others hold open too, until their next update but one. @returns rows changed.
   */
  closeOrphans(closedAtMs: number): Promise<number>;
  /** Deletes closed opportunities opened before `beforeMs`. @returns rows deleted. */
  prune(beforeMs: number): Promise<number>;
  /** @throws {SpreadscopeError} `store_unavailable` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
