/** Gzip is recognised by its first two bytes, whatever the file is called. */

import { SpreadscopeError, toErrorMessage } from '../../domain/errors.ts';

/** ID1 and ID2 of a gzip member (RFC 1952, section 2.3.1). */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The same bytes, unpacked when they are gzip (one member).
 *
 * @throws {SpreadscopeError} `recording_invalid` while iterating, when the gzip stream is damaged or cut off.
 */
export async function* gunzipIfNeeded(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const source = bytes[Symbol.asyncIterator]();
  const head = await readHead(source);
  const all = chain(head, source);
  if (head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1]) yield* gunzip(all);
  else yield* all;
}

/** At least two bytes, unless the source has fewer. */
async function readHead(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < GZIP_MAGIC.length) {
    const { done, value } = await source.next();
    if (done === true) break;
    const joined = new Uint8Array(head.length + value.length);
    joined.set(head);
    joined.set(value, head.length);
    head = joined;
  }
  return head;
}

async function* chain(
  head: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (head.length > 0) yield head;
    for (;;) {
      const { done, value } = await source.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await source.return?.();
  }
}

async function* gunzip(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const packed = toStream(bytes);
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(rethrowDamaged);
      if (done) return;
      yield value;
    }
  } finally {
    // Frees the source when the consumer stops early; a stream that already failed has nothing to free.
    await reader.cancel().catch(() => undefined);
  }
}

function rethrowDamaged(cause: unknown): never {
  if (cause instanceof SpreadscopeError) throw cause;
  const message = `gzip: damaged or cut off (${toErrorMessage(cause)})`;
  throw new SpreadscopeError('recording_invalid', message, { cause });
}

function toStream(bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await bytes.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    cancel: async () => {
      await bytes.return(undefined);
    },
  });
}
