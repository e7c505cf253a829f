/** Batches that wait for the wire: first in, first out, bounded in items and bytes. What is on the wire counts too. */

import type { BatchOutcome, ExportBatch } from './export-batch.ts';

export interface QueueEntry {
  readonly batch: ExportBatch;
  readonly resolve: (outcome: BatchOutcome) => void;
}

export class SendQueue {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #waiting: QueueEntry[] = [];
  #itemCount = 0;
  #bytes = 0;

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false when there is no room; nothing is kept then. */
  offer(entry: QueueEntry): boolean {
    const { itemCount, body } = entry.batch;
    const hasRoom =
      this.#itemCount + itemCount <= this.#maxItems && this.#bytes + body.length <= this.#maxBytes;
    if (!hasRoom) return false;
    this.#itemCount += itemCount;
    this.#bytes += body.length;
    this.#waiting.push(entry);
    return true;
  }

  /** Takes the oldest for the wire; its room stays taken until `release`. */
  take(): QueueEntry | undefined {
    return this.#waiting.shift();
  }

  /** Puts one that came back from the wire in front again. */
  putBack(entry: QueueEntry): void {
    this.#waiting.unshift(entry);
  }

  release(entry: QueueEntry): void {
    this.#itemCount -= entry.batch.itemCount;
    this.#bytes -= entry.batch.body.length;
  }
}
