/** Strings and finished parts of the span that is being encoded, in the module's TEXT area. */

import type { OtlpMemory } from './otlp-module.ts';

const textEncoder = new TextEncoder();
/** Longest UTF-8 form of one UTF-16 code unit, bytes. */
const MAX_BYTES_PER_CODE_UNIT = 3;
/** Up to this length a loop over the characters is faster than the runtime's encoder (`bench/telemetry-span.bench.ts`). */
const LOOP_MAX_CHARS = 48;

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
    return text.length <= LOOP_MAX_CHARS ? this.#writeShort(text) : this.#writeLong(text);
  }

  /** Appends finished bytes. @returns their address; −1 when there is no room. */
  writeBytes(bytes: Uint8Array): number {
    const address = this.next;
    if (address + bytes.length > this.#end) return -1;
    this.#memory.bytes.set(bytes, address);
    this.next = address + bytes.length;
    return address;
  }

  #writeShort(text: string): number {
    const { bytes } = this.#memory;
    const start = this.next;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return this.#writeLong(text);
      bytes[start + index] = code;
    }
    this.next = start + text.length;
    return text.length;
  }

  #writeLong(text: string): number {
    const target = this.#memory.bytes.subarray(this.next, this.#end);
    const { written } = textEncoder.encodeInto(text, target);
    this.next += written;
    return written;
  }
}
