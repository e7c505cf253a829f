/** The books of an exporter: every item that came in is exported, rejected, dropped or still queued. */

import type { DropReason } from './export-batch.ts';

/** `startedCount` = exported + rejected + dropped + queued, after every step. */
export interface ExportAccounts {
  readonly startedCount: number;
  readonly exportedCount: number;
  /** Refused by the backend: a final status, or a partial success. */
  readonly rejectedCount: number;
  readonly droppedCounts: Readonly<Partial<Record<DropReason, number>>>;
  /** Waiting or on the wire. */
  readonly queuedCount: number;
}

export interface AccountBook {
  /** Items came in and are queued. */
  enqueue(itemCount: number): void;
  /** Queued items were answered. */
  settle(exportedCount: number, rejectedCount: number): void;
  /** Queued items were lost. */
  drop(reason: DropReason, itemCount: number): void;
  read(): ExportAccounts;
}

export function createAccountBook(): AccountBook {
  let startedCount = 0;
  let exportedCount = 0;
  let rejectedCount = 0;
  let queuedCount = 0;
  const droppedCounts: Partial<Record<DropReason, number>> = {};
  return {
    enqueue(itemCount) {
      startedCount += itemCount;
      queuedCount += itemCount;
    },
    settle(exported, rejected) {
      exportedCount += exported;
      rejectedCount += rejected;
      queuedCount -= exported + rejected;
    },
    drop(reason, itemCount) {
      droppedCounts[reason] = (droppedCounts[reason] ?? 0) + itemCount;
      queuedCount -= itemCount;
    },
    read: () => ({
      startedCount,
      exportedCount,
      rejectedCount,
      droppedCounts: { ...droppedCounts },
      queuedCount,
    }),
  };
}

/** Sum over all reasons. */
export function countDropped(accounts: ExportAccounts): number {
  return Object.values(accounts.droppedCounts).reduce((sum, count) => sum + count, 0);
}
