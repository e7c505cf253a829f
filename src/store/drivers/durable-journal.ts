/**
 * The journal in a Durable Object's SQLite storage. Writing is synchronous and within the detection round: what was
 * announced is on its way to disk before anybody can hear of it (Durable Objects, "Output gates").
 */

import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../../domain/clock.ts';
import { toErrorMessage } from '../../domain/errors.ts';
import type { Opportunity } from '../../domain/opportunity.ts';
import { INCUBATING_ATTR, SEMCONV_ATTR } from '../../telemetry/names.ts';
import { withClientSpan } from '../../telemetry/spans.ts';
import type { Logger } from '../../telemetry/telemetry.ts';
import type { JournalAccounts, JournalRow, OpportunityJournal } from '../journal.ts';
import type { StoreWriterStats } from '../writer.ts';
import type { DurableStorage } from './durable.ts';
import { DurableOutbox } from './durable-outbox.ts';
import { SQLITE_DIALECT } from './durable-sql.ts';

export interface DurableJournalOptions {
  /** Its schema is up to date. */
  readonly storage: DurableStorage;
  /** False: there is no database beyond, rows are stored as soon as they are written. */
  readonly hasDatabaseBeyond: boolean;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Writes the active trace context as message attributes. */
  readonly inject: (carrier: Record<string, string>) => void;
  /** Called after rows were written. */
  readonly onRows?: () => void;
}

/** Changes between opening and closing are written this much later at most, and only the newest, milliseconds. */
const UPDATE_INTERVAL_MS = 1_000;

/** Opens the journal and closes, in it, what an earlier run left open. */
export function createDurableJournal(options: DurableJournalOptions): OpportunityJournal {
  const journal = new DurableJournal(options);
  journal.closeOrphans();
  return journal;
}

class DurableJournal implements OpportunityJournal {
  readonly #options: DurableJournalOptions;
  readonly #outbox: DurableOutbox;
  readonly #updates = new Map<string, Opportunity>();
  /** Those that have a row of their opening, and none of their closing. */
  readonly #openIds = new Set<string>();
  /** Openings and closings that could not be written. */
  #unwritten: readonly Opportunity[] = [];
  #isTimerSet = false;
  #isClosed = false;
  #stats = { enqueuedCount: 0, writtenCount: 0, supersededCount: 0, failuresCount: 0 };
  #lastError: string | null = null;
  #lastSequence: number;

  constructor(options: DurableJournalOptions) {
    this.#options = options;
    this.#outbox = new DurableOutbox(options.storage, options.clock.nowMs());
    this.#lastSequence = this.#outbox.readLastSequence();
  }

  get beganAtMs(): number {
    return this.#outbox.beganAtMs;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  enqueue(opportunities: readonly Opportunity[]): void {
    this.#stats.enqueuedCount += opportunities.length;
    const rows: Opportunity[] = [];
    for (const opportunity of opportunities) {
      const { id, state } = opportunity;
      if (state === 'open' && this.#openIds.has(id)) this.#keepUpdate(opportunity);
      else rows.push(opportunity);
      if (state === 'open') this.#openIds.add(id);
      else this.#openIds.delete(id);
    }
    if (rows.length > 0) this.#write([...this.#unwritten, ...rows]);
    else if (this.#updates.size > 0) this.#setTimer();
  }

  flush(): Promise<boolean> {
    this.#write(this.#unwritten);
    return Promise.resolve(this.#lastError === null);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
  }

  stats(): StoreWriterStats {
    return {
      ...this.#stats,
      queuedCount: this.#updates.size + this.#unwritten.length,
      droppedCounts: { queue_full: 0, rejected: 0, closed: 0, fenced: 0 },
      droppedCount: 0,
      lastError: this.#lastError,
      state: this.#isClosed ? 'closed' : this.#lastError === null ? 'idle' : 'retrying',
    };
  }

  after(sequence: number, limit: number): readonly JournalRow[] {
    return this.#outbox.after(sequence, limit);
  }

  waiting(sequence: number, limit: number): readonly JournalRow[] {
    return this.#outbox.waiting(sequence, limit);
  }

  acknowledge(sequences: readonly number[]): number {
    return this.#outbox.acknowledge(sequences, this.#options.clock.nowMs());
  }

  forget(beforeMs: number): number {
    return this.#outbox.forget(beforeMs);
  }

  accounts(): JournalAccounts {
    return this.#outbox.accounts();
  }

  /** An opportunity that was open when the program ended has no end that anybody saw. */
  closeOrphans(): void {
    const { storage, clock } = this.#options;
    const open = storage.sql
      .exec(`SELECT document FROM opportunities WHERE state = 'open' ORDER BY opened_at_ms, id`)
      .toArray()
      .map(({ document }) => JSON.parse(String(document)) as Opportunity);
    if (open.length > 0) this.#write(open.map((each) => toClosed(each, clock.nowMs())));
  }

  #keepUpdate(opportunity: Opportunity): void {
    if (this.#updates.has(opportunity.id)) this.#stats.supersededCount += 1;
    this.#updates.set(opportunity.id, opportunity);
  }

  #setTimer(): void {
    if (this.#isTimerSet) return;
    this.#isTimerSet = true;
    void this.#options.clock.sleep(UPDATE_INTERVAL_MS).then(() => {
      this.#isTimerSet = false;
      if (!this.#isClosed) this.#write(this.#unwritten);
    });
  }

  /** All or nothing, together with the updates that wait. What fails is tried again a little later. */
  #write(rows: readonly Opportunity[]): void {
    const newest = [...this.#updates.values(), ...rows];
    if (newest.length === 0) return;
    const { tracer, logger, inject } = this.#options;
    try {
      const trace: Record<string, string> = {};
      inject(trace);
      withClientSpan(tracer, 'INSERT opportunities', { attributes: ATTRIBUTES }, () =>
        this.#insert(newest, rows, JSON.stringify(trace)),
      );
      this.#stats.writtenCount += newest.length;
      this.#updates.clear();
      this.#unwritten = [];
      this.#lastError = null;
    } catch (error) {
      this.#stats.failuresCount += 1;
      if (this.#lastError === null)
        logger.error('journal: writes fail and are tried again', {}, error);
      this.#lastError = toErrorMessage(error);
      this.#unwritten = rows;
      this.#setTimer();
    }
  }

  #insert(newest: readonly Opportunity[], rows: readonly Opportunity[], trace: string): void {
    const { storage, clock, hasDatabaseBeyond } = this.#options;
    const nowMs = clock.nowMs();
    storage.transactionSync(() => {
      for (const { text, params } of SQLITE_DIALECT.toUpserts(newest)) {
        storage.sql.exec(text, ...params);
      }
      this.#outbox.insert(rows, trace, nowMs, !hasDatabaseBeyond);
    });
    this.#lastSequence += rows.length;
    if (rows.length > 0) this.#options.onRows?.();
  }
}

const ATTRIBUTES = {
  [SEMCONV_ATTR.dbSystemName]: 'sqlite',
  [INCUBATING_ATTR.dbSystem]: 'sqlite',
  [SEMCONV_ATTR.dbNamespace]: 'durable',
  [SEMCONV_ATTR.dbOperationName]: 'INSERT',
  [SEMCONV_ATTR.dbQuerySummary]: 'INSERT opportunities',
  [SEMCONV_ATTR.dbCollectionName]: 'opportunities',
};

function toClosed(open: Opportunity, nowMs: number): Opportunity {
  const closedAtMs = Math.max(open.updatedAtMs, nowMs);
  return {
    ...open,
    state: 'closed',
    closeReason: 'shutdown',
    revision: open.revision + 1,
    closedAtMs,
    updatedAtMs: closedAtMs,
  };
}
