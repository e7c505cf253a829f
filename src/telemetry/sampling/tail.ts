/**
 * Tail sampling in the process: recorded spans wait until their trace has ended here, then the trace is kept or let go
 * as a whole: errors, opportunities, the slowest, what the head sampled, and a consistent share of the rest. A bound
 * that is reached decides the oldest trace early; what is let go is counted.
 */

import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { hasError } from '../recent-span.ts';
import { expectNumber } from './bounds.ts';
import { toKeptSpan } from './readable-span.ts';
import { floorOf } from './record-gate.ts';
import type { BufferedTrace, TailBounds } from './tail-buffer.ts';
import { createJudge, type Judge, type JudgeOptions, type KeepReason } from './tail-judge.ts';
import type { Threshold } from './threshold.ts';
import { createVerdicts, type Verdicts } from './verdicts.ts';

/** Where kept spans go, what keeps them, and how much may wait. */
export interface TailOptions extends TailBounds, Omit<JudgeOptions, 'count'> {
  /** Gets the spans that are kept, as if they had been sampled. */
  readonly next: SpanProcessor;
  /** Hears of each of them. */
  readonly onKept?: () => void;
  /** How many of each class and minute are the slowest. */
  readonly slowestCount: number;
  /** A trace older than this is decided although spans are still open. */
  readonly maxWaitMs: number;
}

/** Counts of traces, but where spans are named. */
export interface TailStats {
  readonly bufferedTracesCount: number;
  readonly bufferedSpansCount: number;
  readonly keptCounts: Readonly<Record<KeepReason, number>>;
  readonly letGoCount: number;
  readonly keptSpansCount: number;
  /** Spans of traces that were let go: sampled out, not lost. */
  readonly letGoSpansCount: number;
  /** Decided while spans were open, by the bound that was reached. */
  readonly earlyCounts: Readonly<Record<EarlyCause, number>>;
  /** Spans that ended after their trace was decided. */
  readonly lateSpansCount: number;
}

/** The bound that decided a trace before it had ended. */
export type EarlyCause =
  | 'max_traces'
  | 'max_spans'
  | 'max_spans_per_trace'
  | 'max_wait'
  | 'shutdown';

/** A span processor whose decisions can be read. */
export interface TailProcessor extends SpanProcessor {
  stats(): TailStats;
}

/** @throws {RangeError} when a bound is below 1. */
export function createTailProcessor(options: TailOptions): TailProcessor {
  return new BufferingTailProcessor(options);
}

class BufferingTailProcessor implements TailProcessor {
  readonly #options: TailOptions;
  readonly #judge: Judge;
  readonly #verdicts: Verdicts;
  /** In the order of their beginnings. */
  readonly #traces = new Map<string, BufferedTrace>();
  /** Ended ones, of all traces. */
  #spansCount = 0;
  readonly #kept = { error: 0, opportunity: 0, slow: 0, head: 0, share: 0 };
  readonly #early = {
    max_traces: 0,
    max_spans: 0,
    max_spans_per_trace: 0,
    max_wait: 0,
    shutdown: 0,
  };
  #letGoCount = 0;
  #keptSpansCount = 0;
  #letGoSpansCount = 0;
  #lateSpansCount = 0;

  constructor(options: TailOptions) {
    this.#options = options;
    for (const name of ['maxTraces', 'maxSpans', 'maxSpansPerTrace'] as const) {
      const bound = options[name];
      const isValid = Number.isInteger(bound) && bound >= 1;
      expectNumber(name, bound, isValid, 'a whole number of at least 1');
    }
    this.#judge = createJudge({ ...options, count: options.slowestCount });
    this.#verdicts = createVerdicts(options.maxTraces);
  }

  onStart(span: Span, parentContext: Parameters<SpanProcessor['onStart']>[1]): void {
    this.#options.next.onStart(span, parentContext);
    const { traceId, spanId } = span.spanContext();
    const buffered = this.#traces.get(traceId);
    if (buffered !== undefined) buffered.openCount += 1;
    else if (this.#verdicts.get(traceId) === undefined) this.#open(traceId, spanId, floorOf(span));
  }

  onEnd(span: ReadableSpan): void {
    const buffered = this.#traces.get(span.spanContext().traceId);
    if (buffered === undefined) {
      this.#decideLate(span);
      return;
    }
    buffered.openCount -= 1;
    buffered.spans.push(span);
    this.#spansCount += 1;
    if (buffered.openCount === 0) this.#decide(buffered);
    else if (buffered.spans.length >= this.#options.maxSpansPerTrace) {
      this.#decideEarly(buffered, 'max_spans_per_trace');
    }
    this.#makeRoom();
  }

  onEnding(span: Span): void {
    this.#options.next.onEnding?.(span);
  }

  /** Traces that have not ended stay: another request may own them. */
  async forceFlush(): Promise<void> {
    await this.#options.next.forceFlush();
  }

  async shutdown(): Promise<void> {
    while (this.#decideOldest('shutdown'));
    await this.#options.next.shutdown();
  }

  stats(): TailStats {
    return {
      bufferedTracesCount: this.#traces.size,
      bufferedSpansCount: this.#spansCount,
      keptCounts: { ...this.#kept },
      letGoCount: this.#letGoCount,
      keptSpansCount: this.#keptSpansCount,
      letGoSpansCount: this.#letGoSpansCount,
      earlyCounts: { ...this.#early },
      lateSpansCount: this.#lateSpansCount,
    };
  }

  #open(traceId: string, rootSpanId: string, floor: Threshold): void {
    if (this.#traces.size >= this.#options.maxTraces) this.#decideOldest('max_traces');
    const beganAtMs = this.#options.clock.monotonicMs();
    const opened = { traceId, rootSpanId, beganAtMs, floor, spans: [], openCount: 1 };
    this.#traces.set(traceId, opened);
  }

  #makeRoom(): void {
    while (this.#spansCount > this.#options.maxSpans) this.#decideOldest('max_spans');
    const oldest = this.#oldest();
    if (oldest === undefined) return;
    const waitedMs = this.#options.clock.monotonicMs() - oldest.beganAtMs;
    if (waitedMs > this.#options.maxWaitMs) this.#decideEarly(oldest, 'max_wait');
  }

  #oldest(): BufferedTrace | undefined {
    return this.#traces.values().next().value;
  }

  #decideOldest(cause: EarlyCause): boolean {
    const oldest = this.#oldest();
    if (oldest !== undefined) this.#decideEarly(oldest, cause);
    return oldest !== undefined;
  }

  #decideEarly(buffered: BufferedTrace, cause: EarlyCause): void {
    this.#early[cause] += 1;
    this.#decide(buffered);
  }

  /** A trace of which nothing has ended yet gets no verdict: its spans are judged as they end. */
  #decide(buffered: BufferedTrace): void {
    this.#traces.delete(buffered.traceId);
    this.#spansCount -= buffered.spans.length;
    if (buffered.spans.length === 0) return;
    const verdict = this.#judge.judge(buffered.spans, buffered);
    if (buffered.openCount > 0) this.#verdicts.set(buffered.traceId, verdict);
    if (!verdict.isKept) {
      this.#letGoCount += 1;
      this.#letGoSpansCount += buffered.spans.length;
      return;
    }
    this.#kept[verdict.reason] += 1;
    for (const span of buffered.spans) this.#pass(span, verdict.threshold, verdict.reason);
  }

  /** Follows the verdict on its trace; an error is kept even when the trace was let go, with a weight nobody knows. */
  #decideLate(span: ReadableSpan): void {
    this.#lateSpansCount += 1;
    const { traceId, spanId } = span.spanContext();
    const alone = { rootSpanId: spanId, floor: floorOf(span) };
    const verdict = this.#verdicts.get(traceId) ?? this.#judge.judge([span], alone);
    if (verdict.isKept) this.#pass(span, verdict.threshold, verdict.reason);
    else if (hasError(span)) this.#pass(span, null, 'error');
    else this.#letGoSpansCount += 1;
  }

  #pass(span: ReadableSpan, threshold: Threshold | null, reason: KeepReason): void {
    this.#keptSpansCount += 1;
    this.#options.onKept?.();
    this.#options.next.onEnd(toKeptSpan(span, threshold, reason));
  }
}
