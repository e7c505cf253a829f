/** Ended spans in batches: a full batch leaves at once, a partial one after a delay. Waiting is bounded by the sink. */

import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import type { BatchConfig } from './config.ts';
import type { ExportAccounts } from './export/accounts.ts';
import type { LossLog } from './export/loss-log.ts';
import type { SpanSink } from './span-sink.ts';

/** Calls back once after a delay, without keeping the process alive. Returns what cancels it. */
export type Schedule = (delayMs: number, callback: () => void) => () => void;

export const scheduleOnTimer: Schedule = (delayMs, callback) => {
  const timer: unknown = setTimeout(callback, delayMs);
  // Bun, Deno and Node; a number on Workers, where requests and not timers decide what lives.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as { unref(): void }).unref();
  }
  return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
};

export class BatchProcessor implements SpanProcessor {
  readonly #sink: SpanSink;
  readonly #batch: BatchConfig;
  readonly #losses: LossLog;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  #waiting: ReadableSpan[] = [];
  #droppedCount = 0;
  #cancelTimer: (() => void) | null = null;
  /** Spans leave only when flushed. */
  #isHeld = false;
  #isStopped = false;

  constructor(
    sink: SpanSink,
    batch: BatchConfig,
    losses: LossLog,
    clock: Clock,
    schedule: Schedule = scheduleOnTimer,
  ) {
    this.#sink = sink;
    this.#batch = batch;
    this.#losses = losses;
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** From now on spans leave only when flushed; as many wait as a queue may hold, the newest over it are dropped. */
  hold(): void {
    this.#isHeld = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  onStart(): void {}

  /** Only sampled spans leave the process. After a shutdown the sink books them as dropped. */
  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#isHeld && this.#waiting.length >= this.#batch.maxQueueCount) {
      this.#droppedCount += 1;
      this.#losses.lose('queue_full', 1, this.#clock.monotonicMs());
      return;
    }
    this.#waiting.push(span);
    const isFull = !this.#isHeld && this.#waiting.length >= this.#batch.maxBatchCount;
    if (isFull || this.#isStopped) this.#sendWaiting();
    else if (!this.#isHeld) this.#startTimer();
  }

  async forceFlush(): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const isEmpty = this.#waiting.length === 0;
    this.#sendWaiting();
    await this.#sink.flush(this.#batch.exportTimeoutMs);
    if (!isEmpty) this.#losses.recover(startedMs, this.#clock.monotonicMs());
  }

  async shutdown(): Promise<void> {
    this.#isStopped = true;
    this.#sendWaiting();
    await this.#sink.shutdown(this.#batch.exportTimeoutMs);
  }

  /** The sink's accounts and what waits here. */
  accounts(): ExportAccounts {
    const accounts = this.#sink.accounts();
    const waitingCount = this.#waiting.length;
    return {
      ...accounts,
      startedCount: accounts.startedCount + waitingCount + this.#droppedCount,
      droppedCounts: this.#addDropped(accounts.droppedCounts),
      queuedCount: accounts.queuedCount + waitingCount,
    };
  }

  health(): ReturnType<SpanSink['health']> {
    return this.#sink.health();
  }

  #addDropped(counts: ExportAccounts['droppedCounts']): ExportAccounts['droppedCounts'] {
    if (this.#droppedCount === 0) return counts;
    return { ...counts, queue_full: (counts.queue_full ?? 0) + this.#droppedCount };
  }

  #sendWaiting(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const spans = this.#waiting;
    this.#waiting = [];
    const { maxBatchCount } = this.#batch;
    for (let start = 0; start < spans.length; start += maxBatchCount) {
      this.#sink.send(spans.slice(start, start + maxBatchCount));
    }
  }

  #startTimer(): void {
    this.#cancelTimer ??= this.#schedule(this.#batch.scheduleDelayMs, () => {
      this.#cancelTimer = null;
      this.#sendWaiting();
    });
  }
}
