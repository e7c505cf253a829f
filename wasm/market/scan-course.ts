/**
 * Along the known course of a shape's messages. An exchange writes the same keys in the same order each time, so what
 * lies between two values is compared as a whole, and only the values are read. The course is learned from a message
 * that was accepted (`src/kernel/scan-course.ts`); whatever differs from it goes through the general reader.
 */

import {
  SCAN_COURSE_BYTES,
  SCAN_COURSE_COUNT,
  SCAN_COURSE_PIECES,
  SCAN_NOTHING,
  SCAN_NUMBER,
  SCAN_PIECE_BYTES,
  SCAN_PIECE_KIND,
  SCAN_PIECE_LENGTH,
  SCAN_SYMBOL,
  SCAN_TEXT,
  scanCourses,
  scanFields,
} from './scan-layout';
import { MASKS, symbolOf } from './scan-names';
import { joinDigits, POWERS_OF_TEN } from './scan-tokens';

/** 10^n for n to 13, as integers. */
const INTEGER_POWERS = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
  100000000000, 1000000000000, 10000000000000,
]);
const ZEROS: u64 = 0x3030303030303030;

/** The symbol of the message that was read last. */
export let courseSymbol: i32 = 0;

/**
 * Reads the message from `at` to `end` into the fields; false when it leaves the course. What lies behind the end may be
 * read and is never taken: what was passed must end there.
 */
export function followCourse(shape: u32, at: usize, end: usize): bool {
  const course = scanCourses + <usize>shape * SCAN_COURSE_BYTES;
  const count = load<u32>(course, SCAN_COURSE_COUNT);
  if (count == 0) return false;
  let piece = course + SCAN_COURSE_PIECES;
  const last = piece + <usize>count * SCAN_PIECE_BYTES;
  for (; piece < last; piece += SCAN_PIECE_BYTES) {
    const difference = v128.xor(v128.load(at), v128.load(piece));
    const length = load<u32>(piece, SCAN_PIECE_LENGTH);
    if (v128.any_true(v128.and(difference, v128.load(MASKS + 32 - length)))) return false;
    at += length;
    const kind = load<u32>(piece, SCAN_PIECE_KIND);
    if (kind == SCAN_NOTHING) continue;
    if (kind == SCAN_SYMBOL) at = readName(at, shape);
    else if (kind == SCAN_TEXT) at = textEnd(at);
    else if (kind == SCAN_NUMBER) at = numberEnd(at);
    else at = readPrice(at, scanFields + ((<usize>kind) << 3));
    if (at == 0) return false;
  }
  return at == end;
}

/** One bit for each of the 16 bytes at `at` that ends a text, or that a plain text has not: quote, backslash, control. */
function stopsAt(at: usize): i32 {
  const bytes = v128.load(at);
  const quote = i8x16.eq(bytes, i8x16.splat(0x22));
  const escape = i8x16.eq(bytes, i8x16.splat(0x5c));
  const control = i8x16.lt_u(bytes, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(v128.or(quote, escape), control));
}

/** Where the text at `at` ends: at its quote; 0 when it is not plain or longer than the longest name. */
function textEnd(at: usize): usize {
  let stops = stopsAt(at);
  if (stops == 0) {
    at += 16;
    stops = stopsAt(at);
    if (stops == 0) {
      at += 16;
      stops = stopsAt(at);
    }
  }
  if (stops == 0) return 0;
  at += ctz(stops);
  return load<u8>(at) == 0x22 ? at : 0;
}

function readName(at: usize, shape: u32): usize {
  const end = textEnd(at);
  if (end == 0) return 0;
  courseSymbol = symbolOf(at, <u32>(end - at), shape);
  return courseSymbol < 0 ? 0 : end;
}

/** One bit for each of the 16 bytes at `at` that is no digit; bit 16 too. */
function gapsAt(at: usize): u32 {
  const gaps = i8x16.ge_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(10));
  return <u32>i8x16.bitmask(gaps) | 0x10000;
}

/** True when the first `count` digits at `at` are none, too many, or begin with a zero that JSON does not allow. */
function isNoWhole(at: usize, count: u32): bool {
  // One test, not three: which of them holds differs from price to price, and none of them all the time.
  const isCountWrong = <i32>(count - 1 > 14);
  return (isCountWrong | (<i32>(count > 1) & <i32>(load<u8>(at) == 0x30))) != 0;
}

/** Behind a number of up to 15 bytes without sign and power; 0 when it is none. */
function numberEnd(at: usize): usize {
  const gaps = gapsAt(at);
  const whole = ctz(gaps);
  if (isNoWhole(at, whole)) return 0;
  if (load<u8>(at + whole) != 0x2e) return at + whole;
  const end = ctz(gaps & (gaps - 1));
  return end > 15 || end == whole + 1 ? 0 : at + end;
}

/**
 * A decimal of up to 15 bytes, into `field`: at most 14 digits beside a point, which a double holds exactly, so that one
 * division rounds once. @returns where it ends, 0 when the general reader has to read it.
 */
function readPrice(at: usize, field: usize): usize {
  const gaps = gapsAt(at);
  const whole = ctz(gaps);
  const end = ctz(gaps & (gaps - 1));
  if (isNoWhole(at, whole)) return 0;
  const mantissa = toDigits(at, whole);
  if (load<u8>(at + whole) != 0x2e) {
    store<f64>(field, <f64>(<i64>mantissa));
    return at + whole;
  }
  const fraction = end - whole - 1;
  if (fraction == 0 || end > 15) return 0;
  const scaled = mantissa * load<u64>(INTEGER_POWERS + ((<usize>fraction) << 3));
  const digits = scaled + toDigits(at + whole + 1, fraction);
  store<f64>(field, <f64>(<i64>digits) / load<f64>(POWERS_OF_TEN + ((<usize>fraction) << 3)));
  return at + end;
}

/** The number of the `count` (1 to 15) digits at `at`. */
function toDigits(at: usize, count: u32): u64 {
  if (count <= 8) return toShort(load<u64>(at), count);
  const high = toShort(load<u64>(at), count - 8);
  return high * 100_000_000 + joinDigits(load<u64>(at + (count - 8)) ^ ZEROS);
}

/** The number of the first `count` (1 to 8) digits of a word: moved to its end, with zeros before them. */
function toShort(word: u64, count: u32): u64 {
  return joinDigits((word ^ ZEROS) << ((<u64>(8 - count)) << 3));
}
