/** Strings and finished parts of the span that is being encoded, in the module's TEXT area. */

import type { OtlpMemory } from './otlp-module.ts';

const textEncoder = new TextEncoder();
/** Longest UTF-8 form of one UTF-16 code unit, bytes. */
const MAX_BYTES_PER_CODE_UNIT = 3;
export class TextArea {
  readonly #memory: OtlpMemory;
  readonly #start: number;
  readonly #end: number;
  /** Where the next text goes. */
  next: number;

  constructor(memory: OtlpMemory) {
    this.#memory = memory;
    this.#start = memory.layout.TEXT;
    this.#end = memory.layout.TEXT + memory.layout.TEXT_BYTES;
    this.next = this.#start;
  }

  clear(): void {
    this.next = this.#start;
  }

  /** Writes `text` at `next`. @returns its length in bytes; −1 when there may be no room for it. */
  writeText(text: string): number {
    if (this.next + text.length * MAX_BYTES_PER_CODE_UNIT > this.#end) return -1;
    const { written } = textEncoder.encodeInto(
      text,
      this.#memory.bytes.subarray(this.next, this.#end),
    );
    this.next += written;
    return written;
  }

  /** Appends finished bytes. @returns their address; −1 when there is no room. */
  writeBytes(bytes: Uint8Array): number {
    const address = this.next;
    if (address + bytes.length > this.#end) return -1;
    this.#memory.bytes.set(bytes, address);
    this.next = address + bytes.length;
    return address;
  }
}
