/** Writes a span's fields into the module's record and has it encoded. What does not fit is left to the caller. */

import type { Attributes, AttributeValue, Link, TraceState } from '@opentelemetry/api';
import { writeEvent, writeLink } from '../export/encode-protobuf.ts';
import { writeAnyValue } from '../export/protobuf-values.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import { toSpanFlags } from '../export/span-flags.ts';
import { dropRepeatedKeys, type FlatAttributes } from './attributes.ts';
import type { LeanSpan } from './lean-span.ts';
import { NameTable } from './name-table.ts';
import type { OtlpMemory } from './otlp-module.ts';
import { RareParts, type TimedEvent } from './rare-parts.ts';
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

/** What spans of one name have in common: they mostly carry the same keys in the same order. */
interface Shape {
  readonly nameAddress: number;
  readonly nameLength: number;
  /** Different from each other. */
  keys: readonly string[];
  /** Of the keys' chunks. */
  addresses: readonly number[];
}

export class SpanEncoder {
  readonly #memory: OtlpMemory;
  readonly #names: NameTable;
  readonly #text: TextArea;
  readonly #shapes = new Map<string, Shape>();
  readonly #parts = new ProtobufWriter(1_024);
  readonly #record: number;
  readonly #slots: number;
  readonly #capacity: number;
  #isRecordPlain = false;

  constructor(memory: OtlpMemory) {
    const { layout } = memory;
    this.#memory = memory;
    this.#names = new NameTable(memory);
    this.#text = new TextArea(memory);
    this.#record = layout.RECORD >> 2;
    this.#slots = layout.ATTRIBUTES >> 2;
    this.#capacity = layout.ATTRIBUTE_CAPACITY;
  }

  /**
   * Encodes an ended span at `out`, where the memory must have room for the module's SPAN_BYTES.
   *
   * @returns the address after it; 0 when the span is too large for the record, or the table of names is full.
   */
  encode(span: LeanSpan, out: number): number {
    this.#text.clear();
    if (this.#names.resetWhenFull()) this.#shapes.clear();
    const shape = this.#shapes.get(span.name) ?? this.#addShape(span.name);
    if (shape === null) return 0;
    const count = this.#writeAttributes(span, shape);
    if (count < 0 || !this.#writeRareParts(span.rare, span.identity.traceState)) return 0;
    this.#writeIdentity(span);
    this.#writeTimes(span);
    const { words } = this.#memory;
    const record = this.#record;
    words[record + WORD.name] = shape.nameAddress;
    words[record + WORD.nameLength] = shape.nameLength;
    words[record + WORD.attributeCount] = count;
    return this.#memory.encodeSpan(out);
  }

  #addShape(name: string): Shape | null {
    const nameAddress = this.#names.addName(name);
    if (nameAddress === 0) return null;
    const nameLength = this.#memory.words[(nameAddress >> 2) - 1] ?? 0;
    const shape = { nameAddress, nameLength, keys: [], addresses: [] };
    this.#shapes.set(name, shape);
    return shape;
  }

  #writeIdentity(span: LeanSpan): void {
    const { words } = this.#memory;
    const record = this.#record;
    const { identity, parentIdentity } = span;
    copyWords(identity.traceWords, identity.traceStart, words, record, TRACE_ID_WORDS);
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
    const { anchor, rare } = span;
    const givenStart = rare === null ? null : rare.givenStart;
    const givenEnd = rare === null ? null : rare.givenEnd;
    numbers[record + NUMBER.startSeconds] = givenStart === null ? anchor.seconds : givenStart[0];
    numbers[record + NUMBER.startNanos] =
      givenStart === null ? anchor.nanos + span.startMs * NANOS_PER_MS : givenStart[1];
    numbers[record + NUMBER.endSeconds] = givenEnd === null ? anchor.seconds : givenEnd[0];
    numbers[record + NUMBER.endNanos] =
      givenEnd === null ? anchor.nanos + span.endMs * NANOS_PER_MS : givenEnd[1];
  }

  /** Once the record says that there is nothing rare, it need not be told again. */
  #writeRareParts(rare: RareParts | null, traceState: TraceState | undefined): boolean {
    if (rare === null && traceState === undefined && this.#isRecordPlain) return true;
    this.#isRecordPlain = rare === null && traceState === undefined;
    const { words } = this.#memory;
    const record = this.#record;
    const { status, events, links } = rare ?? NOTHING_RARE;
    words[record + WORD.statusCode] = status.code;
    words[record + WORD.droppedAttributes] = rare === null ? 0 : rare.droppedAttributesCount;
    words[record + WORD.droppedEvents] = rare === null ? 0 : rare.droppedEventsCount;
    words[record + WORD.droppedLinks] = rare === null ? 0 : rare.droppedLinksCount;
    return (
      this.#writeOptionalText(WORD.statusMessage, status.message) &&
      this.#writeOptionalText(WORD.traceState, traceState?.serialize()) &&
      this.#writeParts(events, links)
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

  /** @returns the number of slots in use; −1 when something did not fit. */
  #writeAttributes(span: LeanSpan, shape: Shape): number {
    const read = span.rare === null ? null : span.rare.readAttributes;
    const list = read === null ? span.flatAttributes : toFlat(read);
    const { keys, addresses } = shape;
    const end = list.length;
    let count = 0;
    for (let index = 0; index < end; index += 2) {
      if (list[index] !== keys[count]) return this.#writeUnexpected(list, shape);
      const address = addresses[count] ?? 0;
      if (!this.#writeSlot(count, address, list[index + 1] as AttributeValue)) return -1;
      count += 1;
    }
    return count;
  }

  /** Other keys than in the last span of that name, or a key twice. */
  #writeUnexpected(given: FlatAttributes, shape: Shape): number {
    this.#text.clear();
    const list = given.slice();
    dropRepeatedKeys(list);
    const count = list.length >> 1;
    if (count > this.#capacity) return -1;
    const keys: string[] = [];
    const addresses: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const key = list[index * 2] as string;
      const address = this.#names.keyAddress(key);
      if (address === 0) return -1;
      keys.push(key);
      addresses.push(address);
      if (!this.#writeSlot(index, address, list[index * 2 + 1] as AttributeValue)) return -1;
    }
    shape.keys = keys;
    shape.addresses = addresses;
    return count;
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
  #writeParts(events: readonly TimedEvent[], links: readonly Link[]): boolean {
    this.#parts.reset();
    for (const event of events) writeEvent(this.#parts, event);
    for (const link of links) writeLink(this.#parts, link);
    const bytes = this.#parts.peek();
    const address = this.#text.writeBytes(bytes);
    const { words } = this.#memory;
    words[this.#record + WORD.parts] = address;
    words[this.#record + WORD.partsLength] = bytes.length;
    return address >= 0;
  }
}

const NOTHING_RARE = new RareParts();

function copyWords(
  from: Uint32Array,
  fromStart: number,
  to: Uint32Array,
  toStart: number,
  count: number,
): void {
  for (let index = 0; index < count; index += 1) to[toStart + index] = from[fromStart + index] ?? 0;
}

/** Somebody has read the attributes, and may have changed what they got. */
function toFlat(attributes: Attributes): FlatAttributes {
  const list: FlatAttributes = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined && value !== null) list.push(key, value);
  }
  return list;
}
