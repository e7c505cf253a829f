/** Recorded spans as plain JSON. */

import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TraceSummary } from '../telemetry/telemetry.ts';
import type { SpanJson, TraceJson } from './schemas/trace.ts';

/** Internals that a client has no use for; a backend gets them. */
const HIDDEN_ATTRIBUTES = ['exception.stacktrace'];

const KINDS = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
} as const;

const STATUSES = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
} as const;

/** A trace with its spans in the order of their start, parents before children. */
export function toTraceJson(summary: TraceSummary): TraceJson {
  const spans = summary.spans.map(toSpanJson).sort(compareByStart);
  return {
    traceId: summary.traceId,
    rootName: summary.rootName,
    startedAtMs: summary.startedAtMs,
    durationMs: summary.durationMs,
    hasError: summary.hasError,
    spansCount: spans.length,
    spans,
  };
}

/** Clocks are coarse: of spans that start together, the one that lasts longer is the parent. */
function compareByStart(a: SpanJson, b: SpanJson): number {
  return a.startedAtMs - b.startedAtMs || b.durationMs - a.durationMs;
}

function toSpanJson(span: ReadableSpan): SpanJson {
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: KINDS[span.kind],
    startedAtMs: toMs(span.startTime),
    durationMs: toMs(span.duration),
    status: STATUSES[span.status.code],
    statusMessage: span.status.message ?? null,
    attributes: toAttributesJson(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      atMs: toMs(event.time),
      attributes: toAttributesJson(event.attributes ?? {}),
    })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
  };
}

/** JSON has no NaN and no infinity: they become strings. */
function toAttributesJson(attributes: Attributes): SpanJson['attributes'] {
  const shown = Object.entries(attributes).filter(([key]) => !HIDDEN_ATTRIBUTES.includes(key));
  return Object.fromEntries(shown.map(([key, value]) => [key, toValueJson(value)]));
}

function toValueJson(value: Attributes[string]): SpanJson['attributes'][string] {
  if (Array.isArray(value)) return value.map((item) => toScalarJson(item));
  return value === undefined ? null : toScalarJson(value);
}

function toScalarJson<Scalar>(value: Scalar): NonNullable<Scalar> | string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value ?? null;
}

function toMs([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
