/**
 * The batch processor of the lean tracer: a span is encoded when it ends, and only its bytes wait. It takes any
 * `ReadableSpan`, so that it can also stand behind a processor that keeps or changes spans first.
 */

import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { ExportAccounts } from '../export/accounts.ts';
import type { DropReason } from '../export/export-batch.ts';
import { createLossLog, type LossLog, type LossReport } from '../export/loss-log.ts';
import type { OtlpTransport } from '../export/otlp-transport.ts';
import type { OtlpTransportHealth } from '../export/transport-health.ts';
import { reportToDiag } from '../export/transport-options.ts';
import { EncodedQueue } from './encoded-queue.ts';
import { LeanSpan } from './lean-span.ts';
import { OtlpMemory } from './otlp-module.ts';

export interface EncodingProcessorOptions {
  /** `build/otlp.wasm`; see `load-file.ts` and `load-module.ts`. */
  readonly module: WebAssembly.Module;
  /** For traces, in protobuf, used by nobody else: its books are part of this processor's. */
  readonly transport: OtlpTransport;
  /** Spans waiting; the newest over it are dropped. Those on the wire come on top, two batches at most. */
  readonly maxQueueItems?: number;
  readonly maxQueueBytes?: number;
  readonly maxBatchItems?: number;
  /**
   * Longest time that a span waits for others, milliseconds; null for no timer: then only `flush` exports, as Workers
   * need it, where a timer dies with the request that set it.
   */
  readonly scheduleDelayMs?: number | null;
  readonly clock?: Clock;
  /** Calls back after a delay, and returns what cancels it; on `clock` when absent. */
  readonly schedule?: (delayMs: number, callback: () => void) => () => void;
  readonly report?: (report: LossReport) => void;
}

export interface EncodingProcessor extends SpanProcessor {
  /** From now on spans leave only when flushed, as with `scheduleDelayMs` null. */
  hold(): void;
  /** Exports all that waits. Resolves when it has been answered, or after `timeoutMs`; never rejects. */
  flush(timeoutMs?: number): Promise<void>;
  /** Of this processor and its transport together: started = exported + rejected + dropped + queued. */
  accounts(): ExportAccounts;
  /** Of the transport. */
  health(): OtlpTransportHealth;
  queue(): { readonly itemCount: number; readonly bytes: number; readonly memoryBytes: number };
}

/** The first three are the defaults of `OTEL_BSP_*` (opentelemetry-specification, environment variables). */
const DEFAULTS = {
  maxQueueItems: 2_048,
  maxBatchItems: 512,
  scheduleDelayMs: 5_000,
  maxQueueBytes: 8 * 1024 * 1024,
} as const;

/** Batches handed to the transport and not answered yet; more of them wait here, in less memory. */
const MAX_OUTSTANDING_BATCHES = 2;
/** The default timeout of an OTLP export, milliseconds. */
const DEFAULT_FLUSH_MS = 10_000;
const SAMPLED_FLAG = 0x01;

/** @throws {TypeError} when `module` is not the OTLP module. */
export function createEncodingProcessor(options: EncodingProcessorOptions): EncodingProcessor {
  return new Processor(options);
}

class Processor implements EncodingProcessor {
  readonly #transport: OtlpTransport;
  readonly #clock: Clock;
  readonly #createQueue: () => EncodedQueue;
  #madeQueue: EncodedQueue | null = null;
  readonly #losses: LossLog;
  readonly #maxBatchItems: number;
  #scheduleDelayMs: number | null;
  readonly #schedule: NonNullable<EncodingProcessorOptions['schedule']>;
  readonly #droppedCounts: Partial<Record<DropReason, number>> = {};
  #startedCount = 0;
  #outstandingCount = 0;
  #cancelDelay: (() => void) | null = null;
  #cancelUrgent: (() => void) | null = null;
  #isShutDown = false;

  constructor(options: EncodingProcessorOptions) {
    const { maxQueueItems, maxQueueBytes, maxBatchItems } = { ...DEFAULTS, ...options };
    this.#transport = options.transport;
    this.#clock = options.clock ?? systemClock;
    this.#maxBatchItems = Math.min(maxBatchItems, maxQueueItems);
    this.#scheduleDelayMs =
      options.scheduleDelayMs === undefined ? DEFAULTS.scheduleDelayMs : options.scheduleDelayMs;
    this.#schedule = options.schedule ?? scheduleOn(this.#clock);
    this.#losses = createLossLog('traces', options.report ?? reportToDiag);
    const bounds = { maxItems: maxQueueItems, maxBytes: maxQueueBytes };
    const memory = new OtlpMemory(options.module);
    this.#createQueue = () =>
      new EncodedQueue({ memory, ...bounds, maxBatchItems: this.#maxBatchItems });
  }

  /** Made with the first span, not with the program. */
  get #queue(): EncodedQueue {
    this.#madeQueue ??= this.#createQueue();
    return this.#madeQueue;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const flags =
      span instanceof LeanSpan ? span.identity.traceFlags : span.spanContext().traceFlags;
    if ((flags & SAMPLED_FLAG) === 0) return;
    this.#startedCount += 1;
    if (this.#isShutDown) this.#drop('shutdown');
    else if (!this.#queue.add(span)) this.#drop('queue_full');
    else this.#plan();
  }

  hold(): void {
    this.#scheduleDelayMs = null;
    this.#cancelDelay?.();
    this.#cancelUrgent?.();
    this.#cancelDelay = null;
    this.#cancelUrgent = null;
  }

  async flush(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<void> {
    const deadlineMs = this.#clock.monotonicMs() + timeoutMs;
    for (;;) {
      const beforeCount = this.#queue.itemCount;
      while (this.#hasTransportRoom() && this.#sendBatch());
      await this.#transport.flush(Math.max(0, deadlineMs - this.#clock.monotonicMs()));
      const isStuck = this.#queue.itemCount >= beforeCount;
      if (this.#queue.itemCount === 0 || isStuck || this.#clock.monotonicMs() >= deadlineMs) return;
    }
  }

  forceFlush(): Promise<void> {
    return this.flush();
  }

  async shutdown(): Promise<void> {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    this.#cancelDelay?.();
    this.#cancelUrgent?.();
    await this.flush();
    while (this.#sendBatch()); // What has no room any more is counted there.
    await this.#transport.shutdown();
  }

  accounts(): ExportAccounts {
    const sent = this.#transport.accounts();
    const droppedCounts: Partial<Record<DropReason, number>> = { ...sent.droppedCounts };
    for (const [reason, count] of Object.entries(this.#droppedCounts) as [DropReason, number][]) {
      droppedCounts[reason] = (droppedCounts[reason] ?? 0) + count;
    }
    return {
      startedCount: this.#startedCount,
      exportedCount: sent.exportedCount,
      rejectedCount: sent.rejectedCount,
      droppedCounts,
      queuedCount: this.#queue.itemCount + sent.queuedCount,
    };
  }

  health(): OtlpTransportHealth {
    return this.#transport.health();
  }

  queue(): { readonly itemCount: number; readonly bytes: number; readonly memoryBytes: number } {
    const { itemCount, bytes, memoryBytes } = this.#queue;
    return { itemCount, bytes, memoryBytes };
  }

  #drop(reason: DropReason): void {
    this.#droppedCounts[reason] = (this.#droppedCounts[reason] ?? 0) + 1;
    this.#losses.lose(reason, 1, this.#clock.monotonicMs());
  }

  /** A full batch goes at once, but not in the call that ended a span; fewer spans go when the delay is over. */
  #plan(): void {
    if (this.#scheduleDelayMs === null || this.#isShutDown) return;
    if (this.#queue.itemCount >= this.#maxBatchItems) {
      this.#cancelUrgent ??= this.#schedule(0, () => {
        this.#cancelUrgent = null;
        this.#sendFullBatches();
      });
    }
    this.#cancelDelay ??= this.#schedule(this.#scheduleDelayMs, () => {
      this.#cancelDelay = null;
      this.#sendAllowed();
    });
  }

  #sendFullBatches(): void {
    while (this.#queue.itemCount >= this.#maxBatchItems && this.#canSend()) this.#sendBatch();
  }

  #sendAllowed(): void {
    while (this.#canSend() && this.#sendBatch());
  }

  #hasTransportRoom(): boolean {
    const { queueCapacityItems } = this.#transport.health();
    return this.#transport.accounts().queuedCount + this.#maxBatchItems <= queueCapacityItems;
  }

  #canSend(): boolean {
    return this.#outstandingCount < MAX_OUTSTANDING_BATCHES;
  }

  /** @returns false when nothing waits. */
  #sendBatch(): boolean {
    const batch = this.#queue.take();
    if (batch === null) return false;
    const sentAtMs = this.#clock.monotonicMs();
    this.#outstandingCount += 1;
    void this.#transport.send(batch).then(({ exportedCount }) => {
      this.#outstandingCount -= 1;
      if (exportedCount > 0) this.#losses.recover(sentAtMs, this.#clock.monotonicMs());
      this.#sendFullBatches();
      if (this.#queue.itemCount > 0) this.#plan();
    });
    return true;
  }
}

/** Made once: a reason of the platform's own is an error with a stack. */
const NO_LONGER_NEEDED = new Error('no longer needed');

function scheduleOn(clock: Clock): NonNullable<EncodingProcessorOptions['schedule']> {
  return (delayMs, callback) => {
    const cancel = new AbortController();
    clock.sleep(delayMs, cancel.signal).then(callback, () => undefined);
    return () => cancel.abort(NO_LONGER_NEEDED);
  };
}
