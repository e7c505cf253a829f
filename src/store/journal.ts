/**
 * The journal of what was detected: openings and closings in order, each written together with its opportunity, kept
 * until the database beyond has them, and for a while after, for streams that come back.
 */

import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import type { StoreWriter } from './writer.ts';

/** One opening or closing. */
export interface JournalRow {
  /** Counts up by one, from 1, for the life of the journal. */
  readonly sequence: number;
  readonly type: 'opened' | 'closed';
  readonly opportunity: Opportunity;
  /** Trace context of the round that detected it, as message attributes; empty when that was not traced. */
  readonly trace: Readonly<Record<string, string>>;
}

/** `detectedCount` = stored + outbox, always. */
export interface JournalAccounts {
  /** Rows ever written. */
  readonly detectedCount: number;
  /** Of them, those that the database beyond has; without one, all. */
  readonly storedCount: number;
  /** Those that wait to get there. */
  readonly outboxCount: number;
}

export interface OpportunityJournal extends StoreWriter {
  /** When the journal was begun, milliseconds since the epoch; never changes. */
  readonly beganAtMs: number;
  /** 0 before the first row. */
  readonly lastSequence: number;
  /** Rows after `sequence`, oldest first, at most `limit`. */
  after(sequence: number, limit: number): readonly JournalRow[];
  /** As `after`, of those that wait in the outbox. */
  waiting(sequence: number, limit: number): readonly JournalRow[];
  /** The database beyond has these. @returns rows that waited until now. */
  acknowledge(sequences: readonly number[]): number;
  /** Deletes rows that are stored and were written before `beforeMs`. @returns rows deleted. */
  forget(beforeMs: number): number;
  accounts(): JournalAccounts;
}

/** Openings and closings have a row; what changes in between is written too, but has none. */
export function isJournaled({ type }: OpportunityEvent): boolean {
  return type !== 'updated';
}

/** What a journal's row tells a stream. */
export function toEvent({ type, opportunity }: JournalRow): OpportunityEvent {
  return { type, opportunity };
}
