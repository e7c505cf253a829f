/** Where every ended span went: started = exported + rejected + dropped + queued, at any moment. */

export interface SpanAccountsSnapshot {
  readonly startedCount: number;
  readonly exportedCount: number;
  readonly rejectedCount: number;
  readonly droppedCounts: Readonly<Record<string, number>>;
  readonly queuedCount: number;
  readonly lastError: string | null;
  /** Null until the first export ended. */
  readonly isReachable: boolean | null;
}

/** What became of one batch. Counts that do not add up to the batch are a broken invariant of the caller. */
export type BatchOutcome =
  | { readonly result: 'accepted'; readonly rejectedCount: number; readonly message: string | null }
  | { readonly result: 'rejected'; readonly message: string }
  | { readonly result: 'dropped'; readonly reason: string; readonly message: string };

/** A batch on its way; `settle` counts once, later calls do nothing. */
export interface BatchTicket {
  settle(outcome: BatchOutcome): void;
}

export class SpanAccounts {
  readonly #dropped = new Map<string, number>();
  readonly #inFlight = new Set<BatchTicket>();
  #started = 0;
  #exported = 0;
  #rejected = 0;
  #waiting = 0;
  #inFlightCount = 0;
  #lastError: string | null = null;
  #isReachable: boolean | null = null;

  /** Spans that wait for a batch. */
  get waitingCount(): number {
    return this.#waiting;
  }

  /** A span ended and waits. */
  enqueue(): void {
    this.#started += 1;
    this.#waiting += 1;
  }

  /** A span ended and is lost at once. */
  refuse(reason: string): void {
    this.#started += 1;
    this.#drop(reason, 1);
  }

  /** `count` waiting spans leave in one batch. */
  takeBatch(count: number): BatchTicket {
    this.#waiting -= count;
    this.#inFlightCount += count;
    const ticket: BatchTicket = {
      settle: (outcome) => {
        if (!this.#inFlight.delete(ticket)) return;
        this.#inFlightCount -= count;
        this.#settle(count, outcome);
      },
    };
    this.#inFlight.add(ticket);
    return ticket;
  }

  /** Gives up all that waits or is on its way. */
  abandon(reason: string, message: string): void {
    for (const ticket of [...this.#inFlight]) ticket.settle({ result: 'dropped', reason, message });
    if (this.#waiting > 0) this.#lastError = message;
    this.#drop(reason, this.#waiting);
    this.#waiting = 0;
  }

  snapshot(): SpanAccountsSnapshot {
    return {
      startedCount: this.#started,
      exportedCount: this.#exported,
      rejectedCount: this.#rejected,
      droppedCounts: Object.fromEntries(this.#dropped),
      queuedCount: this.#waiting + this.#inFlightCount,
      lastError: this.#lastError,
      isReachable: this.#isReachable,
    };
  }

  #settle(count: number, outcome: BatchOutcome): void {
    this.#lastError = outcome.message;
    switch (outcome.result) {
      case 'accepted': {
        const rejected = Math.min(outcome.rejectedCount, count);
        this.#rejected += rejected;
        this.#exported += count - rejected;
        this.#isReachable = true;
        return;
      }
      case 'rejected':
        this.#rejected += count;
        this.#isReachable = true;
        return;
      case 'dropped':
        this.#drop(outcome.reason, count);
        if (outcome.reason !== 'shutdown') this.#isReachable = false;
        return;
      default:
        outcome satisfies never;
    }
  }

  #drop(reason: string, count: number): void {
    if (count > 0) this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }
}
