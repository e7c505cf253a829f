/** Reads the fields of a quote out of the text of a message: the grammar of the reference scanner. */

import { SCAN_LIMITS, type ScanResult } from './scan.ts';

export type ScanFault = Exclude<ScanResult, 'accepted'>;

/** Thrown inside this file only, to leave nested readers. */
class Refusal extends Error {
  readonly fault: ScanFault;

  constructor(fault: ScanFault) {
    super(fault);
    this.fault = fault;
  }
}

/** A decimal without a sign, as JSON writes it (RFC 8259, section 6). */
const DECIMAL = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \n\r\t]*/y;

/**
 * @param text - the message, one character a byte.
 * @param slots - slot by key; the slot `wrapper` is entered.
 * @param symbols - symbol index by name.
 * @returns number by slot, `symbol` as its index; or the first fault from the left.
 */
export function readFields(
  text: string,
  slots: ReadonlyMap<string, string>,
  symbols: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> | ScanFault {
  try {
    return new FieldReader(text, slots, symbols).read();
  } catch (error) {
    if (error instanceof Refusal) return error.fault;
    throw error;
  }
}

class FieldReader {
  readonly #text: string;
  readonly #slots: ReadonlyMap<string, string>;
  readonly #symbols: ReadonlyMap<string, number>;
  readonly #fields = new Map<string, number>();
  #at = 0;

  constructor(
    text: string,
    slots: ReadonlyMap<string, string>,
    symbols: ReadonlyMap<string, number>,
  ) {
    this.#text = text;
    this.#slots = slots;
    this.#symbols = symbols;
  }

  read(): ReadonlyMap<string, number> {
    this.#quoteObject(false);
    this.#next();
    if (this.#at !== this.#text.length) throw new Refusal('unexpected');
    return this.#fields;
  }

  #quoteObject(isInner: boolean): void {
    this.#members('{', '}', () => {
      const slot = this.#slots.get(this.#key());
      if (slot === undefined || (isInner && slot === 'wrapper')) this.#skip(isInner ? 2 : 1);
      else this.#field(slot);
    });
  }

  #field(slot: string): void {
    if (this.#fields.has(slot)) throw new Refusal('duplicate_key');
    this.#fields.set(slot, Number.NaN);
    if (slot === 'wrapper') this.#wrapped();
    else this.#fields.set(slot, slot === 'symbol' ? this.#symbol() : this.#decimal());
  }

  #wrapped(): void {
    const isArray = this.#next() === '[';
    if (isArray) this.#expect('[');
    this.#quoteObject(true);
    if (isArray) this.#expect(']');
  }

  #symbol(): number {
    if (this.#next() !== '"') throw new Refusal('unknown_symbol');
    const index = this.#symbols.get(this.#string());
    if (index === undefined) throw new Refusal('unknown_symbol');
    return index;
  }

  #decimal(): number {
    const isQuoted = this.#next() === '"';
    if (isQuoted) this.#at += 1;
    const value = Number(this.#match(DECIMAL, 'not_a_price'));
    if (!Number.isFinite(value)) throw new Refusal('not_a_price');
    if (isQuoted && this.#text[this.#at] !== '"') throw new Refusal('not_a_price');
    if (isQuoted) this.#at += 1;
    return value;
  }

  #skip(depth: number): void {
    const next = this.#next();
    if (next === '"') this.#string();
    else if (next === '{' || next === '[') this.#skipMembers(next, depth + 1);
    else if (/[-0-9]/.test(next)) this.#match(NUMBER, 'unexpected');
    else this.#match(LITERAL, 'unexpected');
  }

  #skipMembers(open: '{' | '[', depth: number): void {
    if (depth > SCAN_LIMITS.depth) throw new Refusal('too_deep');
    const isObject = open === '{';
    this.#members(open, isObject ? '}' : ']', () => {
      if (isObject) this.#key();
      this.#skip(depth);
    });
  }

  #members(open: string, close: string, readMember: () => void): void {
    this.#expect(open);
    if (this.#next() === close) {
      this.#at += 1;
      return;
    }
    for (;;) {
      readMember();
      if (this.#next() === close) break;
      this.#expect(',');
    }
    this.#at += 1;
  }

  #key(): string {
    if (this.#next() !== '"') throw new Refusal('unexpected');
    const key = this.#string();
    this.#expect(':');
    return key;
  }

  /** The cursor stands on the opening quote. */
  #string(): string {
    const start = this.#at + 1;
    let end = start;
    for (; this.#text[end] !== '"'; end += 1) {
      const character = this.#text[end] ?? '\0';
      if (character === '\\') throw new Refusal('escape');
      if (character < ' ') throw new Refusal('unexpected');
    }
    this.#at = end + 1;
    return this.#text.slice(start, end);
  }

  #expect(character: string): void {
    if (this.#next() !== character) throw new Refusal('unexpected');
    this.#at += 1;
  }

  /** The character at the cursor, behind white space; empty at the end. */
  #next(): string {
    this.#match(SPACE, 'unexpected');
    return this.#text[this.#at] ?? '';
  }

  #match(pattern: RegExp, fault: ScanFault): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new Refusal(fault);
    this.#at += found.length;
    return found;
  }
}
