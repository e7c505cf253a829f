/**
 * The OTLP module: encodes one span at a time into protobuf, at the address that the host names. It keeps nothing
 * between calls; the queue of finished spans and the table of names are the host's, which only lie in this memory.
 */

export {
  ABI_VERSION,
  ATTRIBUTE_CAPACITY,
  ATTRIBUTE_STRIDE,
  ATTRIBUTES,
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
  SLOT_TEXT,
  SLOT_TEXT_BYTES,
  SPAN_BYTES,
  TEXT,
  TEXT_BYTES,
} from './layout';
export { encodeSpan } from './span';
