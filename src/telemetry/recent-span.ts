/** What recent traces ask of a span, without making the views that a lean span makes when it is read. */

import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hexToWords } from './lean/hex-words.ts';
import { LeanSpan } from './lean/lean-span.ts';

/** Room for the second word beside the first in the 53 bits of a safe integer. */
const SECOND_WORD_BITS = 2 ** 21;

/** A number that stands for a trace id: 53 of its bits, enough for the few thousand traces that are kept. */
export function toTraceKey(traceId: string): number {
  return toKey(hexToWords(traceId), 0);
}

export function traceKeyOf(span: ReadableSpan): number {
  if (!(span instanceof LeanSpan)) return toTraceKey(span.spanContext().traceId);
  const { traceStart, traceWords } = span.identity;
  return toKey(traceWords, traceStart);
}

function toKey(words: Uint32Array, start: number): number {
  return (words[start] ?? 0) * SECOND_WORD_BITS + ((words[start + 1] ?? 0) >>> 11);
}

/** True for a span without a parent in this process. */
export function isLocalRoot(span: ReadableSpan): boolean {
  if (span instanceof LeanSpan) return span.parentIdentity?.isRemote ?? true;
  return span.parentSpanContext?.isRemote ?? span.parentSpanContext === undefined;
}

export function hasError(span: ReadableSpan): boolean {
  if (span instanceof LeanSpan && span.rare === null) return false;
  return span.status.code === SpanStatusCode.ERROR;
}

/** True when the attribute is a number above 0. */
export function isAboveZero(span: ReadableSpan, key: string): boolean {
  const count = span instanceof LeanSpan ? lastOf(span, key) : span.attributes[key];
  return typeof count === 'number' && count > 0;
}

/** The last value counts where a key comes twice. */
function lastOf({ flatAttributes }: LeanSpan, key: string): unknown {
  for (let index = flatAttributes.length - 2; index >= 0; index -= 2) {
    if (flatAttributes[index] === key) return flatAttributes[index + 1];
  }
  return undefined;
}
