/** The trace that an opportunity names as its own. */

import { isSpanContextValid, type Span, TraceFlags } from '@opentelemetry/api';

/** Trace id of `span`, 32 hex digits; null when the span is not sampled. */
export function traceIdOf(span: Span): string | null {
  const spanContext = span.spanContext();
  const isSampled = (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0;
  return isSpanContextValid(spanContext) && isSampled ? spanContext.traceId : null;
}
