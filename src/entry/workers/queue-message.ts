/** What goes through the queue: openings and closings of one round of one object, with the round's trace. */

import type { Opportunity } from '../../domain/opportunity.ts';

export interface QueueMessageBody {
  readonly version: 1;
  /** Name of the object that waits for the word that they are stored. */
  readonly shard: string;
  readonly sequences: readonly number[];
  readonly opportunities: readonly Opportunity[];
  /** Trace context of the producer. */
  readonly trace: Readonly<Record<string, string>>;
}

/** Null when `body` is something else. */
export function toQueueMessage(body: unknown): QueueMessageBody | null {
  if (typeof body !== 'object' || body === null || !('version' in body)) return null;
  return body.version === 1 ? (body as QueueMessageBody) : null;
}
