/** A finished span under another span context: the original is not touched. */

import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { SAMPLING_ATTR } from '../names.ts';
import { FLAG_SAMPLED } from '../propagate/traceparent.ts';
import { weightAttributes } from './decision.ts';
import { withThreshold } from './otel-state.ts';
import type { Threshold } from './threshold.ts';

/** `span` as kept under `threshold` (null: probability unknown) for `reason`, its sampled flag set. */
export function toKeptSpan(
  span: ReadableSpan,
  threshold: Threshold | null,
  reason: string,
): ReadableSpan {
  const {
    [SAMPLING_ATTR.adjustedCount]: _weight,
    [SAMPLING_ATTR.recordThreshold]: _floor,
    ...own
  } = span.attributes;
  const attributes: Attributes = {
    ...own,
    ...weightAttributes(threshold),
    [SAMPLING_ATTR.reason]: reason,
  };
  const spanContext = toKeptContext(span.spanContext(), threshold);
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => spanContext,
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function toKeptContext(spanContext: SpanContext, threshold: Threshold | null): SpanContext {
  const { traceState: own, ...ids } = spanContext;
  const traceState = withThreshold(own, threshold);
  const traceFlags = spanContext.traceFlags | FLAG_SAMPLED;
  return { ...ids, traceFlags, ...(traceState !== undefined && { traceState }) };
}
