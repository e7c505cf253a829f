/** The last traces in memory, for those without a backend: a span processor with bounds, and the list it serves. */

import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { hrTimeToMs } from './hr-time.ts';
import { ATTR } from './names.ts';
import { hasError, isAboveZero, isLocalRoot, toTraceKey, traceKeyOf } from './recent-span.ts';
import type { RecentTraces, TraceSummary } from './telemetry.ts';

export interface RecentTracesOptions {
  /** Finished traces kept; as many unfinished ones are followed. 0: none. */
  readonly maxTracesCount: number;
  /** Spans kept per trace; later ones are left out. Default 500. */
  readonly maxSpansPerTraceCount?: number;
}

export interface RecentTracesStore extends RecentTraces, SpanProcessor {}

interface Trace {
  readonly key: number;
  /** The span without a local parent that ended last; null while it runs. */
  root: ReadableSpan | null;
  readonly spans: ReadableSpan[];
  hasError: boolean;
  /** Has an error or an opportunity that was opened: it outlives the ordinary. */
  isNotable: boolean;
  /** Order in which roots ended. */
  sequence: number;
}

/** Finished traces by key, each map in the order in which roots ended. */
interface Finished {
  readonly ordinary: Map<number, Trace>;
  readonly notable: Map<number, Trace>;
}

/**
 * Collects ended spans by trace. A trace shows once its local root ended. When the list is full, the oldest trace
 * without an error or a find goes first, so that these outlive the ordinary; only when they fill more than half does
 * the oldest of them go.
 */
export function createRecentTraces(options: RecentTracesOptions): RecentTracesStore {
  const { maxTracesCount, maxSpansPerTraceCount = 500 } = options;
  const running = new Map<number, Trace>();
  const finished: Finished = { ordinary: new Map(), notable: new Map() };
  const find = (key: number) => finished.ordinary.get(key) ?? finished.notable.get(key);
  let sequence = 0;

  const onEnd = (span: ReadableSpan): void => {
    if (maxTracesCount === 0) return;
    const key = traceKeyOf(span);
    const known = find(key);
    const isRoot = isLocalRoot(span);
    const trace = known ?? running.get(key) ?? createTrace(key);
    if (trace.spans.length < maxSpansPerTraceCount || isRoot) trace.spans.push(span);
    trace.hasError ||= hasError(span);
    trace.isNotable ||= trace.hasError || isAboveZero(span, ATTR.opportunitiesOpenedCount);
    if (isRoot) {
      trace.root = span;
      sequence += 1;
      trace.sequence = sequence;
    }
    if (isRoot || known !== undefined) keep(finished, running, trace, maxTracesCount);
    else follow(running, trace, maxTracesCount);
  };
  return {
    onStart: (_span: ReadableSpan, _context: Context) => {},
    onEnd,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    list: (limit) =>
      [...finished.ordinary.values(), ...finished.notable.values()]
        .sort((a, b) => b.sequence - a.sequence)
        .slice(0, limit)
        .flatMap(summarise),
    get: (traceId) => {
      const trace = find(toTraceKey(traceId));
      return trace === undefined ? null : (summarise(trace)[0] ?? null);
    },
  };
}

function createTrace(key: number): Trace {
  return { key, root: null, spans: [], hasError: false, isNotable: false, sequence: 0 };
}

/** Keeps an unfinished trace; the oldest of too many is forgotten. */
function follow(running: Map<number, Trace>, trace: Trace, maxCount: number): void {
  if (running.has(trace.key)) return;
  const oldest = running.keys().next();
  if (running.size >= maxCount && !oldest.done) running.delete(oldest.value);
  running.set(trace.key, trace);
}

/** Puts a trace whose root ended in its map, at the end, and makes room for it. */
function keep(
  finished: Finished,
  running: Map<number, Trace>,
  trace: Trace,
  maxCount: number,
): void {
  const { key } = trace;
  running.delete(key);
  finished.ordinary.delete(key);
  finished.notable.delete(key);
  if (finished.ordinary.size + finished.notable.size >= maxCount) evict(finished, maxCount);
  (trace.isNotable ? finished.notable : finished.ordinary).set(key, trace);
}

function evict({ ordinary, notable }: Finished, maxCount: number): void {
  const isFullOfNotable = notable.size * 2 > maxCount || ordinary.size === 0;
  const victims = isFullOfNotable ? notable : ordinary;
  const oldest = victims.keys().next();
  if (!oldest.done) victims.delete(oldest.value);
}

function summarise(trace: Trace): readonly TraceSummary[] {
  const { root } = trace;
  if (root === null) return [];
  return [
    {
      traceId: root.spanContext().traceId,
      rootName: root.name,
      startedAtMs: hrTimeToMs(root.startTime),
      durationMs: hrTimeToMs(root.duration),
      hasError: trace.hasError,
      spans: inOrder(trace.spans),
    },
  ];
}

/** By start; within one millisecond, which is all that the SDK's start times resolve, parents before children. */
function inOrder(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const depths = new Map(spans.map((span) => [span, depthOf(span, byId)]));
  return spans.toSorted(
    (a, b) =>
      hrTimeToMs(a.startTime) - hrTimeToMs(b.startTime) ||
      (depths.get(a) ?? 0) - (depths.get(b) ?? 0),
  );
}

function depthOf(span: ReadableSpan, byId: ReadonlyMap<string, ReadableSpan>): number {
  let depth = 0;
  let parent = byId.get(span.parentSpanContext?.spanId ?? '');
  for (; parent !== undefined && depth < byId.size; depth += 1) {
    parent = byId.get(parent.parentSpanContext?.spanId ?? '');
  }
  return depth;
}
