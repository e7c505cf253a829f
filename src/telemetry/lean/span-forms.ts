/**
 * What spans of one name have in common: mostly the same keys in the same order, and often the same values. A form keeps
 * their slots in the module's memory, so that the next span of that form writes only what differs. Forms are bounded by
 * their areas: when one is full, all start anew with the next span.
 */

import type { FlatAttributes } from './attributes.ts';
import { NameTable } from './name-table.ts';
import type { OtlpMemory } from './otlp-module.ts';

export interface SpanForm {
  /** Different from each other. */
  readonly keys: readonly string[];
  /** What lies in the slots; `undefined` where that is not known. */
  readonly values: unknown[];
  /** Address of the first slot. */
  readonly slots: number;
}

export interface NameEntry {
  /** Of the name's bytes. */
  readonly address: number;
  readonly length: number;
  readonly forms: SpanForm[];
  /** The one of the last span of that name. */
  lastForm: SpanForm;
}

/** Sets of keys that are kept for one name. */
const MAX_FORMS_PER_NAME = 8;
const NO_KEYS: SpanForm = { keys: [], values: [], slots: 0 };

export class SpanForms {
  readonly #memory: OtlpMemory;
  readonly #table: NameTable;
  readonly #entries = new Map<string, NameEntry>();
  readonly #endAddress: number;
  #nextAddress: number;
  #isFull = false;

  constructor(memory: OtlpMemory) {
    this.#memory = memory;
    this.#table = new NameTable(memory);
    this.#nextAddress = memory.layout.FORMS;
    this.#endAddress = memory.layout.FORMS + memory.layout.FORMS_BYTES;
  }

  /** True when the next span makes everything void that was given out. */
  get isFull(): boolean {
    return this.#isFull || this.#table.isFull;
  }

  /** To be called before each span: what was given out before is void when an area was full. */
  startSpan(): void {
    if (!this.isFull) return;
    this.#table.reset();
    this.#entries.clear();
    this.#nextAddress = this.#memory.layout.FORMS;
    this.#isFull = false;
  }

  /** Null when the name has no room. */
  entryOf(name: string): NameEntry | null {
    return this.#entries.get(name) ?? this.#addEntry(name);
  }

  /** The form with these keys; null when it is not kept, because keys come twice or there is no room. */
  formOf(entry: NameEntry, list: FlatAttributes): SpanForm | null {
    const form = entry.forms.find(({ keys }) => hasKeys(list, keys)) ?? this.#addForm(entry, list);
    if (form !== null) entry.lastForm = form;
    return form;
  }

  /** Slots will be written anew. */
  forgetValues(): void {
    for (const { forms } of this.#entries.values()) {
      for (const { values } of forms) values.fill(undefined);
    }
  }

  /** Address of a key's chunk; 0 when there is no room or the key is too long. */
  keyAddress(key: string): number {
    return this.#table.keyAddress(key);
  }

  #addEntry(name: string): NameEntry | null {
    const address = this.#table.addName(name);
    if (address === 0) return null;
    const length = this.#memory.words[(address >> 2) - 1] ?? 0;
    const entry = { address, length, forms: [], lastForm: NO_KEYS };
    this.#entries.set(name, entry);
    return entry;
  }

  #addForm(entry: NameEntry, list: FlatAttributes): SpanForm | null {
    const keys = list.filter((_, index) => index % 2 === 0) as string[];
    if (entry.forms.length >= MAX_FORMS_PER_NAME || new Set(keys).size < keys.length) return null;
    const slots = this.#makeRoom(keys.length);
    if (slots === 0) return null;
    const { words, layout } = this.#memory;
    for (const [index, key] of keys.entries()) {
      const address = this.#table.keyAddress(key);
      if (address === 0) return null;
      words[(slots + index * layout.ATTRIBUTE_STRIDE) >> 2] = address;
    }
    const form = { keys, slots, values: keys.map(() => undefined) };
    this.#nextAddress += keys.length * layout.ATTRIBUTE_STRIDE;
    entry.forms.push(form);
    return form;
  }

  #makeRoom(slotsCount: number): number {
    const { ATTRIBUTE_CAPACITY, ATTRIBUTE_STRIDE } = this.#memory.layout;
    if (slotsCount > ATTRIBUTE_CAPACITY) return 0;
    if (this.#nextAddress + slotsCount * ATTRIBUTE_STRIDE <= this.#endAddress) {
      return this.#nextAddress;
    }
    this.#isFull = true;
    return 0;
  }
}

/** Exactly these keys, in this order. */
export function hasKeys(list: FlatAttributes, keys: readonly string[]): boolean {
  const { length } = keys;
  if (list.length !== length * 2) return false;
  for (let index = 0; index < length; index += 1) {
    if (list[index * 2] !== keys[index]) return false;
  }
  return true;
}
