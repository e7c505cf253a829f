/** Reads `text/event-stream` (WHATWG HTML, "Interpreting an event stream"), event by event. */

import { SpreadscopeError } from '../../domain/errors.ts';

export interface ServerSentEvent {
  readonly event: string;
  /** Null when the event has none. */
  readonly id: string | null;
  readonly data: string;
  /** Fields of other names, such as `traceparent`; one that came twice has its last value. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Largest event, characters: a message of the most updates, each a book of 100 levels a side, takes about 5 million. */
export const MAX_EVENT_LENGTH = 32 * 1024 * 1024;

/**
 * Events until the stream ends, or `signal` aborts: whatever the platform makes of aborting a `fetch` whose body is being
 * read, a cancelled body ends. Leaving early cancels the stream too.
 *
 * @throws {SpreadscopeError} `feed_failed` when an event is too large; what the stream throws.
 */
export async function* readServerSentEvents(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const parts = rest.split('\n\n');
      rest = parts.pop() ?? '';
      for (const text of parts) {
        const event = parseEvent(text);
        if (event !== null) yield event;
      }
      if (rest.length > MAX_EVENT_LENGTH) throw tooLarge();
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

/** Null for an event without data: comments and `retry`. */
function parseEvent(text: string): ServerSentEvent | null {
  let event = 'message';
  let id: string | null = null;
  const data: string[] = [];
  const fields: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    const field = line.slice(0, colon);
    if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
    else fields[field] = value;
  }
  return data.length === 0 ? null : { event, id, data: data.join('\n'), fields };
}

function tooLarge(): SpreadscopeError {
  return new SpreadscopeError('feed_failed', `an event has more than ${MAX_EVENT_LENGTH} bytes`);
}
