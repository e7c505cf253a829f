/** The last traces in memory, for those without a backend: a span processor with bounds, and the list it serves. */

import type { Context } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { RecentTraces, TraceSummary } from './telemetry.ts';

export interface RecentTracesOptions {
  /** Finished traces kept; as many unfinished ones are followed. 0: none. */
  readonly maxTracesCount: number;
  /** Spans kept per trace; later ones are left out. Default 500. */
  readonly maxSpansPerTraceCount?: number;
}

export interface RecentTracesStore extends RecentTraces, SpanProcessor {}

interface Trace {
  readonly traceId: string;
  /** The span without a local parent that ended last; null while it runs. */
  root: ReadableSpan | null;
  readonly spans: ReadableSpan[];
  hasError: boolean;
}

/**
 * Collects ended spans by trace. A trace shows once its local root ended. When the list is full, the oldest trace
 * without an error goes first, so that errors outlive the ordinary; only when errors fill more than half does the
 * oldest of them go.
 */
export function createRecentTraces(options: RecentTracesOptions): RecentTracesStore {
  const { maxTracesCount, maxSpansPerTraceCount = 500 } = options;
  const running = new Map<string, Trace>();
  const finished = new Map<string, Trace>();

  const onEnd = (span: ReadableSpan): void => {
    if (maxTracesCount === 0) return;
    const { traceId } = span.spanContext();
    const trace =
      finished.get(traceId) ?? running.get(traceId) ?? begin(running, traceId, maxTracesCount);
    if (trace.spans.length < maxSpansPerTraceCount || isLocalRoot(span)) trace.spans.push(span);
    trace.hasError ||= span.status.code === SpanStatusCode.ERROR;
    if (!isLocalRoot(span)) return;
    trace.root = span;
    running.delete(traceId);
    finished.delete(traceId);
    if (finished.size >= maxTracesCount) evict(finished, maxTracesCount);
    finished.set(traceId, trace);
  };
  return {
    onStart: (_span: ReadableSpan, _context: Context) => {},
    onEnd,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    list: (limit) => [...finished.values()].reverse().slice(0, limit).flatMap(summarise),
    get: (traceId) => {
      const trace = finished.get(traceId);
      return trace === undefined ? null : (summarise(trace)[0] ?? null);
    },
  };
}

function begin(running: Map<string, Trace>, traceId: string, maxCount: number): Trace {
  const oldest = running.keys().next();
  if (running.size >= maxCount && !oldest.done) running.delete(oldest.value);
  const trace: Trace = { traceId, root: null, spans: [], hasError: false };
  running.set(traceId, trace);
  return trace;
}

function evict(finished: Map<string, Trace>, maxCount: number): void {
  const traces = [...finished.values()];
  const errorsCount = traces.filter((trace) => trace.hasError).length;
  const victim =
    errorsCount * 2 > maxCount
      ? traces.find((trace) => trace.hasError)
      : traces.find((trace) => !trace.hasError);
  const gone = victim ?? traces[0];
  if (gone !== undefined) finished.delete(gone.traceId);
}

function isLocalRoot(span: ReadableSpan): boolean {
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}

function summarise(trace: Trace): readonly TraceSummary[] {
  const { root } = trace;
  if (root === null) return [];
  return [
    {
      traceId: trace.traceId,
      rootName: root.name,
      startedAtMs: toMs(root.startTime),
      durationMs: toMs(root.duration),
      hasError: trace.hasError,
      spans: trace.spans.toSorted((a, b) => toMs(a.startTime) - toMs(b.startTime)),
    },
  ];
}

function toMs([seconds, nanoseconds]: ReadableSpan['startTime']): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
