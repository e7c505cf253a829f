/** Where each span of a trace stands in a waterfall. */

import type { TraceJson } from './api.ts';

export type SpanJson = TraceJson['spans'][number];

export interface WaterfallRow {
  readonly span: SpanJson;
  /** 0 for a root. */
  readonly depth: number;
  /** Start and length as shares of the whole trace, 0..1. */
  readonly startRatio: number;
  readonly lengthRatio: number;
}

export interface Waterfall {
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Parents before children, siblings by start. */
  readonly rows: readonly WaterfallRow[];
}

/** A span whose parent is elsewhere, or was not kept, is a root. */
export function toWaterfall(trace: Pick<TraceJson, 'spans'>): Waterfall {
  const startedAtMs = Math.min(...trace.spans.map((span) => span.startedAtMs));
  const endedAtMs = Math.max(...trace.spans.map((span) => span.startedAtMs + span.durationMs));
  const durationMs = Math.max(endedAtMs - startedAtMs, Number.MIN_VALUE);
  const rows = inTreeOrder(trace.spans).map(({ span, depth }) => ({
    span,
    depth,
    startRatio: (span.startedAtMs - startedAtMs) / durationMs,
    lengthRatio: span.durationMs / durationMs,
  }));
  return { startedAtMs, durationMs, rows };
}

interface Placed {
  readonly span: SpanJson;
  readonly depth: number;
}

function inTreeOrder(spans: readonly SpanJson[]): readonly Placed[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const isRoot = ({ parentSpanId }: SpanJson) => parentSpanId === null || !ids.has(parentSpanId);
  const children = Map.groupBy(
    spans.filter((span) => !isRoot(span)),
    ({ parentSpanId }) => parentSpanId,
  );
  const placed: Placed[] = [];
  const waiting: Placed[] = toWaiting(spans.filter(isRoot), 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    placed.push(next);
    waiting.push(...toWaiting(children.get(next.span.spanId) ?? [], next.depth + 1));
  }
  return placed;
}

/** Last first, to be taken from the end. */
function toWaiting(spans: readonly SpanJson[], depth: number): Placed[] {
  return spans
    .map((span) => ({ span, depth }))
    .sort((a, b) => b.span.startedAtMs - a.span.startedAtMs);
}

/** What a span does, for its colour. */
export function toSpanFamily(span: SpanJson): 'error' | 'detect' | 'exchange' | 'data' | 'request' {
  if (span.status === 'error') return 'error';
  if (span.kind === 'server') return 'request';
  if (span.name.startsWith('exchange.')) return 'exchange';
  if (Object.keys(span.attributes).some((key) => key.startsWith('db.'))) return 'data';
  return 'detect';
}
