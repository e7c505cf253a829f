/** Which measurements may become exemplars (`OTEL_METRICS_EXEMPLAR_FILTER`). */

import { type Context, context, TraceFlags, trace } from '@opentelemetry/api';
import type { Exemplar } from './metric-data.ts';

export type ExemplarFilter = 'trace_based' | 'always_on' | 'always_off';

/** Null when the measurement may not become one: without a trace there is nothing to point at. */
export type ExemplarSource = (value: number, given?: Context) => Exemplar | null;

export function createExemplarSource(filter: ExemplarFilter, nowMs: () => number): ExemplarSource {
  if (filter === 'always_off') return () => null;
  return (value, given) => {
    const span = trace.getSpanContext(given ?? context.active());
    if (span === undefined) return null;
    const isSampled = (span.traceFlags & TraceFlags.SAMPLED) !== 0;
    if (filter === 'trace_based' && !isSampled) return null;
    return { value, timeMs: nowMs(), traceId: span.traceId, spanId: span.spanId };
  };
}
