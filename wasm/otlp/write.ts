/** Protobuf's wire format at an address. Every function returns the address after what it wrote. */

/** Copies in steps of 16 bytes: up to 15 bytes after the target are overwritten, so write from front to back. */
export function copyAhead(to: usize, from: usize, length: u32): usize {
  for (let offset: u32 = 0; offset < length; offset += 16) {
    v128.store(to + offset, v128.load(from + offset));
  }
  return to + length;
}

export function writeByte(to: usize, value: u32): usize {
  store<u8>(to, <u8>value);
  return to + 1;
}

export function varintBytes(value: u32): u32 {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}

/** Seven significant bits to a byte; 0 takes one too. */
export function varint64Bytes(value: u64): u32 {
  return (70 - <u32>clz<u64>(value | 1)) / 7;
}

export function writeVarint(to: usize, value: u64): usize {
  while (value >= 0x80) {
    store<u8>(to, <u8>(value | 0x80));
    value >>= 7;
    to += 1;
  }
  store<u8>(to, <u8>value);
  return to + 1;
}

/** A tag of one byte, a length and as many bytes. */
export function writeBytes(to: usize, tag: u32, from: usize, length: u32): usize {
  to = writeVarint(writeByte(to, tag), length);
  return copyAhead(to, from, length);
}

/** A tag of one byte and eight bytes. */
export function writeFixed64(to: usize, tag: u32, value: u64): usize {
  store<u8>(to, <u8>tag);
  store<u64>(to + 1, value);
  return to + 9;
}

/** A tag of one byte and a varint; nothing for 0, which is what an absent field means. */
export function writeCount(to: usize, tag: u32, value: u32): usize {
  return value == 0 ? to : writeVarint(writeByte(to, tag), value);
}
