/**
 * Attribute keys and span names in the module's memory, in UTF-8. The table is bounded by its area: what finds no room
 * gets no address, and the owner starts anew.
 */

import type { OtlpMemory } from './otlp-module.ts';

/** First and last byte of a key's chunk: the tag of `KeyValue.key`, and that of the value which follows it. */
const TAG_KEY = 0x0a;
const TAG_VALUE = 0x12;
/** Longest UTF-8 form of one UTF-16 code unit, bytes. */
const MAX_BYTES_PER_CODE_UNIT = 3;
/** Tag, length and trailing tag of a chunk; the length word before it; up to 3 bytes to a multiple of 4. */
const CHUNK_OVERHEAD_BYTES = 16;

const textEncoder = new TextEncoder();

export class NameTable {
  readonly #memory: OtlpMemory;
  readonly #keys = new Map<string, number>();
  readonly #endAddress: number;
  #nextAddress: number;
  #isFull = false;

  constructor(memory: OtlpMemory) {
    const { NAMES, NAMES_BYTES } = memory.layout;
    this.#memory = memory;
    this.#endAddress = NAMES + NAMES_BYTES;
    this.#nextAddress = NAMES;
  }

  /** True when something found no room. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Forgets everything; addresses that were given out are void. */
  reset(): void {
    this.#keys.clear();
    this.#nextAddress = this.#memory.layout.NAMES;
    this.#isFull = false;
  }

  /** Address of the chunk `0a length key 12`; 0 when there is no room or the key is too long for a chunk. */
  keyAddress(key: string): number {
    return this.#keys.get(key) ?? this.#addKey(key);
  }

  /** Writes a name. @returns the address of its bytes, whose length stands in the word before; 0 without room. */
  addName(name: string): number {
    const address = this.#makeRoom(name);
    if (address === 0) return 0;
    const target = this.#memory.bytes.subarray(address, this.#endAddress);
    this.#commit(address, textEncoder.encodeInto(name, target).written);
    return address;
  }

  #addKey(key: string): number {
    const address = this.#makeRoom(key);
    if (address === 0) return 0;
    const { bytes, layout } = this.#memory;
    const length = textEncoder.encodeInto(
      key,
      bytes.subarray(address + 2, this.#endAddress),
    ).written;
    if (length > layout.KEY_BYTES) return 0;
    bytes[address] = TAG_KEY;
    bytes[address + 1] = length;
    bytes[address + 2 + length] = TAG_VALUE;
    this.#commit(address, length + 3);
    this.#keys.set(key, address);
    return address;
  }

  /** An address after a free length word, or 0. Very long texts never count as a reason to start anew. */
  #makeRoom(text: string): number {
    const neededBytes = text.length * MAX_BYTES_PER_CODE_UNIT + CHUNK_OVERHEAD_BYTES;
    if (neededBytes > this.#memory.layout.NAMES_BYTES / 8) return 0;
    if (this.#nextAddress + neededBytes <= this.#endAddress) return this.#nextAddress + 4;
    this.#isFull = true;
    return 0;
  }

  #commit(address: number, length: number): void {
    this.#memory.words[(address >> 2) - 1] = length;
    this.#nextAddress = (address + length + 3) & ~3;
  }
}
