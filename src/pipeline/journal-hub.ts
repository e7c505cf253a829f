/**
 * The hub over a journal: the place in the stream is the journal's sequence, so that a client that comes back gets every
 * opening and closing since, also from an earlier run of this program. Changes in between have no place of their own:
 * they carry that of the row before them and are told only to those who listen.
 */

import type { OpportunityEvent } from '../domain/opportunity.ts';
import { isJournaled, type OpportunityJournal, toEvent } from '../store/journal.ts';
import { createGate, type Gate } from './gate.ts';
import type { HubMessage, OpportunityHub } from './ports.ts';

type Journal = Pick<OpportunityJournal, 'beganAtMs' | 'lastSequence' | 'after'>;
type Delivery = HubMessage & { readonly missedCount: number };

/** Changes that wait for a slow subscriber; older ones are superseded by what follows. */
const MAX_PENDING_COUNT = 1_000;
/** Rows of one look into the journal. */
const ROWS_COUNT = 100;

interface Subscriber {
  readonly gate: Gate;
  /** What was published since it last looked; null while it has rows of the journal to catch up with. */
  pending: HubMessage[] | null;
  sequence: number;
  /** Rows that are no longer there, told with the next message. */
  missedCount: number;
}

export function createJournalHub(journal: Journal): OpportunityHub {
  return new JournalHub(journal);
}

class JournalHub implements OpportunityHub {
  readonly #journal: Journal;
  readonly #subscribers = new Set<Subscriber>();
  #isClosed = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get subscribersCount(): number {
    return this.#subscribers.size;
  }

  get lastId(): string {
    return this.#toId(this.#journal.lastSequence);
  }

  /** The journal has taken them in before. */
  publish(events: readonly OpportunityEvent[]): void {
    const rowsCount = events.filter(isJournaled).length;
    let sequence = this.#journal.lastSequence - rowsCount;
    const messages = events.map((event): HubMessage => {
      if (isJournaled(event)) sequence += 1;
      return { id: this.#toId(sequence), event };
    });
    for (const subscriber of this.#subscribers) {
      subscriber.pending?.push(...messages);
      if ((subscriber.pending?.length ?? 0) > MAX_PENDING_COUNT) subscriber.pending = null;
      subscriber.gate.open();
    }
  }

  async *subscribe(options: {
    readonly afterId?: string;
    readonly signal: AbortSignal;
  }): AsyncGenerator<Delivery> {
    const { signal } = options;
    const gate = createGate();
    const subscriber: Subscriber = {
      gate,
      pending: null,
      sequence: this.#sequenceOf(options.afterId),
      missedCount: 0,
    };
    this.#subscribers.add(subscriber);
    signal.addEventListener('abort', gate.open);
    try {
      while (!signal.aborted) {
        yield* subscriber.pending === null ? this.#catchUp(subscriber) : take(subscriber);
        if (this.#isClosed) return;
        if (subscriber.pending?.length === 0) await gate.wait();
      }
    } finally {
      signal.removeEventListener('abort', gate.open);
      this.#subscribers.delete(subscriber);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { gate } of this.#subscribers) gate.open();
  }

  /** Rows of the journal until there are no more; from then on the subscriber listens. */
  *#catchUp(subscriber: Subscriber): Generator<Delivery> {
    for (;;) {
      const rows = this.#journal.after(subscriber.sequence, ROWS_COUNT);
      for (const row of rows) {
        // Rows that were deleted since leave a gap.
        const missedCount = row.sequence - subscriber.sequence - 1;
        subscriber.sequence = row.sequence;
        yield { id: this.#toId(row.sequence), event: toEvent(row), missedCount };
      }
      if (subscriber.sequence >= this.#journal.lastSequence || rows.length === 0) break;
    }
    subscriber.missedCount = this.#journal.lastSequence - subscriber.sequence;
    subscriber.sequence = this.#journal.lastSequence;
    subscriber.pending = [];
  }

  #toId(sequence: number): string {
    return `${this.#journal.beganAtMs}-${sequence}`;
  }

  /** Of another journal, or of nowhere: from now on. */
  #sequenceOf(afterId: string | undefined): number {
    const { beganAtMs, lastSequence } = this.#journal;
    const prefix = `${beganAtMs}-`;
    if (afterId === undefined || !afterId.startsWith(prefix)) return lastSequence;
    const sequence = Number(afterId.slice(prefix.length));
    const isKnown = Number.isInteger(sequence) && sequence >= 0 && sequence <= lastSequence;
    return isKnown ? sequence : lastSequence;
  }
}

function* take(subscriber: Subscriber): Generator<Delivery> {
  const messages = subscriber.pending ?? [];
  subscriber.pending = [];
  for (const message of messages) {
    const { missedCount } = subscriber;
    subscriber.missedCount = 0;
    subscriber.sequence = Number(message.id.split('-')[1]);
    yield { ...message, missedCount };
  }
}
