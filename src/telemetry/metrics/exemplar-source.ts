/** Which measurements may become exemplars (`OTEL_METRICS_EXEMPLAR_FILTER`). */

import { type Context, context, type Span, TraceFlags, trace } from '@opentelemetry/api';
import { UnrecordedSpan } from '../lean/non-recording-span.ts';
import type { Exemplar } from './metric-data.ts';

export type ExemplarFilter = 'trace_based' | 'always_on' | 'always_off';

/** Null when the measurement may not become one: without a trace there is nothing to point at. */
export type ExemplarSource = (value: number, given?: Context) => Exemplar | null;

export function createExemplarSource(filter: ExemplarFilter, nowMs: () => number): ExemplarSource {
  if (filter === 'always_off') return () => null;
  return (value, given) => {
    const span = trace.getSpan(given ?? context.active());
    if (span === undefined || (filter === 'trace_based' && !isSampled(span))) return null;
    const { traceId, spanId } = span.spanContext();
    return { value, timeMs: nowMs(), traceId, spanId };
  };
}

/** Asking an unrecorded span for its context would make its ids. */
function isSampled(span: Span): boolean {
  if (span instanceof UnrecordedSpan) return false;
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}
