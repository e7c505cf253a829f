/** Writes opportunities behind the pipeline's back: bounded, batched, retried, and never in its way. */

import { ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import { ATTR, SPAN } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { Logger } from '../telemetry/telemetry.ts';
import { toBackoffMs } from './backoff.ts';
import { type BatchResult, writeBatch } from './batch.ts';
import type { OpportunityStore } from './store.ts';
import { sleepOrWake, toSettleable, untilAborted, withinMs } from './waits.ts';
import { type DropReason, type QueueAccounts, type QueueEntry, WriteQueue } from './write-queue.ts';

export interface StoreWriterOptions {
  /** Most opportunities that wait or are being written; more are dropped and counted. */
  readonly maxQueuedCount: number;
  /** Most opportunities of one write. */
  readonly batchCount: number;
  /** Time that a batch gathers before it is written; a full batch, `flush` and `close` do not wait. */
  readonly intervalMs: number;
  /** A write that takes longer counts as failed and is tried again; writes are idempotent, so a late one does no harm. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** `enqueuedCount` = written + superseded + dropped + queued, always. */
export interface StoreWriterStats extends QueueAccounts {
  /** All reasons together. */
  readonly droppedCount: number;
  /** Writes that failed, each attempt counted. */
  readonly failuresCount: number;
  /** Why the last write failed; null after a success. */
  readonly lastError: string | null;
  readonly state: 'idle' | 'writing' | 'retrying' | 'closed';
}

export interface StoreWriter {
  /** Takes in what is to be written; of one id only the newest revision waits. Never blocks, never throws. */
  enqueue(opportunities: readonly Opportunity[]): void;
  /** Writes what is queued now, without waiting for the interval. @returns false when `timeoutMs` was not enough. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Flushes, then drops and counts the rest; the store stays open. */
  close(timeoutMs: number): Promise<void>;
  stats(): StoreWriterStats;
}

/** Waits between failed writes: short at first, as most faults are, and never so long that recovery goes unnoticed. */
const BACKOFF = { baseMs: 200, maxMs: 30_000 };

/** Far longer than a batch takes on a healthy database (10,000 rows: under 0.1 s). */
const DEFAULT_TIMEOUT_MS = 15_000;

/** Starts a writer; it does nothing, and keeps no timer, until something is enqueued. */
export function createStoreWriter(
  store: OpportunityStore,
  options: StoreWriterOptions,
): StoreWriter {
  const writer = new Writer(store, options);
  void writer.run();
  return writer;
}

type WaitKind = 'idle' | 'interval' | 'retry';

interface Flush {
  /** Entries before this sequence are to be written. */
  readonly before: number;
  readonly done: (isWritten: boolean) => void;
}

class Writer implements StoreWriter {
  readonly #store: OpportunityStore;
  readonly #options: StoreWriterOptions;
  readonly #queue: WriteQueue;
  #state: StoreWriterStats['state'] = 'idle';
  #wait: { readonly kind: WaitKind; readonly cut: AbortController } | null = null;
  #flushes: readonly Flush[] = [];
  #failuresCount = 0;
  #failuresInRowCount = 0;
  #lastError: string | null = null;
  #isDropping = false;
  #closing: Promise<void> | null = null;

  constructor(store: OpportunityStore, options: StoreWriterOptions) {
    this.#store = store;
    this.#options = options;
    this.#queue = new WriteQueue(options.maxQueuedCount);
  }

  enqueue(opportunities: readonly Opportunity[]): void {
    for (const opportunity of opportunities) this.#noteDrop(this.#queue.add(opportunity));
    if (this.#queue.waitingCount === 0) return;
    if (this.#wait?.kind === 'idle' || (this.#wait?.kind === 'interval' && this.#isDue())) {
      this.#wake();
    }
  }

  async flush(timeoutMs: number): Promise<boolean> {
    const before = this.#queue.nextSequence;
    if (this.#queue.oldestSequence >= before) return true;
    const { promise, done } = toSettleable<boolean>();
    const flush = { before, done };
    this.#flushes = [...this.#flushes, flush];
    this.#wake();
    const timer = new AbortController();
    void sleepOrWake(this.#options.clock, timeoutMs, timer.signal).then(() => done(false));
    const isWritten = await promise;
    timer.abort();
    this.#flushes = this.#flushes.filter((other) => other !== flush);
    return isWritten;
  }

  close(timeoutMs: number): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs);
    this.#queue.close();
    this.#state = 'closed';
    for (const flush of this.#flushes) flush.done(false);
    this.#wake();
  }

  stats(): StoreWriterStats {
    const accounts = this.#queue.accounts();
    return {
      ...accounts,
      droppedCount: Object.values(accounts.droppedCounts).reduce((sum, count) => sum + count, 0),
      failuresCount: this.#failuresCount,
      lastError: this.#lastError,
      state: this.#state,
    };
  }

  /** The loop, until `close`: wait until something is due, write it; after a failure wait longer. */
  async run(): Promise<void> {
    while (!this.#isClosed()) {
      if (this.#queue.waitingCount === 0) {
        await this.#waitFor('idle');
        continue;
      }
      if (this.#failuresInRowCount > 0) await this.#waitFor('retry');
      else if (!this.#isDue()) await this.#waitFor('interval');
      if (!this.#isClosed()) await this.#writeNext();
    }
  }

  async #writeNext(): Promise<void> {
    this.#state = 'writing';
    const batch = this.#queue.take(this.#options.batchCount);
    const result = await writeBatch(
      batch,
      (entries) => this.#attempt(entries),
      ({ opportunity }) => opportunity.id,
    );
    this.#queue.acknowledge(result.written);
    this.#queue.reject(result.refused, 'rejected');
    this.#queue.reject(result.fenced, 'fenced');
    this.#queue.giveBack(result.left);
    this.#note(result);
    if (this.#isClosed()) return;
    this.#state = result.left.length > 0 ? 'retrying' : 'idle';
    const oldest = this.#queue.oldestSequence;
    for (const { before, done } of this.#flushes) if (oldest >= before) done(true);
  }

  /** One write in a trace of its own, bounded in time. */
  #attempt(batch: readonly QueueEntry[]): Promise<void> {
    const opportunities = batch.map((entry) => entry.opportunity);
    const { clock, tracer, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const options = { parent: ROOT_CONTEXT, attributes: { [ATTR.storedCount]: 0 } };
    return withSpan(tracer, SPAN.storeOpportunities, options, async (span) => {
      await withinMs(clock, timeoutMs, this.#store.write(opportunities));
      span.setAttribute(ATTR.storedCount, opportunities.length);
    });
  }

  /** Counts every fault; says once when failing begins and when it ends. */
  #note({ refused, fenced, left, faults }: BatchResult<QueueEntry>): void {
    const { logger } = this.#options;
    const fault = faults.at(-1);
    this.#failuresCount += faults.length;
    this.#lastError = fault === undefined ? null : toErrorMessage(fault);
    if (refused.length > 0) {
      logger.warn('store: opportunities were refused and are dropped', { count: refused.length });
    }
    if (fenced.length > 0) {
      logger.warn('store: opportunities of an owner before were refused', { count: fenced.length });
    }
    if (left.length > 0) {
      this.#failuresInRowCount += 1;
      if (this.#failuresInRowCount > 1) return;
      logger.warn('store: writes fail and are tried again', {}, fault);
      return;
    }
    if (this.#failuresInRowCount > 0) logger.info('store: writes succeed again');
    this.#failuresInRowCount = 0;
    this.#isDropping = false;
  }

  async #waitFor(kind: WaitKind): Promise<void> {
    const cut = new AbortController();
    this.#wait = { kind, cut };
    const { clock, intervalMs } = this.#options;
    if (kind === 'idle') await untilAborted(cut.signal);
    else {
      const durationMs = kind === 'interval' ? intervalMs : this.#toRetryMs();
      await sleepOrWake(clock, durationMs, cut.signal);
    }
    this.#wait = null;
  }

  #wake(): void {
    this.#wait?.cut.abort();
  }

  #toRetryMs(): number {
    return toBackoffMs(BACKOFF, this.#failuresInRowCount, this.#options.random);
  }

  #isDue(): boolean {
    const isHurried = this.#flushes.some(({ before }) => this.#queue.oldestSequence < before);
    return isHurried || this.#queue.waitingCount >= this.#options.batchCount;
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Says once when losing begins. */
  #noteDrop(reason: DropReason | null): void {
    if (reason !== 'queue_full' || this.#isDropping) return;
    this.#isDropping = true;
    this.#options.logger.warn('store: the queue is full, opportunities are dropped');
  }
}
