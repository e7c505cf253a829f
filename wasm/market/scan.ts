/** From the bytes of one message to one row of the quote batch. Contract: `src/kernel/scan.ts`. */

import {
  batchAsk,
  batchAskSize,
  batchBid,
  batchBidSize,
  batchExchange,
  batchSymbol,
  batchTime,
} from './layout';
import { courseSymbol, followCourse } from './scan-course';
import {
  SCAN_ASK,
  SCAN_ASK_SIZE,
  SCAN_BID,
  SCAN_BID_SIZE,
  SCAN_COURSE_BYTES,
  SCAN_COURSE_LEFT,
  SCAN_ENTRY_LENGTH,
  SCAN_ENTRY_SHAPE,
  SCAN_ENTRY_SYMBOL,
  SCAN_KEY_BYTES,
  SCAN_KEY_STRIDE,
  SCAN_OFF_COURSE,
  SCAN_SHAPE_BYTES,
  SCAN_SHAPE_EXCHANGE,
  SCAN_SHAPE_OFFSET,
  SCAN_SHAPE_REQUIRED,
  SCAN_SLOTS_COUNT,
  SCAN_SYMBOL,
  SCAN_TIME,
  SCAN_WRAPPER,
  scanCourses,
  scanFields,
  scanMessageAt,
  scanShapes,
} from './scan-layout';
import { entryOf, firstBytes, symbolOf } from './scan-names';
import {
  cursor,
  decimal,
  nextByte,
  readDecimal,
  SCAN_ACCEPTED,
  SCAN_DUPLICATE_KEY,
  SCAN_MISSING_KEY,
  SCAN_UNEXPECTED,
  SCAN_UNKNOWN_SYMBOL,
  setCursor,
  skipValue,
  toStringEnd,
} from './scan-tokens';

/** Of the message under way. */
let shape: u32 = 0;
let shapeAt: usize = 0;
let found: u32 = 0;
let symbol: i32 = 0;

/** Makes the name in the message's place that of a symbol. @returns 0 when the name is taken. */
export function addScanName(ofShape: u32, symbolIndex: u32, length: u32): i32 {
  const entry = entryOf(scanMessageAt, length, ofShape);
  if (load<u32>(entry, SCAN_ENTRY_LENGTH) != 0) return 0;
  memory.copy(entry, scanMessageAt, length);
  store<u32>(entry, length, SCAN_ENTRY_LENGTH);
  store<u32>(entry, ofShape, SCAN_ENTRY_SHAPE);
  store<u32>(entry, symbolIndex, SCAN_ENTRY_SYMBOL);
  return 1;
}

export function setScanOffset(ofShape: u32, offsetMs: f64): void {
  store<f64>(scanShapes + <usize>ofShape * SCAN_SHAPE_BYTES, offsetMs, SCAN_SHAPE_OFFSET);
}

/** @returns a code; the row is written only when it is 0. */
export function scanMessage(ofShape: u32, length: u32, receivedAt: f64, row: u32): i32 {
  const end = scanMessageAt + length;
  shape = ofShape;
  shapeAt = scanShapes + <usize>ofShape * SCAN_SHAPE_BYTES;
  if (followCourse(ofShape, scanMessageAt, end)) {
    symbol = courseSymbol;
    found = load<u32>(shapeAt, SCAN_SHAPE_REQUIRED);
    writeRow(row, receivedAt);
    return SCAN_ACCEPTED;
  }
  v128.store(end, i64x2.splat(0));
  found = 0;
  setCursor(scanMessageAt);
  if (nextByte() != 0x7b) return SCAN_UNEXPECTED;
  const code = readObject(false);
  if (code != SCAN_ACCEPTED) return code;
  if (nextByte() != 0 || cursor != end) return SCAN_UNEXPECTED;
  const required = load<u32>(shapeAt, SCAN_SHAPE_REQUIRED);
  if ((found & required) != required) return SCAN_MISSING_KEY;
  writeRow(row, receivedAt);
  return isCourseWanted() ? SCAN_OFF_COURSE : SCAN_ACCEPTED;
}

/** For the first message that leaves the course, and for every 64th after: messages of two kinds may take turns. */
function isCourseWanted(): bool {
  const course = scanCourses + <usize>shape * SCAN_COURSE_BYTES;
  const left = load<u32>(course, SCAN_COURSE_LEFT);
  store<u32>(course, left + 1, SCAN_COURSE_LEFT);
  return (left & 63) == 0;
}

function writeRow(row: u32, receivedAt: f64): void {
  const word = (<usize>row) << 2;
  const number = (<usize>row) << 3;
  store<u32>(batchSymbol + word, symbol);
  store<u32>(batchExchange + word, load<u32>(shapeAt, SCAN_SHAPE_EXCHANGE));
  store<f64>(batchBid + number, fieldOr(SCAN_BID, NaN));
  store<f64>(batchBidSize + number, fieldOr(SCAN_BID_SIZE, NaN));
  store<f64>(batchAsk + number, fieldOr(SCAN_ASK, NaN));
  store<f64>(batchAskSize + number, fieldOr(SCAN_ASK_SIZE, NaN));
  const isDated = (found & (1 << SCAN_TIME)) != 0;
  const offset = load<f64>(shapeAt, SCAN_SHAPE_OFFSET);
  store<f64>(batchTime + number, isDated ? fieldOr(SCAN_TIME, NaN) - offset : receivedAt);
}

function fieldOr(slot: u32, none: f64): f64 {
  return (found & (1 << slot)) != 0 ? load<f64>(scanFields + ((<usize>slot) << 3)) : none;
}

/** The cursor stands on the opening brace. */
function readObject(isInner: bool): i32 {
  setCursor(cursor + 1);
  if (nextByte() == 0x7d) {
    setCursor(cursor + 1);
    return SCAN_ACCEPTED;
  }
  while (true) {
    if (nextByte() != 0x22) return SCAN_UNEXPECTED;
    setCursor(cursor + 1);
    const key = cursor;
    let code = toStringEnd();
    if (code != SCAN_ACCEPTED) return code;
    const slot = slotOf(key, <u32>(cursor - key));
    setCursor(cursor + 1);
    if (nextByte() != 0x3a) return SCAN_UNEXPECTED;
    setCursor(cursor + 1);
    code = readMember(slot, isInner);
    if (code != SCAN_ACCEPTED) return code;
    const byte = nextByte();
    if (byte != 0x2c && byte != 0x7d) return SCAN_UNEXPECTED;
    setCursor(cursor + 1);
    if (byte == 0x7d) return SCAN_ACCEPTED;
  }
}

function readMember(slot: u32, isInner: bool): i32 {
  if (slot == SCAN_SLOTS_COUNT || (isInner && slot == SCAN_WRAPPER))
    return skipValue(isInner ? 2 : 1);
  const bit: u32 = 1 << slot;
  if ((found & bit) != 0) return SCAN_DUPLICATE_KEY;
  found |= bit;
  if (slot == SCAN_WRAPPER) return readWrapped();
  if (slot == SCAN_SYMBOL) return readSymbol();
  const code = readDecimal();
  store<f64>(scanFields + ((<usize>slot) << 3), decimal);
  return code;
}

/** An object, or an array of one. */
function readWrapped(): i32 {
  const isArray = nextByte() == 0x5b;
  if (isArray) setCursor(cursor + 1);
  if (nextByte() != 0x7b) return SCAN_UNEXPECTED;
  const code = readObject(true);
  if (code != SCAN_ACCEPTED || !isArray) return code;
  if (nextByte() != 0x5d) return SCAN_UNEXPECTED;
  setCursor(cursor + 1);
  return SCAN_ACCEPTED;
}

function readSymbol(): i32 {
  if (nextByte() != 0x22) return SCAN_UNKNOWN_SYMBOL;
  setCursor(cursor + 1);
  const name = cursor;
  const code = toStringEnd();
  if (code != SCAN_ACCEPTED) return code;
  symbol = symbolOf(name, <u32>(cursor - name), shape);
  setCursor(cursor + 1);
  return symbol < 0 ? SCAN_UNKNOWN_SYMBOL : SCAN_ACCEPTED;
}

/** The slot that a key names, or `SCAN_SLOTS_COUNT`. */
function slotOf(key: usize, length: u32): u32 {
  if (length - 1 >= SCAN_KEY_BYTES) return SCAN_SLOTS_COUNT;
  const low = firstBytes(load<u64>(key), min<u32>(length, 8));
  const high = length > 8 ? firstBytes(load<u64>(key, 8), length - 8) : 0;
  for (let slot: u32 = 0; slot < SCAN_SLOTS_COUNT; slot++) {
    const at = shapeAt + <usize>slot * SCAN_KEY_STRIDE;
    if (load<u64>(at) == low && load<u32>(at, 16) == length && load<u64>(at, 8) == high)
      return slot;
  }
  return SCAN_SLOTS_COUNT;
}
