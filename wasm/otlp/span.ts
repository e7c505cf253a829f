/** The span in RECORD to one entry of the queue; the fields are those of `Span` in `trace/v1/trace.proto`. */

import { keyBytes, writeAttribute } from './attribute';
import { HEAD_BYTES, writeHead } from './entry';
import { ATTRIBUTE_STRIDE, RECORD } from './layout';
import {
  copyAhead,
  varintBytes,
  writeByte,
  writeBytes,
  writeCount,
  writeFixed64,
  writeVarint,
} from './write';

const TAG_TRACE_ID: u32 = 0x0a;
const TAG_SPAN_ID: u32 = 0x12;
const TAG_TRACE_STATE: u32 = 0x1a;
const TAG_PARENT_ID: u32 = 0x22;
const TAG_NAME: u32 = 0x2a;
const TAG_KIND: u32 = 0x30;
const TAG_START: u32 = 0x39;
const TAG_END: u32 = 0x41;
const TAG_DROPPED_ATTRIBUTES: u32 = 0x50;
const TAG_DROPPED_EVENTS: u32 = 0x60;
const TAG_DROPPED_LINKS: u32 = 0x70;
const TAG_STATUS: u32 = 0x7a;
const TAG_STATUS_MESSAGE: u32 = 0x12;
const TAG_STATUS_CODE: u32 = 0x18;
/** Field 16, four bytes: the only tag of two bytes. */
const TAG_FLAGS: u32 = 0x0185;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/**
 * Encodes the span at `out`.
 *
 * @returns the address after it. Bytes after that address may be overwritten, SPAN_BYTES in all.
 */
export function encodeSpan(out: usize): usize {
  const body = out + HEAD_BYTES;
  let to = writeIdentity(body);
  to = writeBytes(to, TAG_NAME, load<u32>(RECORD, 48), load<u32>(RECORD, 52));
  to = writeByte(writeByte(to, TAG_KIND), load<u32>(RECORD, 40));
  to = writeFixed64(to, TAG_START, toNanos(load<f64>(RECORD, 72), load<f64>(RECORD, 80)));
  to = writeFixed64(to, TAG_END, toNanos(load<f64>(RECORD, 88), load<f64>(RECORD, 96)));
  const prefixBytes = <u32>(to - body);
  const slots: usize = load<u32>(RECORD, 128);
  const count = load<u32>(RECORD, 104);
  const end = slots + count * ATTRIBUTE_STRIDE;
  let keysBytes: u32 = 0;
  for (let slot = slots; slot < end; slot += ATTRIBUTE_STRIDE) {
    const start = to;
    to = writeAttribute(to, slot);
    keysBytes += keyBytes(slot, <u32>(to - start));
  }
  to = writeCount(to, TAG_DROPPED_ATTRIBUTES, load<u32>(RECORD, 108));
  to = copyAhead(to, load<u32>(RECORD, 120), load<u32>(RECORD, 124));
  to = writeCount(to, TAG_DROPPED_EVENTS, load<u32>(RECORD, 112));
  to = writeCount(to, TAG_DROPPED_LINKS, load<u32>(RECORD, 116));
  to = writeStatus(to);
  return writeHead(out, to, <u32>(to - body) + keysBytes, prefixBytes, count);
}

function writeIdentity(to: usize): usize {
  store<u16>(to, TAG_TRACE_ID | (16 << 8));
  v128.store(to + 2, v128.load(RECORD));
  store<u16>(to + 18, TAG_SPAN_ID | (8 << 8));
  store<u64>(to + 20, load<u64>(RECORD, 16));
  to += 28;
  const stateLength = load<u32>(RECORD, 68);
  if (stateLength != 0) to = writeBytes(to, TAG_TRACE_STATE, load<u32>(RECORD, 64), stateLength);
  if (load<u32>(RECORD, 36) != 0) {
    store<u16>(to, TAG_PARENT_ID | (8 << 8));
    store<u64>(to + 2, load<u64>(RECORD, 24));
    to += 10;
  }
  store<u16>(to, TAG_FLAGS);
  store<u32>(to + 2, load<u32>(RECORD, 32));
  return to + 6;
}

/** Times before the epoch become 0. */
function toNanos(seconds: f64, nanos: f64): u64 {
  const total = <i64>seconds * NANOS_PER_SECOND + <i64>nearest(nanos);
  return total < 0 ? 0 : <u64>total;
}

function writeStatus(to: usize): usize {
  const code = load<u32>(RECORD, 44);
  const messageLength = load<u32>(RECORD, 60);
  if (code == 0 && messageLength == 0) return to;
  const messageBytes = messageLength == 0 ? 0 : 1 + varintBytes(messageLength) + messageLength;
  to = writeVarint(writeByte(to, TAG_STATUS), messageBytes + (code == 0 ? 0 : 2));
  if (messageLength != 0) {
    to = writeBytes(to, TAG_STATUS_MESSAGE, load<u32>(RECORD, 56), messageLength);
  }
  return writeCount(to, TAG_STATUS_CODE, code);
}
