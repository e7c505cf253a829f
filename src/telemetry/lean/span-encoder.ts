/** Writes a span's fields into the module's record and has it encoded. What does not fit is left to the caller. */

import type { AttributeValue } from '@opentelemetry/api';
import { writeEvent, writeLink } from '../export/encode-protobuf.ts';
import { writeAnyValue } from '../export/protobuf-values.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import { toSpanFlags } from '../export/span-flags.ts';
import type { LeanSpan } from './lean-span.ts';
import { NameTable } from './name-table.ts';
import type { OtlpMemory } from './otlp-module.ts';
import { SPAN_ID_WORDS, TRACE_ID_WORDS } from './span-identity.ts';
import { TextArea } from './text-area.ts';

/** Word offsets in the record; `wasm/otlp/layout.ts` draws it. */
const WORD = {
  traceId: 0,
  spanId: 4,
  parentId: 6,
  flags: 8,
  hasParent: 9,
  kind: 10,
  statusCode: 11,
  name: 12,
  nameLength: 13,
  statusMessage: 14,
  statusMessageLength: 15,
  traceState: 16,
  traceStateLength: 17,
  attributeCount: 26,
  droppedAttributes: 27,
  droppedEvents: 28,
  droppedLinks: 29,
  parts: 30,
  partsLength: 31,
} as const;
/** Offsets of the times in the record, in units of eight bytes. */
const NUMBER = { startSeconds: 9, startNanos: 10, endSeconds: 11, endNanos: 12 } as const;

const NANOS_PER_MS = 1e6;

export class SpanEncoder {
  readonly #memory: OtlpMemory;
  readonly #names: NameTable;
  readonly #text: TextArea;
  readonly #parts = new ProtobufWriter(1_024);
  readonly #record: number;
  readonly #slots: number;
  readonly #capacity: number;
  /** For each key's address, the span it was last seen in, and in which slot: finds keys that come again. */
  readonly #seenIn: Uint32Array;
  readonly #seenAt: Uint8Array;
  #spanNumber = 0;

  constructor(memory: OtlpMemory) {
    const { layout } = memory;
    this.#memory = memory;
    this.#names = new NameTable(memory);
    this.#text = new TextArea(memory);
    this.#record = layout.RECORD >> 2;
    this.#slots = layout.ATTRIBUTES >> 2;
    this.#capacity = layout.ATTRIBUTE_CAPACITY;
    this.#seenIn = new Uint32Array(layout.NAMES_BYTES >> 2);
    this.#seenAt = new Uint8Array(layout.NAMES_BYTES >> 2);
  }

  /**
   * Encodes an ended span at `out`, where the memory must have room for the module's SPAN_BYTES.
   *
   * @returns the address after it; 0 when the span is too large for the record, or the table of names is full.
   */
  encode(span: LeanSpan, out: number): number {
    this.#text.clear();
    this.#names.resetWhenFull();
    const fits =
      this.#writeNameAndStatus(span) && this.#writeAttributes(span) && this.#writeParts(span);
    if (!fits) return 0;
    this.#writeIdentity(span);
    this.#writeTimes(span);
    return this.#memory.encodeSpan(out);
  }

  #writeIdentity(span: LeanSpan): void {
    const { words } = this.#memory;
    const record = this.#record;
    const { identity, parentIdentity } = span;
    copyWords(identity.trace.words, identity.trace.start, words, record, TRACE_ID_WORDS);
    copyWords(identity.words, identity.start, words, record + WORD.spanId, SPAN_ID_WORDS);
    words[record + WORD.flags] = toSpanFlags(identity.traceFlags, parentIdentity?.isRemote);
    words[record + WORD.kind] = span.kind + 1; // OTLP has a 0 for "unspecified".
    words[record + WORD.hasParent] = parentIdentity === null ? 0 : 1;
    if (parentIdentity === null) return;
    const parentId = record + WORD.parentId;
    copyWords(parentIdentity.words, parentIdentity.start, words, parentId, SPAN_ID_WORDS);
  }

  #writeTimes(span: LeanSpan): void {
    const { numbers } = this.#memory;
    const record = this.#record >> 1;
    const { anchor, givenStart, givenEnd } = span;
    numbers[record + NUMBER.startSeconds] = givenStart === null ? anchor.seconds : givenStart[0];
    numbers[record + NUMBER.startNanos] =
      givenStart === null ? anchor.nanos + span.startMs * NANOS_PER_MS : givenStart[1];
    numbers[record + NUMBER.endSeconds] = givenEnd === null ? anchor.seconds : givenEnd[0];
    numbers[record + NUMBER.endNanos] =
      givenEnd === null ? anchor.nanos + span.endMs * NANOS_PER_MS : givenEnd[1];
  }

  #writeNameAndStatus(span: LeanSpan): boolean {
    const { words } = this.#memory;
    const record = this.#record;
    const address = this.#names.nameAddress(span.name);
    if (address === 0) return false;
    words[record + WORD.name] = address;
    words[record + WORD.nameLength] = words[(address >> 2) - 1] ?? 0;
    words[record + WORD.statusCode] = span.status.code;
    const state = span.identity.traceState;
    return (
      this.#writeOptionalText(WORD.statusMessage, span.status.message) &&
      this.#writeOptionalText(WORD.traceState, state === undefined ? undefined : state.serialize())
    );
  }

  /** An address and a length; both 0 for no text. */
  #writeOptionalText(field: number, text: string | undefined): boolean {
    const { words } = this.#memory;
    const place = this.#record + field;
    words[place] = this.#text.next;
    const length = text ? this.#text.writeText(text) : 0;
    words[place + 1] = length;
    return length >= 0;
  }

  #writeAttributes(span: LeanSpan): boolean {
    this.#spanNumber = (this.#spanNumber + 1) >>> 0;
    if (this.#spanNumber === 0) this.#seenIn.fill(0);
    const count = span.readAttributes === null ? this.#writeList(span) : this.#writeRead(span);
    if (count < 0) return false;
    const { words } = this.#memory;
    words[this.#record + WORD.attributeCount] = count;
    words[this.#record + WORD.droppedAttributes] = span.droppedAttributesCount;
    return true;
  }

  /** @returns the number of slots in use; −1 when something did not fit. */
  #writeList(span: LeanSpan): number {
    const list = span.flatAttributes;
    let count = 0;
    for (let index = 0; index < list.length; index += 2) {
      count = this.#writeAttribute(list[index] as string, list[index + 1] as AttributeValue, count);
      if (count < 0) return -1;
    }
    return count;
  }

  /** Somebody has read the attributes, and may have changed what they got. */
  #writeRead(span: LeanSpan): number {
    let count = 0;
    const attributes = span.readAttributes ?? {};
    for (const key of Object.keys(attributes)) {
      const value = attributes[key];
      if (value === undefined || value === null) continue;
      count = this.#writeAttribute(key, value, count);
      if (count < 0) return -1;
    }
    return count;
  }

  #writeAttribute(key: string, value: AttributeValue, count: number): number {
    const address = this.#names.keyAddress(key);
    if (address === 0) return -1;
    const place = (address - this.#memory.layout.NAMES) >> 2;
    if (this.#seenIn[place] === this.#spanNumber) {
      return this.#writeSlot(this.#seenAt[place] ?? 0, address, value) ? count : -1;
    }
    if (count === this.#capacity) return -1;
    this.#seenIn[place] = this.#spanNumber;
    this.#seenAt[place] = count;
    return this.#writeSlot(count, address, value) ? count + 1 : -1;
  }

  #writeSlot(index: number, keyAddress: number, value: AttributeValue): boolean {
    const { words, numbers, layout } = this.#memory;
    const slot = this.#slots + index * 4;
    words[slot] = keyAddress;
    if (typeof value === 'string') {
      words[slot + 2] = this.#text.next;
      const length = this.#text.writeText(value);
      words[slot + 1] = layout.KIND_STRING | (length << 3);
      return length >= 0;
    }
    if (typeof value === 'number') {
      words[slot + 1] = layout.KIND_NUMBER;
      numbers[(slot >> 1) + 1] = value;
      return true;
    }
    if (typeof value === 'boolean') {
      words[slot + 1] = layout.KIND_BOOL;
      words[slot + 2] = value ? 1 : 0;
      return true;
    }
    return this.#writeRaw(slot, value);
  }

  /** Lists are encoded here: they are rare. */
  #writeRaw(slot: number, value: AttributeValue): boolean {
    const { words, layout } = this.#memory;
    this.#parts.reset();
    writeAnyValue(this.#parts, value);
    const bytes = this.#parts.peek();
    words[slot + 1] = layout.KIND_RAW | (bytes.length << 3);
    const address = this.#text.writeBytes(bytes);
    words[slot + 2] = address;
    return address >= 0;
  }

  /** Events and links, as finished fields of the span. */
  #writeParts(span: LeanSpan): boolean {
    const { words } = this.#memory;
    const record = this.#record;
    words[record + WORD.droppedEvents] = span.droppedEventsCount;
    words[record + WORD.droppedLinks] = span.droppedLinksCount;
    words[record + WORD.partsLength] = 0;
    if (span.events.length === 0 && span.links.length === 0) return true;
    this.#parts.reset();
    for (const event of span.events) writeEvent(this.#parts, event);
    for (const link of span.links) writeLink(this.#parts, link);
    const bytes = this.#parts.peek();
    const address = this.#text.writeBytes(bytes);
    words[record + WORD.parts] = address;
    words[record + WORD.partsLength] = bytes.length;
    return address >= 0;
  }
}

function copyWords(
  from: Uint32Array,
  fromStart: number,
  to: Uint32Array,
  toStart: number,
  count: number,
): void {
  for (let index = 0; index < count; index += 1) to[toStart + index] = from[fromStart + index] ?? 0;
}
