/** Server-sent events from the hub: ids, resume, heartbeat, and a word when messages were lost. */

import type { Clock } from '../domain/clock.ts';
import type { Opportunity } from '../domain/opportunity.ts';
import type { HubMessage } from '../pipeline/ports.ts';

/** Below the 10 seconds after which Bun's server closes a silent connection by default; proxies wait 30 to 60. */
export const HEARTBEAT_MS = 8_000;
/** What a browser waits before it connects again, milliseconds. */
const RETRY_MS = 2_000;

export type StreamMessage = HubMessage & { readonly missedCount: number };

interface EventStreamOptions {
  readonly messages: AsyncIterable<StreamMessage>;
  /** The event that the client saw last; ids of another run of this program tell of a gap. */
  readonly afterId?: string | undefined;
  /** Where the stream begins: a client that breaks off before the first event comes back to here. */
  readonly startId: string;
  /** Messages about other opportunities are left out. */
  readonly accepts: (opportunity: Opportunity) => boolean;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Ends the subscription; aborted when the client goes away. */
  readonly abort: AbortController;
}

/**
 * Bytes of `text/event-stream`. A message is taken only when the client has room, so that a slow one falls behind in
 * the hub, which counts what it loses, and not in memory here.
 */
export function createEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { accepts, clock, abort } = options;
  const encoder = new TextEncoder();
  const iterator = options.messages[Symbol.asyncIterator]();
  let message: Promise<IteratorResult<StreamMessage>> | null = null;
  let heartbeat: Promise<'heartbeat'> | null = null;
  let lastId = options.afterId;

  const nextText = async (): Promise<string | null> => {
    message ??= iterator.next();
    heartbeat ??= startHeartbeat(clock, abort.signal);
    const outcome = await Promise.race([message, heartbeat]);
    if (outcome === 'heartbeat') {
      heartbeat = null;
      return ': heartbeat\n\n';
    }
    message = null;
    if (outcome.done === true) return null;
    const gap = isOfAnotherRun(lastId, outcome.value.id) ? toMissedText(null) : '';
    lastId = outcome.value.id;
    return gap + toEventText(outcome.value, accepts);
  };

  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      // The place in the stream is taken now, not when the client first has room.
      message = iterator.next();
      const place = lastId === undefined ? `id: ${options.startId}\n` : '';
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n${place}\n`));
    },
    pull: async (controller) => {
      let text: string | null;
      do text = await nextText();
      while (text === '');
      if (text !== null) return controller.enqueue(encoder.encode(text));
      abort.abort();
      controller.close();
    },
    cancel: () => abort.abort(),
  });
}

/** Never settles after an abort: the end of the messages ends the stream. */
function startHeartbeat(clock: Pick<Clock, 'sleep'>, signal: AbortSignal): Promise<'heartbeat'> {
  return clock.sleep(HEARTBEAT_MS, signal).then(
    () => 'heartbeat',
    () => new Promise<never>(() => {}),
  );
}

/** Empty when the client wants none of it. */
function toEventText(
  { id, event, missedCount }: StreamMessage,
  accepts: (opportunity: Opportunity) => boolean,
): string {
  const missed = missedCount > 0 ? toMissedText(missedCount) : '';
  if (!accepts(event.opportunity)) return missed;
  return `${missed}id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event.opportunity)}\n\n`;
}

/** @param missedCount - null when nobody knows how many. */
function toMissedText(missedCount: number | null): string {
  return `event: missed\ndata: ${JSON.stringify({ missedCount })}\n\n`;
}

/** The part before the dash is the start of the run that numbered the message. */
function isOfAnotherRun(lastId: string | undefined, id: string): boolean {
  return lastId !== undefined && lastId.split('-')[0] !== id.split('-')[0];
}
