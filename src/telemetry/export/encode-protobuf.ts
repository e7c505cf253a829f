/** `ReadableSpan`s to an `ExportTraceServiceRequest` in protobuf, in plain TypeScript. */

import type { Link, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { toUnixNanos } from './any-value.ts';
import { groupSpans, type ResourceGroup, type ScopeGroup } from './group-spans.ts';
import { hexToBytes } from './hex.ts';
import { writeAttributes, writeResource, writeScope } from './protobuf-values.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { toSpanFlags } from './span-flags.ts';

type TimedEvent = ReadableSpan['events'][number];

/** Field numbers are those of `trace/v1/trace.proto` and `collector/trace/v1/trace_service.proto`. */
const REQUEST_RESOURCE_SPANS = 1;
const RESOURCE_SPANS = { resource: 1, scopeSpans: 2, schemaUrl: 3 } as const;
const SCOPE_SPANS = { scope: 1, spans: 2, schemaUrl: 3 } as const;
const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTimeUnixNano: 7,
  endTimeUnixNano: 8,
  attributes: 9,
  droppedAttributesCount: 10,
  events: 11,
  droppedEventsCount: 12,
  links: 13,
  droppedLinksCount: 14,
  status: 15,
  flags: 16,
} as const;
const EVENT = { timeUnixNano: 1, name: 2, attributes: 3, droppedAttributesCount: 4 } as const;
const LINK = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  attributes: 4,
  droppedAttributesCount: 5,
  flags: 6,
} as const;
const STATUS = { message: 2, code: 3 } as const;

/** One request with all the spans, grouped by resource and scope. */
export function encodeTracesProtobuf(spans: readonly ReadableSpan[]): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter(256 + spans.length * 256);
  for (const group of groupSpans(spans)) writeResourceSpans(writer, group);
  return writer.finish();
}

function writeResourceSpans(writer: ProtobufWriter, group: ResourceGroup): void {
  const mark = writer.open(REQUEST_RESOURCE_SPANS);
  writeResource(writer, RESOURCE_SPANS.resource, group.resource.attributes);
  for (const scope of group.scopes) writeScopeSpans(writer, scope);
  if (group.resource.schemaUrl) writer.string(RESOURCE_SPANS.schemaUrl, group.resource.schemaUrl);
  writer.close(mark);
}

function writeScopeSpans(writer: ProtobufWriter, { scope, spans }: ScopeGroup): void {
  const mark = writer.open(RESOURCE_SPANS.scopeSpans);
  writeScope(writer, SCOPE_SPANS.scope, scope);
  for (const span of spans) writeSpan(writer, span);
  if (scope.schemaUrl) writer.string(SCOPE_SPANS.schemaUrl, scope.schemaUrl);
  writer.close(mark);
}

/** One entry of `ScopeSpans.spans`, its tag included: what the queue of finished spans is made of. */
export function writeSpan(writer: ProtobufWriter, span: ReadableSpan): void {
  const mark = writer.open(SCOPE_SPANS.spans);
  writeIdentity(writer, span);
  writer.string(SPAN.name, span.name);
  writer.uint32(SPAN.kind, span.kind + 1); // OTLP has a 0 for "unspecified".
  writer.fixed64(SPAN.startTimeUnixNano, toUnixNanos(span.startTime));
  writer.fixed64(SPAN.endTimeUnixNano, toUnixNanos(span.endTime));
  writeAttributes(writer, SPAN.attributes, span.attributes);
  writeCount(writer, SPAN.droppedAttributesCount, span.droppedAttributesCount);
  for (const event of span.events) writeEvent(writer, event);
  for (const link of span.links) writeLink(writer, link);
  writeCount(writer, SPAN.droppedEventsCount, span.droppedEventsCount);
  writeCount(writer, SPAN.droppedLinksCount, span.droppedLinksCount);
  writeStatus(writer, span.status);
  writer.close(mark);
}

function writeIdentity(writer: ProtobufWriter, span: ReadableSpan): void {
  const spanContext = span.spanContext();
  const parent = span.parentSpanContext;
  writer.bytes(SPAN.traceId, hexToBytes(spanContext.traceId));
  writer.bytes(SPAN.spanId, hexToBytes(spanContext.spanId));
  const traceState = spanContext.traceState?.serialize();
  if (traceState) writer.string(SPAN.traceState, traceState);
  if (parent?.spanId) writer.bytes(SPAN.parentSpanId, hexToBytes(parent.spanId));
  writer.fixed32(SPAN.flags, toSpanFlags(spanContext.traceFlags, parent?.isRemote));
}

/** One entry of `Span.events`, its tag included. */
export function writeEvent(writer: ProtobufWriter, event: TimedEvent): void {
  const mark = writer.open(SPAN.events);
  writer.fixed64(EVENT.timeUnixNano, toUnixNanos(event.time));
  writer.string(EVENT.name, event.name);
  writeAttributes(writer, EVENT.attributes, event.attributes ?? {});
  writeCount(writer, EVENT.droppedAttributesCount, event.droppedAttributesCount);
  writer.close(mark);
}

/** One entry of `Span.links`, its tag included. */
export function writeLink(writer: ProtobufWriter, link: Link): void {
  const mark = writer.open(SPAN.links);
  writer.bytes(LINK.traceId, hexToBytes(link.context.traceId));
  writer.bytes(LINK.spanId, hexToBytes(link.context.spanId));
  const traceState = link.context.traceState?.serialize();
  if (traceState) writer.string(LINK.traceState, traceState);
  writeAttributes(writer, LINK.attributes, link.attributes ?? {});
  writeCount(writer, LINK.droppedAttributesCount, link.droppedAttributesCount);
  writer.fixed32(LINK.flags, toSpanFlags(link.context.traceFlags, link.context.isRemote));
  writer.close(mark);
}

function writeStatus(writer: ProtobufWriter, status: SpanStatus): void {
  if (status.code === 0 && !status.message) return;
  const mark = writer.open(SPAN.status);
  if (status.message) writer.string(STATUS.message, status.message);
  if (status.code !== 0) writer.uint32(STATUS.code, status.code);
  writer.close(mark);
}

function writeCount(writer: ProtobufWriter, field: number, count: number | undefined): void {
  if (count) writer.uint32(field, count);
}
