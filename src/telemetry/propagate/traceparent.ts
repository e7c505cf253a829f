/** The `traceparent` header: W3C Trace Context level 2, "Traceparent Header", https://www.w3.org/TR/trace-context-2/. */

import type { SpanContext } from '@opentelemetry/api';

/** The header's name, in lower case as senders should write it. */
export const TRACEPARENT_HEADER = 'traceparent';

/** The caller may have recorded the trace. */
export const FLAG_SAMPLED = 0x01;

/** At least the 7 rightmost bytes of the trace id are random (level 2). */
export const FLAG_RANDOM = 0x02;

/** Length of a version-00 header, and the shortest that a later version may have. */
const VERSION_00_CHARS = 55;

/** Later versions may append fields; anything longer is refused unread. A bound of ours. */
const MAX_CHARS = 512;

/**
 * The four fields at their fixed places; a later version may go on after a dash. Hexadecimal is lower case only. A comma
 * is where `Headers` has joined two of them.
 */
const FORMAT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-[^,]*)?$/;

const ZERO_TRACE_ID = '0'.repeat(32);
const ZERO_PARENT_ID = '0'.repeat(16);

/** What a valid header says. */
export interface Traceparent {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly parentId: string;
  /** Only the flags that this version knows: `FLAG_SAMPLED` and `FLAG_RANDOM`. */
  readonly flags: number;
}

/**
 * Reads one header value; surrounding spaces and tabs are allowed. Null when it must be ignored, which restarts the
 * trace. Of a version later than 00 only the sampled flag is understood.
 */
export function parseTraceparent(value: string): Traceparent | null {
  if (value.length > MAX_CHARS) return null;
  const header = trimWhitespace(value);
  const [, version, traceId, parentId, flags] = FORMAT.exec(header) ?? [];
  if (!version || !traceId || !parentId || !flags) return null;
  if (version === 'ff' || traceId === ZERO_TRACE_ID || parentId === ZERO_PARENT_ID) return null;
  if (version === '00' && header.length !== VERSION_00_CHARS) return null;
  const known = version === '00' ? FLAG_SAMPLED | FLAG_RANDOM : FLAG_SAMPLED;
  return { traceId, parentId, flags: Number.parseInt(flags, 16) & known };
}

/** Writes a version-00 header; flags that this version does not know are zero, as it demands. */
export function formatTraceparent(spanContext: SpanContext, flags: number): string {
  const known = flags & (FLAG_SAMPLED | FLAG_RANDOM);
  return `00-${spanContext.traceId}-${spanContext.spanId}-0${known}`;
}

/** Cuts the optional whitespace of HTTP (space and tab, RFC 9110 section 5.6.3) from both ends. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start += 1;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
