/** Writes one attribute's value into its slot of the module's memory. */

import type { AttributeValue } from '@opentelemetry/api';
import { writeAnyValue } from '../export/protobuf-values.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import type { OtlpMemory } from './otlp-module.ts';
import type { TextArea } from './text-area.ts';

export class SlotWriter {
  readonly #memory: OtlpMemory;
  readonly #text: TextArea;
  readonly #parts = new ProtobufWriter(256);
  /** Of the last value: whether `===` tells it from any other, and it lies whole in its slot. */
  isKept = false;

  constructor(memory: OtlpMemory, text: TextArea) {
    this.#memory = memory;
    this.#text = text;
  }

  /** Sets `isKept`. @returns false when there is no room. */
  write(slot: number, value: AttributeValue): boolean {
    const { words, numbers, layout } = this.#memory;
    const place = slot >> 2;
    this.isKept = true;
    if (typeof value === 'string') return this.#writeString(slot, value);
    if (typeof value === 'number') {
      words[place + 1] = layout.KIND_NUMBER;
      numbers[(place >> 1) + 1] = value;
      this.isKept = value !== 0; // 0 and −0 are equal, and are not the same.
      return true;
    }
    if (typeof value === 'boolean') {
      words[place + 1] = layout.KIND_BOOL;
      words[place + 2] = value ? 1 : 0;
      return true;
    }
    this.isKept = false;
    return this.#writeRaw(place, value);
  }

  #writeString(slot: number, value: string): boolean {
    const { words, layout } = this.#memory;
    const place = slot >> 2;
    const kept =
      value.length > layout.SLOT_TEXT_BYTES ? -1 : this.#writeAscii(slot + layout.SLOT_TEXT, value);
    this.isKept = kept >= 0;
    words[place + 2] = kept >= 0 ? slot + layout.SLOT_TEXT : this.#text.next;
    const length = kept >= 0 ? kept : this.#text.writeText(value);
    words[place + 1] = layout.KIND_STRING | (length << 3);
    return length >= 0;
  }

  /** @returns the length; −1 when there are other characters than ASCII. */
  #writeAscii(address: number, text: string): number {
    const { bytes } = this.#memory;
    const { length } = text;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return -1;
      bytes[address + index] = code;
    }
    return length;
  }

  /** Lists are encoded here: they are rare. */
  #writeRaw(place: number, value: AttributeValue): boolean {
    const { words, layout } = this.#memory;
    this.#parts.reset();
    writeAnyValue(this.#parts, value);
    const bytes = this.#parts.peek();
    words[place + 1] = layout.KIND_RAW | (bytes.length << 3);
    const address = this.#text.writeBytes(bytes);
    words[place + 2] = address;
    return address >= 0;
  }
}
