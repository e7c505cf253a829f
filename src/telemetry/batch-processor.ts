/** Ended spans in batches: a full batch leaves at once, a partial one after a delay. Waiting is bounded by the sink. */

import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { BatchConfig } from './config.ts';
import type { ExportAccounts } from './export/accounts.ts';
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
  readonly #schedule: Schedule;
  #waiting: ReadableSpan[] = [];
  #cancelTimer: (() => void) | null = null;
  #isStopped = false;

  constructor(sink: SpanSink, batch: BatchConfig, schedule: Schedule = scheduleOnTimer) {
    this.#sink = sink;
    this.#batch = batch;
    this.#schedule = schedule;
  }

  onStart(): void {}

  /** Only sampled spans leave the process. After a shutdown the sink books them as dropped. */
  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.#waiting.push(span);
    const isFull = this.#waiting.length >= this.#batch.maxBatchCount;
    if (isFull || this.#isStopped) this.#sendWaiting();
    else this.#startTimer();
  }

  async forceFlush(): Promise<void> {
    this.#sendWaiting();
    await this.#sink.flush(this.#batch.exportTimeoutMs);
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
      startedCount: accounts.startedCount + waitingCount,
      queuedCount: accounts.queuedCount + waitingCount,
    };
  }

  health(): ReturnType<SpanSink['health']> {
    return this.#sink.health();
  }

  #sendWaiting(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#waiting.length === 0) return;
    const spans = this.#waiting;
    this.#waiting = [];
    this.#sink.send(spans);
  }

  #startTimer(): void {
    this.#cancelTimer ??= this.#schedule(this.#batch.scheduleDelayMs, () => {
      this.#cancelTimer = null;
      this.#sendWaiting();
    });
  }
}
