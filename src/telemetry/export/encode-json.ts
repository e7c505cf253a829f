/** `ReadableSpan`s to an `ExportTraceServiceRequest` in canonical JSON. */

import type { Link, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { toUnixNanos } from './any-value.ts';
import { groupSpans, type ResourceGroup, type ScopeGroup } from './group-spans.ts';
import {
  toJsonArray,
  toJsonAttributes,
  toJsonObject,
  toJsonResource,
  toJsonScope,
  toJsonString,
} from './json-values.ts';
import { toSpanFlags } from './span-flags.ts';

type TimedEvent = ReadableSpan['events'][number];

/** One request with all the spans, grouped by resource and scope; UTF-8. */
export function encodeTracesJson(spans: readonly ReadableSpan[]): Uint8Array<ArrayBuffer> {
  const resourceSpans = groupSpans(spans).map(toResourceSpans);
  return new TextEncoder().encode(toJsonObject({ resourceSpans: toJsonArray(resourceSpans) }));
}

function toResourceSpans({ resource, scopes }: ResourceGroup): string {
  return toJsonObject({
    resource: toJsonResource(resource.attributes),
    scopeSpans: toJsonArray(scopes.map(toScopeSpans)),
    schemaUrl: toText(resource.schemaUrl),
  });
}

function toScopeSpans({ scope, spans }: ScopeGroup): string {
  return toJsonObject({
    scope: toJsonScope(scope),
    spans: toJsonArray(spans.map(toSpan)),
    schemaUrl: toText(scope.schemaUrl),
  });
}

function toSpan(span: ReadableSpan): string {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  return toJsonObject({
    traceId: toText(traceId),
    spanId: toText(spanId),
    traceState: toText(traceState?.serialize()),
    parentSpanId: toText(parent?.spanId),
    flags: String(toSpanFlags(traceFlags, parent?.isRemote)),
    name: toJsonString(span.name),
    kind: String(span.kind + 1), // OTLP has a 0 for "unspecified".
    startTimeUnixNano: toTime(span.startTime),
    endTimeUnixNano: toTime(span.endTime),
    attributes: toJsonAttributes(span.attributes),
    droppedAttributesCount: toCount(span.droppedAttributesCount),
    events: toJsonArray(span.events.map(toEvent)),
    droppedEventsCount: toCount(span.droppedEventsCount),
    links: toJsonArray(span.links.map(toLink)),
    droppedLinksCount: toCount(span.droppedLinksCount),
    status: toStatus(span.status),
  });
}

function toEvent(event: TimedEvent): string {
  return toJsonObject({
    timeUnixNano: toTime(event.time),
    name: toJsonString(event.name),
    attributes: toJsonAttributes(event.attributes ?? {}),
    droppedAttributesCount: toCount(event.droppedAttributesCount),
  });
}

function toLink({ context, attributes, droppedAttributesCount }: Link): string {
  return toJsonObject({
    traceId: toText(context.traceId),
    spanId: toText(context.spanId),
    traceState: toText(context.traceState?.serialize()),
    attributes: toJsonAttributes(attributes ?? {}),
    droppedAttributesCount: toCount(droppedAttributesCount),
    flags: String(toSpanFlags(context.traceFlags, context.isRemote)),
  });
}

function toStatus(status: SpanStatus): string | null {
  if (status.code === 0 && !status.message) return null;
  return toJsonObject({
    message: toText(status.message),
    code: status.code === 0 ? null : String(status.code),
  });
}

function toText(text: string | undefined): string | null {
  return text ? toJsonString(text) : null;
}

/** 64-bit integers are decimal strings in OTLP/JSON. */
function toTime(time: readonly [number, number]): string {
  return `"${toUnixNanos(time)}"`;
}

function toCount(count: number | undefined): string | null {
  return count ? String(count) : null;
}
