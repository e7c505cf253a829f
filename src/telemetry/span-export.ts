/** From ended spans to accounts: what stands between the tracer and whatever carries batches away. */

import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { BatchOutcome, SpanAccounts } from './span-accounts.ts';

/** Carries batches away. Never rejects: a failure is an outcome. */
export interface SpanSink {
  export(spans: readonly ReadableSpan[]): Promise<BatchOutcome>;
  /** Releases connections; batches in flight may be given up. */
  shutdown(): Promise<void>;
}

/** Told when loss begins and ends, and when the backend goes away and comes back. */
export interface ExportObserver {
  lossBegan(reason: string): void;
  lossEnded(lostCount: number): void;
  backendFailed(message: string): void;
  backendRecovered(): void;
}

/**
 * Lets `inner` batch what fits into `capacityCount` and counts the rest as `queue_full`. The bound is kept here, so that
 * a batching processor of any make can lose nothing by itself.
 */
export class CountingSpanProcessor implements SpanProcessor {
  readonly #inner: SpanProcessor;
  readonly #accounts: SpanAccounts;
  readonly #capacityCount: number;
  readonly #observer: ExportObserver;
  #lostCount = 0;
  #isStopped = false;

  constructor(
    inner: SpanProcessor,
    accounts: SpanAccounts,
    capacityCount: number,
    observer: ExportObserver,
  ) {
    this.#inner = inner;
    this.#accounts = accounts;
    this.#capacityCount = capacityCount;
    this.#observer = observer;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#isStopped) {
      this.#accounts.refuse('shutdown');
      return;
    }
    const { waitingCount } = this.#accounts;
    if (waitingCount >= this.#capacityCount) {
      this.#lose();
      return;
    }
    if (this.#lostCount > 0 && waitingCount * 2 < this.#capacityCount) this.#endLoss();
    this.#accounts.enqueue();
    this.#inner.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#isStopped = true;
    return this.#inner.shutdown();
  }

  #lose(): void {
    this.#accounts.refuse('queue_full');
    this.#lostCount += 1;
    if (this.#lostCount === 1) this.#observer.lossBegan('queue_full');
  }

  #endLoss(): void {
    this.#observer.lossEnded(this.#lostCount);
    this.#lostCount = 0;
  }
}

/** Sends batches through `sink` within `timeoutMs` each, and books what became of them. */
export class BatchCourier {
  readonly #sink: SpanSink;
  readonly #accounts: SpanAccounts;
  readonly #timeoutMs: number;
  readonly #observer: ExportObserver;
  readonly #pending = new Set<Promise<BatchOutcome>>();
  #isFailing = false;

  constructor(sink: SpanSink, accounts: SpanAccounts, timeoutMs: number, observer: ExportObserver) {
    this.#sink = sink;
    this.#accounts = accounts;
    this.#timeoutMs = timeoutMs;
    this.#observer = observer;
  }

  async send(spans: readonly ReadableSpan[]): Promise<BatchOutcome> {
    const ticket = this.#accounts.takeBatch(spans.length);
    const sending = withTimeout(this.#sink.export(spans), this.#timeoutMs);
    this.#pending.add(sending);
    const outcome = await sending;
    this.#pending.delete(sending);
    ticket.settle(outcome);
    this.#observe(outcome);
    return outcome;
  }

  /** Settles when all batches that are on their way now have an outcome. */
  async idle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  shutdown(): Promise<void> {
    return this.#sink.shutdown();
  }

  #observe(outcome: BatchOutcome): void {
    const hasFailed = outcome.result !== 'accepted';
    if (hasFailed && !this.#isFailing) this.#observer.backendFailed(outcome.message);
    if (!hasFailed && this.#isFailing) this.#observer.backendRecovered();
    this.#isFailing = hasFailed;
  }
}

function withTimeout(outcome: Promise<BatchOutcome>, timeoutMs: number): Promise<BatchOutcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ result: 'dropped', reason: 'timeout', message: `no answer in ${timeoutMs} ms` });
    }, timeoutMs);
    outcome
      .catch((error: unknown) => ({
        result: 'dropped' as const,
        reason: 'exporter',
        message: String(error),
      }))
      .then((value) => {
        clearTimeout(timer);
        resolve(value);
      });
  });
}
