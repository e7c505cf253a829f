/** The contract of every store of opportunities. Drivers share one set of SQL and migrations. */

import type { BasisEdge } from '../detect/basis/basis-edge.ts';
import type { BasisKind } from '../detect/basis/basis-pairs.ts';
import type { SpreadStatistics } from '../detect/life/spread-book.ts';
import type { LifeStatistics } from '../detect/life/statistics.ts';
import { SpreadscopeError } from '../domain/errors.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { Opportunity } from '../domain/opportunity.ts';

/** Another process has the shard now, under a greater token. */
export class StoreFencedError extends SpreadscopeError {
  /** Those that were not written. */
  readonly ids: ReadonlySet<string>;

  constructor(ids: readonly string[]) {
    super('store_fenced', `store: ${ids.length} opportunities came from an owner before`);
    this.ids = new Set(ids);
  }
}

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

/** What was usual between the exchanges of one symbol, in the window that ended at `atMs`. */
export interface KeptSpreads {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly source: MarketDataSource;
  readonly statistics: SpreadStatistics;
}

export interface SpreadFilter {
  readonly symbol: string;
  /** Ended at or after, milliseconds since the epoch. */
  readonly fromMs?: number;
  /** Ended before, milliseconds since the epoch. */
  readonly toMs?: number;
  /** 1..500. */
  readonly limit: number;
}

/**
 * The best carry of one kind on one pair of assets, as it was at one moment. Kept as snapshots and not as opportunities:
 * what is paid every few hours does not open and close in milliseconds, and what is asked of it is its course.
 */
export interface KeptBasis {
  readonly source: MarketDataSource;
  readonly edge: BasisEdge;
}

export interface BasisFilter {
  readonly base?: string;
  readonly quote?: string;
  readonly kind?: BasisKind;
  /** Taken at or after, milliseconds since the epoch. */
  readonly fromMs?: number;
  /** Taken before, milliseconds since the epoch. */
  readonly toMs?: number;
  /** 1..500. */
  readonly limit: number;
}

/** Newest opened first; ties by id. */
export interface OpportunityPage {
  readonly opportunities: readonly Opportunity[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Keeps writers that were overtaken from changing anything. */
export interface StoreFences {
  /**
   * From now on only opportunities of `shard` with a lease of at least `token` are written. What an owner before left
   * open, in this shard or in one of another division, is closed with reason `handed_over`. @returns rows closed.
   */
  raise(shard: string, token: number, closedAtMs: number): Promise<number>;
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
   * @throws {StoreFencedError} for those whose lease is not the newest; all others were written.
   */
  write(opportunities: readonly Opportunity[]): Promise<void>;
  /** @throws {RangeError} when the cursor or the limit is not valid. */
  find(filter: OpportunityFilter): Promise<OpportunityPage>;
  get(id: string): Promise<Opportunity | null>;
  /** What the lives of closed opportunities say together. */
  lifeStatistics(filter: LifeFilter): Promise<LifeStatistics>;
  /** Absent where a database belongs to one process. */
  readonly fences?: StoreFences;
  /**
   * Marks what a previous run left open as closed with reason `shutdown`, but for what was written under a lease: that
   * is its owner's. With several programs on one database that do not share the work, what the others hold open too,
   * until their next update but one. @returns rows changed.
   */
  closeOrphans(closedAtMs: number): Promise<number>;
  /** Keeps windows of spreads, all or nothing; one of the same symbol and time stays as it is. */
  writeSpreads(kept: readonly KeptSpreads[]): Promise<void>;
  /** Newest first. @throws {RangeError} when the limit is not valid. */
  findSpreads(filter: SpreadFilter): Promise<readonly KeptSpreads[]>;
  /** Keeps snapshots of carries, all or nothing; one of the same assets, kind and time stays as it is. */
  writeBasis(kept: readonly KeptBasis[]): Promise<void>;
  /** Newest first. @throws {RangeError} when the limit is not valid. */
  findBasis(filter: BasisFilter): Promise<readonly KeptBasis[]>;
  /**
   * Deletes closed opportunities opened, and windows of spreads and snapshots of carries taken, before `beforeMs`.
   *
   * @returns opportunities deleted.
   */
  prune(beforeMs: number): Promise<number>;
  /** @throws {SpreadscopeError} `store_unavailable` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
