/** Symbols by an exchange's own names: an open-addressing table over the bytes of the names. */

import {
  SCAN_ENTRY_BYTES,
  SCAN_ENTRY_LENGTH,
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

/** Where 32 zero bytes follow 32 full ones: the mask of the first n bytes begins n before the zeros. */
export const MASKS = memory.data<u64>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** The entry of a name: its own, or the empty one where it belongs. The same steps for every length up to 16. */
export function entryOf(name: usize, length: u32, shape: u32): usize {
  const mask = MASKS + 32 - length;
  const low = v128.and(v128.load(name), v128.load(mask));
  let hash: u64 = (((<u64>shape) << 8) | length) ^ i64x2.extract_lane(low, 0);
  hash = mix(mix(hash) ^ i64x2.extract_lane(low, 1));
  let high = i64x2.splat(0);
  if (length > 16) {
    high = v128.and(v128.load(name, 16), v128.load(mask, 16));
    hash = mix(mix(hash ^ i64x2.extract_lane(high, 0)) ^ i64x2.extract_lane(high, 1));
  }
  const key = <u64>length | ((<u64>shape) << 32);
  let place = <u32>(hash >> 20) & scanNamesMask;
  while (true) {
    const entry = scanNames + <usize>place * SCAN_ENTRY_BYTES;
    const difference = v128.or(
      v128.xor(v128.load(entry), low),
      v128.xor(v128.load(entry, 16), high),
    );
    const known = load<u64>(entry, SCAN_ENTRY_LENGTH);
    if (<u32>known == 0 || (known == key && !v128.any_true(difference))) return entry;
    place = (place + 1) & scanNamesMask;
  }
}

function mix(hash: u64): u64 {
  const product = hash * MULTIPLIER;
  return product ^ (product >> 29);
}

/** @returns the symbol's index, or −1 when the name is not known. */
export function symbolOf(name: usize, length: u32, shape: u32): i32 {
  if (length - 1 >= SCAN_NAME_BYTES) return -1;
  const entry = entryOf(name, length, shape);
  return load<u32>(entry, SCAN_ENTRY_LENGTH) == 0 ? -1 : load<i32>(entry, SCAN_ENTRY_SYMBOL);
}
