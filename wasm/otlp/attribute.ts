/** One attribute slot to its part of an entry, and that to a `KeyValue` of a span (`common/v1/common.proto`). */

import { KIND_BOOL, KIND_NUMBER, KIND_STRING } from './layout';
import {
  copyAhead,
  varint64Bytes,
  varintBytes,
  writeByte,
  writeFixed64,
  writeVarint,
} from './write';

/** In an entry: the address of the key's chunk, which is a multiple of 4 below 2^18. */
export const KEY_ADDRESS_BYTES: u32 = 2;

/** `Span.attributes`, length-delimited. */
export const TAG_ATTRIBUTE: u32 = 0x4a;
const TAG_STRING: u32 = 0x0a;
const TAG_BOOL: u32 = 0x10;
const TAG_INT: u32 = 0x18;
const TAG_DOUBLE: u32 = 0x21;

const NEGATIVE_ZERO_BITS: u64 = 0x8000000000000000;
const TWO_TO_63: f64 = 9223372036854775808.0;

/** @returns the address after the attribute. */
export function writeAttribute(to: usize, slot: usize): usize {
  const kindAndLength = load<u32>(slot, 4);
  const kind = kindAndLength & 7;
  if (kind == KIND_NUMBER) return writeNumber(to, slot, load<f64>(slot, 8));
  if (kind == KIND_STRING) return writeString(to, slot, kindAndLength >> 3);
  if (kind == KIND_BOOL) {
    to = writeByte(writeKey(to, slot, 2), TAG_BOOL);
    return writeByte(to, load<u32>(slot, 8));
  }
  const length = kindAndLength >> 3;
  return copyAhead(writeKey(to, slot, length), load<u32>(slot, 8), length);
}

/** Where the key's chunk lies, and the value's length; the value's fields follow. */
function writeKey(to: usize, slot: usize, valueLength: u32): usize {
  store<u16>(to, <u16>(load<u32>(slot) >> 2));
  return writeVarint(to + KEY_ADDRESS_BYTES, valueLength);
}

/** Bytes that an attribute of `bytes` in its entry has more on the wire: tag, length and key, for the key's address. */
export function keyBytes(slot: usize, bytes: u32): u32 {
  const chunkLength = load<u32>(<usize>load<u32>(slot) - 4);
  const length = chunkLength + bytes - KEY_ADDRESS_BYTES;
  return 1 + varintBytes(length) + chunkLength - KEY_ADDRESS_BYTES;
}

function writeString(to: usize, slot: usize, length: u32): usize {
  to = writeByte(writeKey(to, slot, 1 + varintBytes(length) + length), TAG_STRING);
  return copyAhead(writeVarint(to, length), load<u32>(slot, 8), length);
}

/** A whole number in range is an integer; −0 is not, since only a double keeps its sign. */
function writeNumber(to: usize, slot: usize, value: f64): usize {
  const bits = reinterpret<u64>(value);
  const isInt =
    nearest(value) == value &&
    value >= -TWO_TO_63 &&
    value < TWO_TO_63 &&
    bits != NEGATIVE_ZERO_BITS;
  if (!isInt) return writeFixed64(writeKey(to, slot, 9), TAG_DOUBLE, bits);
  const int = <u64>(<i64>value);
  return writeVarint(writeByte(writeKey(to, slot, 1 + varint64Bytes(int)), TAG_INT), int);
}
