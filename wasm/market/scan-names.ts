/** Symbols by an exchange's own names: an open-addressing table over the bytes of the names. */

import {
  SCAN_ENTRY_BYTES,
  SCAN_ENTRY_LENGTH,
  SCAN_ENTRY_SHAPE,
  SCAN_ENTRY_SYMBOL,
  SCAN_NAME_BYTES,
  scanNames,
  scanNamesMask,
} from './scan-layout';

/** An odd multiplier, 2^64 over the golden ratio: spreads close words over the table (Knuth, TAOCP 3, 6.4). */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** The first `length` bytes (1 to 8) of a word. */
export function firstBytes(word: u64, length: u32): u64 {
  return word & (<u64>-1 >> ((8 - length) << 3));
}

/** The entry of a name: its own, or the empty one where it belongs. */
export function entryOf(name: usize, length: u32, shape: u32): usize {
  let hash: u64 = ((<u64>shape) << 8) | length;
  for (let at: u32 = 0; at < length; at += 8) {
    hash = (hash ^ wordAt(name, at, length)) * MULTIPLIER;
    hash ^= hash >> 29;
  }
  let place = <u32>(hash >> 20) & scanNamesMask;
  while (true) {
    const entry = scanNames + <usize>place * SCAN_ENTRY_BYTES;
    const taken = load<u32>(entry, SCAN_ENTRY_LENGTH);
    if (taken == 0 || isEntryOf(entry, name, length, shape)) return entry;
    place = (place + 1) & scanNamesMask;
  }
}

/** @returns the symbol's index, or −1 when the name is not known. */
export function symbolOf(name: usize, length: u32, shape: u32): i32 {
  if (length == 0 || length > SCAN_NAME_BYTES) return -1;
  const entry = entryOf(name, length, shape);
  return load<u32>(entry, SCAN_ENTRY_LENGTH) == 0 ? -1 : load<i32>(entry, SCAN_ENTRY_SYMBOL);
}

function wordAt(name: usize, at: u32, length: u32): u64 {
  const word = load<u64>(name + at);
  return length - at >= 8 ? word : firstBytes(word, length - at);
}

function isEntryOf(entry: usize, name: usize, length: u32, shape: u32): bool {
  if (load<u32>(entry, SCAN_ENTRY_LENGTH) != length) return false;
  if (load<u32>(entry, SCAN_ENTRY_SHAPE) != shape) return false;
  for (let at: u32 = 0; at < length; at += 8) {
    if (load<u64>(entry + at) != wordAt(name, at, length)) return false;
  }
  return true;
}
