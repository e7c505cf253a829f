/**
 * Where things lie in the memory of the OTLP module. The host reads all of it from the module: one source of truth.
 *
 *   0        unused, so that no address is 0
 *   1,024    RECORD      one span, fixed fields
 *   1,280    ATTRIBUTES  slots for a span whose form is not kept
 *   9,472    TEXT        strings and finished parts of one span, in no order
 *            SCRATCH     both of these, between two spans: where queued spans are written out
 *   42,240   NAMES       keys and span names, kept from span to span
 *   75,008   FORMS       slots of spans that come again and again: the host writes only what differs
 *   107,776  QUEUE       queued spans, one entry after another; grows to the end of the memory
 *
 * RECORD                                A slot: one attribute
 *   0  u8[16] trace id                    0  u32 address of the key's chunk, whose length stands 4 bytes before it
 *  16  u8[8]  span id                     4  u32 kind, and the length of its bytes << 3
 *  24  u8[8]  parent's span id            8  f64 number, or u32 address of the bytes
 *  32  u32    flags                      16  u8[48] a short string, if the host wants to keep it here
 *  36  u32    1 when there is a parent
 *  40  u32    kind, as OTLP counts it
 *  44  u32    status code
 *  48  u32    address, 52 u32 length: name
 *  56  u32    address, 60 u32 length: status message
 *  64  u32    address, 68 u32 length: trace state
 *  72  f64    seconds, 80 f64 nanoseconds: start
 *  88  f64    seconds, 96 f64 nanoseconds: end
 * 104  u32    attributes
 * 108  u32    dropped attributes, 112 u32 dropped events, 116 u32 dropped links
 * 120  u32    address, 124 u32 length: events and links, finished fields of Span
 * 128  u32    address of the first slot
 *
 * An entry of the queue: u64 head, then a span's fields as protobuf has them, but for the attributes.
 *   bits  0..19  bytes after the head
 *   bits 20..39  bytes of the span on the wire, without its tag and length
 *   bits 40..55  bytes of the fields before the attributes
 *   bits 56..63  attributes; each: u16 address of its key's chunk >> 2, varint length of the value, value
 */

export const ABI_VERSION: u32 = 2;

export const RECORD: u32 = 1024;
export const ATTRIBUTES: u32 = 1280;
export const ATTRIBUTE_CAPACITY: u32 = 128;
export const ATTRIBUTE_STRIDE: u32 = 64;
export const TEXT: u32 = 9472;
export const TEXT_BYTES: u32 = 32768;
export const NAMES: u32 = 42240;
export const NAMES_BYTES: u32 = 32768;
export const FORMS: u32 = 75008;
export const FORMS_BYTES: u32 = 32768;
export const QUEUE: u32 = 107776;

/** From there to NAMES; a copy may overwrite 16 bytes more than it is long. */
export const SCRATCH: u32 = ATTRIBUTES;
export const SCRATCH_BYTES: u32 = NAMES - ATTRIBUTES - 16;

/** Entries up to this many bytes fit SCRATCH when they are written out, with 128 of the longest keys. */
export const ENTRY_BYTES: u32 = 24576;

/** The host reads here how far `writeOut` came. */
export const RESULT: u32 = 1016;

/** Where a short string lies in its slot, and how long it can be. */
export const SLOT_TEXT: u32 = 16;
export const SLOT_TEXT_BYTES: u32 = 48;

/** Longest key, in UTF-8 bytes, that fits a chunk: its length takes one byte. */
export const KEY_BYTES: u32 = 120;

/** No span of this module is longer: TEXT, 128 chunks with 128 short strings, and less than 32 bytes around
 * each value and fixed field. */
export const SPAN_BYTES: u32 = 65536;

export const KIND_STRING: u32 = 1;
export const KIND_NUMBER: u32 = 2;
export const KIND_BOOL: u32 = 3;
/** A finished `AnyValue`. */
export const KIND_RAW: u32 = 4;
