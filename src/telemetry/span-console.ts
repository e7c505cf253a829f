/** Spans as JSON lines, one per span: `OTEL_TRACES_EXPORTER=console`. */

import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { SUCCESS } from './export/export-result.ts';
import type { LineWriter } from './log-lines.ts';

export function createConsoleSpanExporter(write: LineWriter): SpanExporter {
  return {
    export: (spans, done) => {
      for (const span of spans) write(JSON.stringify(toPlainSpan(span)), 'info');
      done({ code: SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  };
}

/** A span as plain data for a person or a page to read. */
export function toPlainSpan(span: ReadableSpan) {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: SpanKind[span.kind],
    startedAtMs: toMs(span.startTime),
    durationMs: toMs(span.duration),
    status: { code: SpanStatusCode[span.status.code], message: span.status.message ?? '' },
    attributes: span.attributes,
    events: span.events.map((event) => ({
      name: event.name,
      atMs: toMs(event.time),
      attributes: event.attributes ?? {},
    })),
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      attributes: link.attributes ?? {},
    })),
  };
}

function toMs([seconds, nanoseconds]: ReadableSpan['startTime']): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
