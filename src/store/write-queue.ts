/** The bounded queue before the store: one entry per opportunity, the newest revision, oldest first. */

import type { Opportunity } from '../domain/opportunity.ts';

export interface QueueEntry {
  readonly opportunity: Opportunity;
  /** Place in the line; a newer revision takes over the place of the older. */
  readonly sequence: number;
}

/**
 * Why something was not written: no room, refused by the database for what it holds, another process has the shard by
 * now, or the writer was closed.
 */
export type DropReason = 'queue_full' | 'rejected' | 'fenced' | 'closed';

/** `enqueuedCount` = written + superseded + all dropped + queued, always. */
export interface QueueAccounts {
  readonly enqueuedCount: number;
  readonly writtenCount: number;
  /** Replaced by a newer revision before it was written. */
  readonly supersededCount: number;
  readonly droppedCounts: Readonly<Record<DropReason, number>>;
  /** Waiting or being written. */
  readonly queuedCount: number;
}

/** Not bound to time or to a store: the writer moves entries through it. */
export class WriteQueue {
  readonly #maxCount: number;
  #waiting = new Map<string, QueueEntry>();
  #taken: ReadonlySet<QueueEntry> = new Set();
  #nextSequence = 0;
  #isClosed = false;
  #enqueuedCount = 0;
  #writtenCount = 0;
  #supersededCount = 0;
  readonly #droppedCounts: Record<DropReason, number> = {
    queue_full: 0,
    rejected: 0,
    fenced: 0,
    closed: 0,
  };

  /** @param maxCount - most entries, those being written included. */
  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  /** @returns why it was not taken in; null when it waits now or is outdated. */
  add(opportunity: Opportunity): DropReason | null {
    this.#enqueuedCount += 1;
    if (this.#isClosed) return this.#drop('closed');
    const waiting = this.#waiting.get(opportunity.id);
    if (waiting !== undefined) {
      this.#supersededCount += 1;
      if (opportunity.revision > waiting.opportunity.revision) this.#put(opportunity, waiting);
      return null;
    }
    if (this.queuedCount >= this.#maxCount) return this.#drop('queue_full');
    this.#put(opportunity, { sequence: this.#nextSequence++ });
    return null;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get queuedCount(): number {
    return this.#waiting.size + this.#taken.size;
  }

  /** Sequence that the next new entry gets. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Sequence of the oldest entry that waits or is being written; Infinity when there is none. */
  get oldestSequence(): number {
    const [waiting] = this.#waiting.values();
    const [taken] = this.#taken;
    return Math.min(waiting?.sequence ?? Infinity, taken?.sequence ?? Infinity);
  }

  /** The oldest entries, at most `count`, now being written; one batch at a time. */
  take(count: number): readonly QueueEntry[] {
    const batch = [...this.#waiting.values()].slice(0, count);
    for (const entry of batch) this.#waiting.delete(entry.opportunity.id);
    this.#taken = new Set(batch);
    return batch;
  }

  /** Ends the batch that was taken, as far as it was written. */
  acknowledge(entries: readonly QueueEntry[]): void {
    this.#writtenCount += this.#release(entries);
  }

  /** Ends what the database will never accept. */
  reject(entries: readonly QueueEntry[], reason: 'rejected' | 'fenced'): void {
    this.#droppedCounts[reason] += this.#release(entries);
  }

  /** Puts back what could not be written, to the front; what has a newer revision waiting by now is superseded. */
  giveBack(entries: readonly QueueEntry[]): void {
    if (this.#release(entries) === 0) return;
    const front = new Map(entries.map((entry) => [entry.opportunity.id, entry]));
    for (const [id, waiting] of this.#waiting) {
      const older = front.get(id);
      if (older !== undefined) this.#supersededCount += 1;
      front.set(id, older === undefined ? waiting : newest(older, waiting));
    }
    this.#waiting = front;
  }

  /** Takes nothing in any more; all that is queued is dropped and counted. */
  close(): void {
    this.#isClosed = true;
    this.#droppedCounts.closed += this.queuedCount;
    this.#waiting = new Map();
    this.#taken = new Set();
  }

  accounts(): QueueAccounts {
    return {
      enqueuedCount: this.#enqueuedCount,
      writtenCount: this.#writtenCount,
      supersededCount: this.#supersededCount,
      droppedCounts: { ...this.#droppedCounts },
      queuedCount: this.queuedCount,
    };
  }

  #put(opportunity: Opportunity, place: { readonly sequence: number }): void {
    this.#waiting.set(opportunity.id, { opportunity, sequence: place.sequence });
  }

  #drop(reason: DropReason): DropReason {
    this.#droppedCounts[reason] += 1;
    return reason;
  }

  /** @returns how many of `entries` were still being written: none after `close`, which has counted them. */
  #release(entries: readonly QueueEntry[]): number {
    const before = this.#taken.size;
    const left = new Set(this.#taken);
    for (const entry of entries) left.delete(entry);
    this.#taken = left;
    return before - left.size;
  }
}

/** The newer revision, at the older place. */
function newest(older: QueueEntry, waiting: QueueEntry): QueueEntry {
  const isNewer = waiting.opportunity.revision > older.opportunity.revision;
  return isNewer ? { opportunity: waiting.opportunity, sequence: older.sequence } : older;
}
