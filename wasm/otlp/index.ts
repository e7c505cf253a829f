/**
 * The OTLP module: encodes one span at a time, at the address that the host names. What is queued is protobuf but for
 * the keys of attributes, which stand in the table of names once; they are put in when spans are written out. It keeps
 * nothing between calls; the queue and the table are the host's, which only lie in this memory.
 */

export { sealEntry, wireBytes, writeOut } from './entry';
export {
  ABI_VERSION,
  ATTRIBUTE_CAPACITY,
  ATTRIBUTE_STRIDE,
  ATTRIBUTES,
  ENTRY_BYTES,
  FORMS,
  FORMS_BYTES,
  KEY_BYTES,
  KIND_BOOL,
  KIND_NUMBER,
  KIND_RAW,
  KIND_STRING,
  NAMES,
  NAMES_BYTES,
  QUEUE,
  RECORD,
  RESULT,
  SCRATCH,
  SCRATCH_BYTES,
  SLOT_TEXT,
  SLOT_TEXT_BYTES,
  SPAN_BYTES,
  TEXT,
  TEXT_BYTES,
} from './layout';
export { encodeSpan } from './span';
