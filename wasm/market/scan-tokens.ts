/**
 * Tokens of JSON, read where the cursor stands. A message ends with zeros that no token allows, so nothing looks for
 * its end. Each reader gives a code of `src/kernel/scan.ts`: 0 when it read its token and the cursor stands behind it.
 */

import { SCAN_HARD_NUMBER } from './scan-layout';

export const SCAN_ACCEPTED: i32 = 0;
export const SCAN_UNEXPECTED: i32 = 1;
export const SCAN_ESCAPE: i32 = 2;
export const SCAN_MISSING_KEY: i32 = 3;
export const SCAN_DUPLICATE_KEY: i32 = 4;
export const SCAN_UNKNOWN_SYMBOL: i32 = 5;
export const SCAN_NOT_A_PRICE: i32 = 6;
export const SCAN_TOO_DEEP: i32 = 7;

/** Deepest nesting that is passed over. */
const MAX_DEPTH: i32 = 8;
/** Digits that a u64 always holds. */
const MAX_DIGITS: usize = 19;
/** Integers up to here, and powers of ten up to 22, are exact doubles, so that one division rounds once (Clinger 1990). */
const MAX_EXACT: u64 = 9007199254740992;
export const POWERS_OF_TEN = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]);

export let cursor: usize = 0;
/** What `readDecimal` read. */
export let decimal: f64 = 0;

export function setCursor(address: usize): void {
  cursor = address;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** True when all eight bytes of a word are digits: high half 3, and still 3 with 6 added. */
function areDigits(word: u64): bool {
  const high = word & 0xf0f0f0f0f0f0f0f0;
  const carried = (word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0;
  return (high | (carried >> 4)) == 0x3333333333333333;
}

/** The number of eight digits' values, the first in the lowest byte: pairs, then fours, then all, side by side. */
export function joinDigits(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8);
  const odd = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const even = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return (odd + even) >> 32;
}

/** The byte at the cursor, behind white space. */
export function nextByte(): u32 {
  let byte: u32 = load<u8>(cursor);
  while (byte <= 0x20 && isSpace(byte)) {
    cursor++;
    byte = load<u8>(cursor);
  }
  return byte;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Behind an opening quote: moves to the closing one. */
export function toStringEnd(): i32 {
  let at = cursor;
  while (true) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x22) break;
    if (byte == 0x5c || byte < 0x20) return byte == 0x5c ? SCAN_ESCAPE : SCAN_UNEXPECTED;
    at++;
  }
  cursor = at;
  return SCAN_ACCEPTED;
}

/** A decimal without a sign as JSON writes it, bare or in quotes, into `decimal`. */
export function readDecimal(): i32 {
  const isQuoted = nextByte() == 0x22;
  let at = isQuoted ? cursor + 1 : cursor;
  const start = at;
  let byte: u32 = load<u8>(at);
  if (!isDigit(byte)) return SCAN_NOT_A_PRICE;
  let mantissa: u64 = byte - 0x30;
  byte = load<u8>(++at);
  if (mantissa != 0) {
    while (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - 0x30);
      byte = load<u8>(++at);
    }
  }
  let digits = at - start;
  let fraction: usize = 0;
  if (byte == 0x2e && isDigit(load<u8>(at, 1))) {
    const point = at;
    at++;
    let word = load<u64>(at);
    while (areDigits(word)) {
      mantissa = mantissa * 100_000_000 + joinDigits(word - 0x3030303030303030);
      at += 8;
      word = load<u64>(at);
    }
    byte = load<u8>(at);
    while (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - 0x30);
      byte = load<u8>(++at);
    }
    fraction = at - point - 1;
    digits += fraction;
  }
  if ((byte | 0x20) == 0x65 || digits > MAX_DIGITS) return SCAN_HARD_NUMBER;
  while (mantissa > MAX_EXACT && fraction > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    fraction--;
  }
  if (mantissa > MAX_EXACT) return SCAN_HARD_NUMBER;
  if (isQuoted && byte != 0x22) return SCAN_NOT_A_PRICE;
  cursor = isQuoted ? at + 1 : at;
  decimal = <f64>(<i64>mantissa) / load<f64>(POWERS_OF_TEN + (fraction << 3));
  return SCAN_ACCEPTED;
}

/** Passes over any value. */
export function skipValue(depth: i32): i32 {
  const byte = nextByte();
  if (byte == 0x22) return skipString();
  if (byte == 0x7b) return skipMembers(0x7d, depth + 1);
  if (byte == 0x5b) return skipMembers(0x5d, depth + 1);
  if (byte == 0x2d || isDigit(byte)) return skipNumber();
  // "true", "fals", "null" as four bytes, the first lowest.
  const word = load<u32>(cursor);
  const isFalse = word == 0x736c6166 && load<u8>(cursor, 4) == 0x65;
  if (word != 0x65757274 && word != 0x6c6c756e && !isFalse) return SCAN_UNEXPECTED;
  cursor += isFalse ? 5 : 4;
  return SCAN_ACCEPTED;
}

export function skipString(): i32 {
  cursor++;
  const code = toStringEnd();
  cursor++;
  return code;
}

/** Members of an object, or elements of an array, up to `close`. */
function skipMembers(close: u32, depth: i32): i32 {
  if (depth > MAX_DEPTH) return SCAN_TOO_DEEP;
  cursor++;
  if (nextByte() == close) {
    cursor++;
    return SCAN_ACCEPTED;
  }
  while (true) {
    if (close == 0x7d) {
      const code = skipKey();
      if (code != SCAN_ACCEPTED) return code;
    }
    const code = skipValue(depth);
    if (code != SCAN_ACCEPTED) return code;
    const byte = nextByte();
    if (byte != close && byte != 0x2c) return SCAN_UNEXPECTED;
    cursor++;
    if (byte == close) return SCAN_ACCEPTED;
  }
}

function skipKey(): i32 {
  if (nextByte() != 0x22) return SCAN_UNEXPECTED;
  const code = skipString();
  if (code != SCAN_ACCEPTED) return code;
  if (nextByte() != 0x3a) return SCAN_UNEXPECTED;
  cursor++;
  return SCAN_ACCEPTED;
}

function skipNumber(): i32 {
  let at = cursor;
  if (load<u8>(at) == 0x2d) at++;
  if (!isDigit(load<u8>(at))) return SCAN_UNEXPECTED;
  at = load<u8>(at) == 0x30 ? at + 1 : digitsEnd(at);
  if (load<u8>(at) == 0x2e && isDigit(load<u8>(at, 1))) at = digitsEnd(at + 1);
  if ((load<u8>(at) | 0x20) == 0x65) {
    const sign: u32 = load<u8>(at, 1);
    const power = sign == 0x2b || sign == 0x2d ? at + 2 : at + 1;
    if (isDigit(load<u8>(power))) at = digitsEnd(power);
  }
  cursor = at;
  return SCAN_ACCEPTED;
}

function digitsEnd(start: usize): usize {
  let at = start;
  while (isDigit(load<u8>(at))) at++;
  return at;
}
