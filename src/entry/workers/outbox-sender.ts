/** Brings what waits in the outbox to the queue. It waits on, until the consumer says that the database has it. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Clock } from '../../domain/clock.ts';
import type { JournalRow, OpportunityJournal } from '../../store/journal.ts';
import { attributesGetter } from '../../telemetry/propagate/carriers.ts';
import { withProducerSpan } from '../../telemetry/propagate/messaging.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Bindings } from './bindings.ts';
import type { QueueMessageBody } from './queue-message.ts';

export interface OutboxSenderOptions {
  readonly journal: Pick<OpportunityJournal, 'waiting' | 'lastSequence'>;
  readonly queue: NonNullable<Bindings['OPPORTUNITIES']>;
  /** Name of this object. */
  readonly shard: string;
  /** What still waits after this time is sent again. */
  readonly resendMs: number;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'tracer' | 'propagator' | 'logger'>;
}

export interface OutboxSender {
  /** Sends what waits; what fails stays and is sent by the next call. Never throws. */
  send(): Promise<void>;
}

/** What the spans call the queue; its name in the account is up to whoever deploys. */
export const QUEUE = { system: 'cloudflare_queues', destination: 'opportunities' } as const;

/** A message may have 128 KB (Queues, "Limits"); an opportunity takes 3 to 6 KB. */
const MAX_MESSAGE_LENGTH = 100_000;
const MAX_MESSAGE_ROWS_COUNT = 20;
const ROWS_COUNT = 100;

export function createOutboxSender(options: OutboxSenderOptions): OutboxSender {
  return new Sender(options);
}

class Sender implements OutboxSender {
  readonly #options: OutboxSenderOptions;
  /** Rows up to here are with the queue, as far as this run of the program knows. */
  #sentSequence = 0;
  #pass: { readonly atMs: number; readonly lastSequence: number };
  #sending: Promise<void> | null = null;
  #isAsked = false;

  constructor(options: OutboxSenderOptions) {
    this.#options = options;
    this.#pass = this.#toPass();
  }

  send(): Promise<void> {
    this.#isAsked = true;
    this.#sending ??= this.#sendAsked().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendAsked(): Promise<void> {
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        this.#beginAgain();
        await this.#sendWaiting();
      }
    } catch (error) {
      this.#options.telemetry.logger.warn('the queue does not take opportunities', {}, error);
    }
  }

  /** After each period: when something waits that was sent in the period before, all that waits is sent again. */
  #beginAgain(): void {
    const { journal, clock, resendMs } = this.#options;
    if (clock.nowMs() - this.#pass.atMs < resendMs) return;
    const [oldest] = journal.waiting(0, 1);
    if (oldest !== undefined && oldest.sequence <= this.#pass.lastSequence) this.#sentSequence = 0;
    this.#pass = this.#toPass();
  }

  #toPass() {
    return { atMs: this.#options.clock.nowMs(), lastSequence: this.#options.journal.lastSequence };
  }

  async #sendWaiting(): Promise<void> {
    for (;;) {
      const rows = this.#options.journal.waiting(this.#sentSequence, ROWS_COUNT);
      if (rows.length === 0) return;
      for (const group of toGroups(rows)) {
        await this.#sendGroup(group);
        this.#sentSequence = group.at(-1)?.sequence ?? this.#sentSequence;
      }
    }
  }

  #sendGroup(rows: readonly JournalRow[]): Promise<unknown> {
    const { telemetry, queue, shard } = this.#options;
    const { tracer, propagator } = telemetry;
    const parent = propagator.extract(ROOT_CONTEXT, rows[0]?.trace ?? {}, attributesGetter);
    return withProducerSpan({ tracer, propagator, ...QUEUE, parent }, (trace) => {
      const body: QueueMessageBody = {
        version: 1,
        shard,
        sequences: rows.map(({ sequence }) => sequence),
        opportunities: rows.map(({ opportunity }) => opportunity),
        trace,
      };
      return queue.send(body, { contentType: 'json' });
    });
  }
}

/** Rows of one round go together: they have one trace. */
function toGroups(rows: readonly JournalRow[]): readonly (readonly JournalRow[])[] {
  const groups: JournalRow[][] = [];
  let key = '';
  let length = 0;
  for (const row of rows) {
    const rowKey = JSON.stringify(row.trace);
    const rowLength = JSON.stringify(row.opportunity).length;
    const last = groups.at(-1);
    const fits = length + rowLength <= MAX_MESSAGE_LENGTH;
    if (last !== undefined && rowKey === key && fits && last.length < MAX_MESSAGE_ROWS_COUNT) {
      last.push(row);
      length += rowLength;
      continue;
    }
    groups.push([row]);
    key = rowKey;
    length = rowLength;
  }
  return groups;
}
