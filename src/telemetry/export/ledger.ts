/** What became of batches, in the books, in the log of losses, and as the state of the backend. */

import type { Clock } from '../../domain/clock.ts';
import { createAccountBook } from './accounts.ts';
import type { Delivery } from './deliver.ts';
import type { BatchOutcome, DropReason, ExportBatch } from './export-batch.ts';
import { toBackendState } from './fates.ts';
import type { LossLog } from './loss-log.ts';

export type LostDelivery = Extract<Delivery, { kind: 'lost' }>;
/** Accepted or refused: the backend has spoken. */
export type AnsweredDelivery = Exclude<Delivery, LostDelivery>;

export class Ledger {
  readonly #losses: LossLog;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly book = createAccountBook();
  state: 'unknown' | 'reachable' | 'unreachable' = 'unknown';
  /** Why the last batch did not arrive whole, without secrets; null after one that did. */
  lastError: string | null = null;

  constructor(losses: LossLog, clock: Pick<Clock, 'monotonicMs'>) {
    this.#losses = losses;
    this.#clock = clock;
  }

  /** Some or all items of a batch that began to leave at `startedMs` were taken, or all refused. */
  answered(
    { itemCount }: ExportBatch,
    startedMs: number,
    delivery: AnsweredDelivery,
  ): BatchOutcome {
    const { message } = delivery;
    const claimed = delivery.kind === 'accepted' ? delivery.rejectedCount : itemCount;
    const rejectedCount = Math.min(claimed, itemCount);
    const exportedCount = itemCount - rejectedCount;
    this.state = 'reachable';
    this.lastError = rejectedCount > 0 ? message : null;
    this.book.settle(exportedCount, rejectedCount);
    if (exportedCount > 0) this.#losses.recover(startedMs, this.#clock.monotonicMs());
    this.#losses.remark(rejectedCount, message);
    return { exportedCount, rejectedCount, droppedCount: 0, message };
  }

  /** A batch did not arrive; whether it is lost or tried again is for others to say. */
  undelivered({ reason, message }: LostDelivery): void {
    this.state = toBackendState(reason) ?? this.state;
    this.lastError = message;
  }

  /** All items of a batch are lost. */
  drop({ itemCount }: ExportBatch, reason: DropReason, message: string = reason): BatchOutcome {
    this.book.drop(reason, itemCount);
    this.#losses.lose(reason, itemCount, this.#clock.monotonicMs());
    return { exportedCount: 0, rejectedCount: 0, droppedCount: itemCount, message };
  }
}
