/**
 * The course of a shape's messages: what every message of an exchange says in the same places, and what kind of value
 * lies between. It is learned from a message that was accepted; the module follows it (`wasm/market/scan-course.ts`) and
 * gives up at the first difference, so that a course changes how fast a message is read and never what is read.
 */

import type { ScanLayout } from './scan-abi.ts';

/** The value behind a piece: a slot of the quote, another text or number, or nothing. */
export type CourseValue = number | 'text' | 'number' | 'nothing';

export interface CoursePiece {
  /** What has to come first, one character a byte; at most 16. */
  readonly literal: string;
  readonly value: CourseValue;
}

/** Bytes that the module compares at once. */
const PIECE_BYTES = 16;

const STRING = /"[^"\\]*"/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?/y;
const LITERAL = /true|false|null/y;

/**
 * @param text - an accepted message, one character a byte.
 * @param slots - slot by key, as text of one character a byte.
 * @param wrapper - key of the wrapper; null when the shape has none.
 * @returns null when the message holds something that a course cannot say, such as a negative number.
 */
export function toCourse(
  text: string,
  slots: ReadonlyMap<string, number>,
  wrapper: string | null,
): readonly CoursePiece[] | null {
  return new CourseReader(text, slots, wrapper).read();
}

/** Where a value stands: in the message, in its wrapper, or in what is passed over. */
type Place = 'outer' | 'inner' | 'other';

class CourseReader {
  readonly #text: string;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #wrapper: string | null;
  readonly #pieces: CoursePiece[] = [];
  #literal = '';
  #at = 0;

  constructor(text: string, slots: ReadonlyMap<string, number>, wrapper: string | null) {
    this.#text = text;
    this.#slots = slots;
    this.#wrapper = wrapper;
  }

  read(): readonly CoursePiece[] | null {
    if (!this.#value('outer', null)) return null;
    this.#pass(this.#text.length - this.#at);
    this.#push('nothing');
    return this.#pieces;
  }

  /** @param slot - of a scalar; null: it is passed over. @returns false when a course cannot say it. */
  #value(place: Place, slot: number | null): boolean {
    this.#passSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#members('}', place);
      case '[':
        return this.#members(']', place);
      case '"':
        return this.#string(slot);
      default:
        return this.#scalar(slot);
    }
  }

  #members(close: '}' | ']', place: Place): boolean {
    this.#pass(1);
    for (this.#passSpace(); this.#text[this.#at] !== close; this.#passSpace()) {
      if (this.#text[this.#at] === ',') this.#pass(1);
      if (close === '}' ? !this.#member(place) : !this.#value(place, null)) return false;
    }
    this.#pass(1);
    return true;
  }

  #member(place: Place): boolean {
    this.#passSpace();
    const key = this.#find(STRING)?.slice(1, -1);
    if (key === undefined) return false;
    this.#pass(key.length + 2);
    this.#passSpace();
    this.#pass(1);
    if (place === 'outer' && key === this.#wrapper) return this.#value('inner', null);
    return this.#value('other', place === 'other' ? null : (this.#slots.get(key) ?? null));
  }

  #string(slot: number | null): boolean {
    const found = this.#find(STRING);
    if (found === undefined) return false;
    this.#pass(1);
    this.#push(slot ?? 'text');
    this.#at += found.length - 2;
    this.#pass(1);
    return true;
  }

  #scalar(slot: number | null): boolean {
    const literal = this.#find(LITERAL);
    if (literal !== undefined) this.#pass(literal.length);
    if (literal !== undefined) return true;
    const found = this.#find(NUMBER);
    if (found === undefined) return false;
    this.#push(slot ?? 'number');
    this.#at += found.length;
    return true;
  }

  #find(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #passSpace(): void {
    while (/[ \n\r\t]/.test(this.#text[this.#at] ?? '')) this.#pass(1);
  }

  #pass(count: number): void {
    this.#literal += this.#text.slice(this.#at, this.#at + count);
    this.#at += count;
  }

  #push(value: CourseValue): void {
    while (this.#literal.length > PIECE_BYTES) {
      this.#pieces.push({ literal: this.#literal.slice(0, PIECE_BYTES), value: 'nothing' });
      this.#literal = this.#literal.slice(PIECE_BYTES);
    }
    this.#pieces.push({ literal: this.#literal, value });
    this.#literal = '';
  }
}

/** Makes `pieces` the course of a shape; one that is too long is not kept. */
export function writeCourse(
  buffer: ArrayBuffer,
  layout: ScanLayout,
  shapeIndex: number,
  pieces: readonly CoursePiece[],
): void {
  if (pieces.length > layout.SCAN_COURSE_CAPACITY) return;
  const course = layout.scanCourses + shapeIndex * layout.SCAN_COURSE_BYTES;
  const view = new DataView(buffer);
  const kinds = {
    text: layout.SCAN_TEXT,
    number: layout.SCAN_NUMBER,
    nothing: layout.SCAN_NOTHING,
  };
  for (const [index, { literal, value }] of pieces.entries()) {
    const piece = course + layout.SCAN_COURSE_PIECES + index * layout.SCAN_PIECE_BYTES;
    for (let byte = 0; byte < literal.length; byte += 1) {
      view.setUint8(piece + byte, literal.charCodeAt(byte));
    }
    view.setUint32(piece + layout.SCAN_PIECE_LENGTH, literal.length, true);
    const kind = typeof value === 'number' ? value : kinds[value];
    view.setUint32(piece + layout.SCAN_PIECE_KIND, kind, true);
  }
  view.setUint32(course + layout.SCAN_COURSE_COUNT, pieces.length, true);
}
