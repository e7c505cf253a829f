/** Reads a response's body up to a cap, counted after decompression. */

/** The members of a `ReadableStream` of bytes that are used. */
export interface AnswerBody {
  getReader(): AnswerReader;
  cancel(): Promise<void>;
}

export interface AnswerReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** What is read here of a response. */
interface WithBody {
  readonly body: AnswerBody | null;
}

/** @returns null when the body is over `maxBytes`; what is left of it is cancelled. */
export async function readCapped(
  response: WithBody,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let totalBytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return concatenate(chunks, totalBytes);
    totalBytes += value.length;
    if (totalBytes > maxBytes) {
      discard(reader.cancel());
      return null;
    }
    chunks.push(value);
  }
}

/** Lets go of a body that nobody will read. */
export function discardBody(response: WithBody): void {
  if (response.body !== null) discard(response.body.cancel());
}

/** A connection that breaks while its body is being discarded changes nothing. */
function discard(cancelled: Promise<void>): void {
  cancelled.catch(() => undefined);
}

function concatenate(chunks: readonly Uint8Array[], totalBytes: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(totalBytes);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
