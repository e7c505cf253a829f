/** Writes protobuf's wire format (protobuf.dev "Encoding") into one growing buffer. It knows no message types. */

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_LENGTH_DELIMITED = 2;
const WIRE_FIXED32 = 5;

/** Longest UTF-8 form of one UTF-16 code unit, bytes. */
const MAX_BYTES_PER_CODE_UNIT = 3;
const MAX_VARINT_BYTES = 10;

const textEncoder = new TextEncoder();

export class ProtobufWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(initialBytes = 1_024) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, without a copy; valid until the next write. */
  peek(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets everything; the buffer stays. */
  reset(): void {
    this.#length = 0;
  }

  /** An unsigned integer below 2^32. */
  uint32(field: number, value: number): void {
    this.#tag(field, WIRE_VARINT);
    this.#varint(value);
  }

  bool(field: number, value: boolean): void {
    this.uint32(field, value ? 1 : 0);
  }

  /** A signed integer of 64 bits; negative ones take ten bytes. */
  int64(field: number, value: bigint): void {
    this.#tag(field, WIRE_VARINT);
    this.#reserve(MAX_VARINT_BYTES);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, WIRE_FIXED32);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, WIRE_FIXED64);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, WIRE_FIXED64);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** UTF-8; a lone surrogate becomes U+FFFD, since UTF-8 has no form for it. */
  string(field: number, value: string): void {
    const mark = this.open(field);
    this.#reserve(value.length * MAX_BYTES_PER_CODE_UNIT);
    this.#length += textEncoder.encodeInto(value, this.#bytes.subarray(this.#length)).written;
    this.close(mark);
  }

  bytes(field: number, value: Uint8Array): void {
    this.head(field, value.length);
    this.raw(value);
  }

  /** Appends finished fields as they are. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Tag and length of a message whose `length` bytes are appended next. */
  head(field: number, length: number): void {
    this.#tag(field, WIRE_LENGTH_DELIMITED);
    this.#varint(length);
  }

  /** Begins a message or string inside this one. @returns a mark for `close`. */
  open(field: number): number {
    this.#tag(field, WIRE_LENGTH_DELIMITED);
    this.#reserve(1);
    this.#length += 1; // Room for the length while it is below 128.
    return this.#length;
  }

  /** Ends what `open` began: writes its length in front of it, moving it when one byte is not enough. */
  close(mark: number): void {
    // Before the length steps back: growing keeps only what lies before it.
    this.#reserve(MAX_VARINT_BYTES);
    const contentLength = this.#length - mark;
    const extraBytes = toVarintBytes(contentLength) - 1;
    if (extraBytes > 0) this.#bytes.copyWithin(mark + extraBytes, mark, this.#length);
    this.#length = mark - 1;
    this.#varint(contentLength);
    this.#length += contentLength;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128))
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(byteCount: number): void {
    if (this.#length + byteCount <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + byteCount));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Bytes that a length or a number below 2^53 takes. */
export function toVarintBytes(value: number): number {
  let byteCount = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) byteCount += 1;
  return byteCount;
}
