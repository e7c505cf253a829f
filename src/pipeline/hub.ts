/** Fans opportunity events out to any number of streams, remembers the last ones for those who come back. */

import type { OpportunityEvent } from '../domain/opportunity.ts';
import { createGate, type Gate } from './gate.ts';
import type { HubMessage, OpportunityHub } from './ports.ts';

export interface HubOptions {
  /** Makes ids of different runs different: milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Messages remembered for resuming and for slow subscribers; at least 1. */
  readonly rememberedCount?: number;
}

const DEFAULT_REMEMBERED_COUNT = 2_000;

export function createHub(options: HubOptions): OpportunityHub {
  return new RingHub(options.startedAtMs, options.rememberedCount ?? DEFAULT_REMEMBERED_COUNT);
}

/** Messages live in one ring; a subscriber is a position in it, so a slow one costs no memory. */
class RingHub implements OpportunityHub {
  readonly #prefix: string;
  readonly #ring: (HubMessage | undefined)[];
  readonly #gates = new Set<Gate>();
  #nextSequence = 1;
  #isClosed = false;

  constructor(startedAtMs: number, rememberedCount: number) {
    this.#prefix = `${startedAtMs}-`;
    this.#ring = new Array(rememberedCount);
  }

  get subscribersCount(): number {
    return this.#gates.size;
  }

  get lastId(): string {
    return `${this.#prefix}${this.#nextSequence - 1}`;
  }

  publish(events: readonly OpportunityEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      const sequence = this.#nextSequence;
      this.#ring[sequence % this.#ring.length] = { id: this.#prefix + sequence, event };
      this.#nextSequence = sequence + 1;
    }
    for (const gate of this.#gates) gate.open();
  }

  async *subscribe(options: {
    readonly afterId?: string;
    readonly signal: AbortSignal;
  }): AsyncGenerator<HubMessage & { readonly missedCount: number }> {
    const gate = createGate();
    const { signal } = options;
    let sequence = this.#sequenceAfter(options.afterId);
    this.#gates.add(gate);
    signal.addEventListener('abort', gate.open);
    try {
      for (;;) {
        if (signal.aborted) return;
        if (sequence === this.#nextSequence) {
          if (this.#isClosed) return;
          await gate.wait();
          continue;
        }
        const oldest = Math.max(1, this.#nextSequence - this.#ring.length);
        const missedCount = Math.max(0, oldest - sequence);
        sequence = Math.max(sequence, oldest);
        const message = this.#ring[sequence % this.#ring.length];
        if (message === undefined) throw new Error(`BUG: message ${sequence} is not remembered`);
        sequence += 1;
        yield { ...message, missedCount };
      }
    } finally {
      signal.removeEventListener('abort', gate.open);
      this.#gates.delete(gate);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const gate of this.#gates) gate.open();
  }

  /** The first sequence to send: after `afterId` when it is of this run, else from now on. */
  #sequenceAfter(afterId: string | undefined): number {
    if (afterId === undefined || !afterId.startsWith(this.#prefix)) return this.#nextSequence;
    const sequence = Number(afterId.slice(this.#prefix.length));
    const isKnown = Number.isInteger(sequence) && sequence >= 0 && sequence < this.#nextSequence;
    return isKnown ? sequence + 1 : this.#nextSequence;
  }
}
