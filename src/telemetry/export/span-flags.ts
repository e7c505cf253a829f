/** The 32 flags of a span or link in OTLP (`trace/v1/trace.proto`, `SpanFlags`). */

const TRACE_FLAGS_MASK = 0xff;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/**
 * @param traceFlags - the W3C flags of the context.
 * @param isRemote - of the parent for a span, of the linked context for a link; absent means not remote.
 */
export function toSpanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & TRACE_FLAGS_MASK) | HAS_IS_REMOTE | (isRemote === true ? IS_REMOTE : 0);
}
