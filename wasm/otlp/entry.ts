/** Entries of the queue, and how they become `ScopeSpans.spans` (`trace/v1/trace.proto`), tag and length included. */

import { KEY_ADDRESS_BYTES, TAG_ATTRIBUTE } from './attribute';
import { RESULT } from './layout';
import { copyAhead, varintBytes, writeByte, writeVarint } from './write';

const TAG_ENTRY: u32 = 0x12;
export const HEAD_BYTES: usize = 8;
const SIZE_BITS: u64 = 0xfffff;

/** Writes the head of the entry at `out`, whose fields end at `end`. @returns the address after it. */
export function writeHead(
  out: usize,
  end: usize,
  spanBytes: u32,
  prefixBytes: u32,
  attributesCount: u32,
): usize {
  const bytes = <u64>(end - out - HEAD_BYTES);
  store<u64>(
    out,
    bytes | ((<u64>spanBytes) << 20) | ((<u64>prefixBytes) << 40) | ((<u64>attributesCount) << 56),
  );
  return end;
}

/** An entry whose fields, `bytes` of them after the head, are already as they will be on the wire. */
export function sealEntry(out: usize, bytes: u32): usize {
  return writeHead(out, out + HEAD_BYTES + bytes, bytes, 0, 0);
}

/** Bytes that the entries from `from` to `end` will have on the wire. */
export function wireBytes(from: usize, end: usize): u32 {
  let bytes: u32 = 0;
  while (from < end) {
    const head = load<u64>(from);
    bytes += entryWireBytes(head);
    from += HEAD_BYTES + <usize>(head & SIZE_BITS);
  }
  return bytes;
}

/**
 * Writes entries from `from` on to `out`, as many as fit before `limit`. RESULT then has the address of the first that
 * was not written.
 *
 * @returns the address after what was written.
 */
export function writeOut(from: usize, end: usize, out: usize, limit: usize): usize {
  while (from < end) {
    const head = load<u64>(from);
    if (out + entryWireBytes(head) > limit) break;
    out = writeOutEntry(from, head, out);
    from += HEAD_BYTES + <usize>(head & SIZE_BITS);
  }
  store<u32>(RESULT, <u32>from);
  return out;
}

function entryWireBytes(head: u64): u32 {
  const bytes = <u32>((head >> 20) & SIZE_BITS);
  return 1 + varintBytes(bytes) + bytes;
}

function writeOutEntry(entry: usize, head: u64, out: usize): usize {
  let from = entry + HEAD_BYTES;
  const end = from + <usize>(head & SIZE_BITS);
  let to = writeVarint(writeByte(out, TAG_ENTRY), (head >> 20) & SIZE_BITS);
  const prefixBytes = <u32>((head >> 40) & 0xffff);
  to = copyAhead(to, from, prefixBytes);
  from += prefixBytes;
  for (let rest = <u32>(head >> 56); rest > 0; rest -= 1) {
    const chunk: usize = (<usize>load<u16>(from)) << 2;
    from += KEY_ADDRESS_BYTES;
    const chunkLength = load<u32>(chunk - 4);
    const valueLength = readFieldLength(from);
    const length = chunkLength + valueLength;
    store<u8>(to, TAG_ATTRIBUTE);
    to = length < 0x80 ? writeByte(to + 1, length) : writeVarint(to + 1, length);
    to = copyAhead(copyAhead(to, chunk, chunkLength), from, valueLength);
    from += valueLength;
  }
  return copyAhead(to, from, <u32>(end - from));
}

/** Bytes of a length and what it counts. */
function readFieldLength(from: usize): u32 {
  const first = <u32>load<u8>(from);
  if (first < 0x80) return 1 + first;
  let length: u32 = first & 0x7f;
  let bytes: u32 = 1;
  let byte: u32 = 0x80;
  for (let shift: u32 = 7; byte > 0x7f; shift += 7) {
    byte = <u32>load<u8>(from + bytes);
    bytes += 1;
    length |= (byte & 0x7f) << shift;
  }
  return bytes + length;
}
