/** Writes a span's fields into the module's record and has it encoded. What does not fit is left to the caller. */

import type { Attributes, AttributeValue, Link, TraceState } from '@opentelemetry/api';
import { writeEvent, writeLink } from '../export/encode-protobuf.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';
import { toSpanFlags } from '../export/span-flags.ts';
import { dropRepeatedKeys, type FlatAttributes } from './attributes.ts';
import type { LeanSpan } from './lean-span.ts';
import type { OtlpMemory } from './otlp-module.ts';
import { RareParts, type TimedEvent } from './rare-parts.ts';
import { SlotWriter } from './slot-writer.ts';
import { hasKeys, type NameEntry, SpanForms } from './span-forms.ts';
import { SPAN_ID_WORDS, TRACE_ID_WORDS } from './span-identity.ts';
import type { SpanRedactor } from './span-redactor.ts';
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
  slots: 32,
} as const;
/** Offsets of the times in the record, in units of eight bytes. */
const NUMBER = { startSeconds: 9, startNanos: 10, endSeconds: 11, endNanos: 12 } as const;

const NANOS_PER_MS = 1e6;

export class SpanEncoder {
  readonly #memory: OtlpMemory;
  readonly #forms: SpanForms;
  readonly #text: TextArea;
  readonly #slots: SlotWriter;
  readonly #parts = new ProtobufWriter(1_024);
  readonly #record: number;
  #isRecordPlain = false;
  #redactor: SpanRedactor | null = null;

  constructor(memory: OtlpMemory) {
    const { layout } = memory;
    this.#memory = memory;
    this.#forms = new SpanForms(memory);
    this.#text = new TextArea(memory);
    this.#slots = new SlotWriter(memory, this.#text);
    this.#record = layout.RECORD >> 2;
  }

  /** True when the next span makes the keys of all entries void that were encoded so far. */
  get isFull(): boolean {
    return this.#forms.isFull;
  }

  /**
   * Makes an entry of an ended span at `out`, where the memory must have room for the module's SPAN_BYTES.
   *
   * @returns the address after it; 0 when the span is too large for the record, or the table of names is full.
   */
  encode(span: LeanSpan, out: number): number {
    this.#text.clear();
    this.#forms.startSpan();
    const entry = this.#forms.entryOf(span.name);
    if (entry === null || !this.#writeAttributes(span, entry)) return 0;
    if (!this.#writeRareParts(span.rare, span.identity.traceState)) return 0;
    this.#writeIdentity(span);
    this.#writeTimes(span);
    const { words } = this.#memory;
    words[this.#record + WORD.name] = entry.address;
    words[this.#record + WORD.nameLength] = entry.length;
    return this.#memory.encodeSpan(out);
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

  #writeAttributes(span: LeanSpan, entry: NameEntry): boolean {
    const { redactor } = span.shared;
    const read = span.rare === null ? null : span.rare.readAttributes;
    const list = read === null ? span.flatAttributes : toFlat(read);
    // What a reader got is clean already, and must not be mixed with what the forms keep.
    if (read !== null && redactor !== null) return this.#writeUnkept(list, null);
    this.#setRedactor(redactor);
    const last = entry.lastForm;
    const form = hasKeys(list, last.keys) ? last : this.#forms.formOf(entry, list);
    if (form === null) return this.#writeUnkept(list, redactor);
    const { keys, values, slots } = form;
    const { ATTRIBUTE_STRIDE } = this.#memory.layout;
    for (let index = 0; index < values.length; index += 1) {
      const value = list[index * 2 + 1] as AttributeValue;
      if (value === values[index]) continue;
      values[index] = undefined;
      const clean = redactor === null ? value : redactor.value(keys[index] ?? '', value);
      if (!this.#slots.write(slots + index * ATTRIBUTE_STRIDE, clean)) return false;
      values[index] = this.#slots.isKept ? value : undefined;
    }
    return this.#setSlots(slots, values.length);
  }

  /** Slots that nobody will look at again. */
  #writeUnkept(given: FlatAttributes, redactor: SpanRedactor | null): boolean {
    const { words, layout } = this.#memory;
    const list = given.slice();
    dropRepeatedKeys(list);
    if (list.length > layout.ATTRIBUTE_CAPACITY * 2) return false;
    for (let index = 0; index < list.length; index += 2) {
      const slot = layout.ATTRIBUTES + (index >> 1) * layout.ATTRIBUTE_STRIDE;
      const address = this.#forms.keyAddress(list[index] as string);
      words[slot >> 2] = address;
      const value = list[index + 1] as AttributeValue;
      const clean = redactor === null ? value : redactor.value(list[index] as string, value);
      if (address === 0 || !this.#slots.write(slot, clean)) return false;
    }
    return this.#setSlots(layout.ATTRIBUTES, list.length >> 1);
  }

  /** Kept values were cleaned by one redactor; another one makes them void. */
  #setRedactor(redactor: SpanRedactor | null): void {
    if (redactor === this.#redactor) return;
    this.#redactor = redactor;
    this.#forms.forgetValues();
  }

  #setSlots(address: number, count: number): true {
    const { words } = this.#memory;
    words[this.#record + WORD.slots] = address;
    words[this.#record + WORD.attributeCount] = count;
    return true;
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
