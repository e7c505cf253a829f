/**
 * Where the scanner's state lies, behind the kernel's own:
 *
 *   message   the message's bytes, then 64 bytes of room: the scanner ends a message with zeros, which no token allows
 *   shapes    one record a shape: 7 keys of 24 bytes (16 bytes, zero-padded | length u32 | –), then the record's rest
 *   names     an open-addressing table, half full at most: 32 bytes, zero-padded | length | shape | symbol u32 | –
 *   fields    numbers of the message under way, by slot
 *   courses   one record a shape: pieces u32 | messages that left it u32 | – | pieces of 24 bytes each, which are
 *             up to 16 bytes that have to come | their length u32 | kind u32 of the value behind them
 */

import { symbolsCapacity } from './layout';
import { growToEnd, place } from './memory';

/** Slots of a quote's keys; the order of `SLOTS` in `src/kernel/scan.ts`. */
export const SCAN_SYMBOL: u32 = 0;
export const SCAN_BID: u32 = 1;
export const SCAN_BID_SIZE: u32 = 2;
export const SCAN_ASK: u32 = 3;
export const SCAN_ASK_SIZE: u32 = 4;
export const SCAN_TIME: u32 = 5;
export const SCAN_WRAPPER: u32 = 6;
export const SCAN_SLOTS_COUNT: u32 = 7;

/** Longest key and name, bytes. */
export const SCAN_KEY_BYTES: u32 = 16;
export const SCAN_NAME_BYTES: u32 = 32;
/** Bytes of one key, and of one shape with what follows its keys. */
export const SCAN_KEY_STRIDE: usize = 24;
export const SCAN_SHAPE_BYTES: usize = 192;
export const SCAN_SHAPE_REQUIRED: usize = 168;
export const SCAN_SHAPE_EXCHANGE: usize = 172;
export const SCAN_SHAPE_OFFSET: usize = 176;
/** One entry of the name table. */
export const SCAN_ENTRY_BYTES: usize = 48;
export const SCAN_ENTRY_LENGTH: usize = 32;
export const SCAN_ENTRY_SHAPE: usize = 36;
export const SCAN_ENTRY_SYMBOL: usize = 40;

/** What comes behind a piece of a course beside the slots of a quote: a text, a whole number, nothing. */
export const SCAN_TEXT: u32 = 8;
export const SCAN_NUMBER: u32 = 9;
export const SCAN_NOTHING: u32 = 10;
/** Places in a course and in one of its pieces, bytes. */
export const SCAN_COURSE_COUNT: usize = 0;
export const SCAN_COURSE_LEFT: usize = 4;
export const SCAN_COURSE_PIECES: usize = 16;
export const SCAN_PIECE_BYTES: usize = 24;
export const SCAN_PIECE_LENGTH: usize = 16;
export const SCAN_PIECE_KIND: usize = 20;
/** Most pieces of a course, and bytes of a course. */
export const SCAN_COURSE_CAPACITY: usize = 48;
export const SCAN_COURSE_BYTES: usize = 1168;

/** Code of an accepted message that left the course: its own may be learned. */
export const SCAN_OFF_COURSE: i32 = 9;
/** Code of a number beyond the exact fast path: the host reads the message. */
export const SCAN_HARD_NUMBER: i32 = 8;

const ROOM_BYTES: usize = 64;

export let scanMessageAt: usize = 0;
export let scanShapes: usize = 0;
export let scanNames: usize = 0;
export let scanFields: usize = 0;
export let scanCourses: usize = 0;
/** Entries − 1, a power of two less one. */
export let scanNamesMask: u32 = 0;

/**
 * Lays out the scanner; after `configure` and before any view is made, since memory grows.
 * @returns 1, or 0 when the memory could not be had or it is too early or too late.
 */
export function configureScan(messageBytes: u32, shapes: u32, nameEntries: u32): i32 {
  if (symbolsCapacity == 0 || scanMessageAt != 0) return 0;
  const message = place(<usize>messageBytes + ROOM_BYTES);
  scanShapes = place(<usize>shapes * SCAN_SHAPE_BYTES);
  scanNames = place(<usize>nameEntries * SCAN_ENTRY_BYTES);
  scanFields = place((<usize>SCAN_SLOTS_COUNT) << 3);
  scanCourses = place(<usize>shapes * SCAN_COURSE_BYTES);
  if (!growToEnd()) return 0;
  scanNamesMask = nameEntries - 1;
  scanMessageAt = message;
  return 1;
}
