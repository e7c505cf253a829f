/**
 * Sends finished OTLP requests of one signal to one destination, and keeps the books. It knows nothing of encoders:
 * bytes and a count come in. It never throws after it was created, never blocks its caller, and is bounded everywhere.
 */

import type { ExportAccounts } from './accounts.ts';
import { canGzip } from './compress.ts';
import { type Delivery, deliver } from './deliver.ts';
import { toDestination } from './endpoint.ts';
import type { BatchOutcome, DropReason, ExportBatch } from './export-batch.ts';
import {
  addOutcomes,
  LOST_AT_SHUTDOWN,
  LOST_UNCOMPRESSED,
  LOST_WITH_ITS_REQUEST,
  NOTHING,
  toBackendState,
} from './fates.ts';
import { type AnsweredDelivery, Ledger, type LostDelivery } from './ledger.ts';
import { createLossLog } from './loss-log.ts';
import { post } from './post.ts';
import { toRequestHeaders } from './request-headers.ts';
import { SendGate } from './send-gate.ts';
import { type QueueEntry, SendQueue } from './send-queue.ts';
import type { OtlpTransportHealth } from './transport-health.ts';
import {
  type OtlpTransportOptions,
  type ResolvedTransportOptions,
  resolveTransportOptions,
} from './transport-options.ts';

export interface OtlpTransport {
  /** Queues a batch. The promise always resolves, when its fate is known; nobody has to wait for it. */
  send(batch: ExportBatch): Promise<BatchOutcome>;
  /**
   * Resolves when nothing is queued, when the circuit is open (what is queued stays), or after `timeoutMs`.
   * Made for `waitUntil`.
   */
  flush(timeoutMs?: number): Promise<void>;
  /**
   * Takes nothing more, tries what is queued until `timeoutMs`, and drops the rest. A backend that did not answer last
   * time gets one attempt a batch, one that the circuit has given up none: what is queued is dropped and counted at once.
   */
  shutdown(timeoutMs?: number): Promise<void>;
  accounts(): ExportAccounts;
  health(): OtlpTransportHealth;
}

interface Flight {
  readonly entry: QueueEntry;
  readonly startedMs: number;
  /** Sent through a half-open circuit: one attempt, and back into the queue if it fails. */
  readonly isProbe: boolean;
}

/** A delivery that is this much over its deadline died with the request that started it (Workers), milliseconds. */
const ORPHAN_GRACE_MS = 1_000;

/** @throws {TypeError} when the URL is not one of http or https, or a header is not valid. */
export function createOtlpTransport(options: OtlpTransportOptions): OtlpTransport {
  return new Transport(resolveTransportOptions(options));
}

class Transport implements OtlpTransport {
  readonly #options: ResolvedTransportOptions;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #isGzip: boolean;
  readonly #ledger: Ledger;
  readonly #gate: SendGate;
  readonly #queue: SendQueue;
  readonly #flights = new Set<Flight>();
  readonly #stop = new AbortController();
  /** Aborted when a process ends whose backend has not answered: one last attempt, no waits. */
  readonly #hurry = new AbortController();
  readonly #watchers = new Set<() => void>();
  #isClosed = false;

  constructor(options: ResolvedTransportOptions) {
    const destination = toDestination(options.url, options.headers);
    this.#options = options;
    this.#url = destination.url;
    this.#isGzip = options.compression === 'gzip' && canGzip();
    this.#headers = toRequestHeaders(options, destination.headers, this.#isGzip);
    this.#ledger = new Ledger(createLossLog(options.signal, options.report), options.clock);
    this.#gate = new SendGate(options.breaker, options.clock);
    this.#queue = new SendQueue(options.maxQueuedItems, options.maxQueuedBytes);
  }

  send(batch: ExportBatch): Promise<BatchOutcome> {
    if (batch.itemCount <= 0) return Promise.resolve(NOTHING);
    if (batch.body.length > this.#options.maxRequestBytes) return this.#sendInParts(batch);
    this.#ledger.book.enqueue(batch.itemCount);
    if (this.#isClosed) return Promise.resolve(this.#ledger.drop(batch, 'shutdown'));
    return new Promise((resolve) => {
      if (this.#queue.offer({ batch, resolve })) this.#pump();
      else resolve(this.#ledger.drop(batch, 'queue_full'));
    });
  }

  async flush(timeoutMs: number = this.#options.timeoutMs): Promise<void> {
    const cancel = new AbortController();
    let isOver = false;
    const deadline = this.#options.clock.sleep(timeoutMs, cancel.signal).then(
      () => {
        isOver = true;
      },
      () => undefined,
    );
    this.#pump();
    while (!isOver && !this.#isIdle() && !this.#isHeldBack() && !this.#isGivenUp()) {
      await Promise.race([this.#nextChange(), deadline]);
    }
    cancel.abort();
  }

  async shutdown(timeoutMs: number = this.#options.timeoutMs): Promise<void> {
    this.#isClosed = true;
    if (this.#ledger.state !== 'reachable') this.#hurry.abort();
    if (!this.#isGivenUp()) await this.flush(timeoutMs);
    this.#stop.abort();
    for (let entry = this.#queue.take(); entry !== undefined; entry = this.#queue.take()) {
      this.#lose(entry, 'shutdown', 'the exporter was shut down');
    }
    for (const flight of this.#flights) this.#conclude(flight, LOST_AT_SHUTDOWN);
  }

  accounts(): ExportAccounts {
    return this.#ledger.book.read();
  }

  health(): OtlpTransportHealth {
    return {
      state: this.#ledger.state,
      breaker: this.#gate.state,
      lastError: this.#ledger.lastError,
      queuedBytes: this.#queue.bytes,
      queueCapacityItems: this.#options.maxQueuedItems,
    };
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #isIdle(): boolean {
    return this.#flights.size === 0 && this.#queue.waitingCount === 0;
  }

  /** Waiting would not help: only time will let the next batch go. A shutdown does not wait for that. */
  #isHeldBack(): boolean {
    return this.#flights.size === 0 && this.#holdBackMs() > 0;
  }

  /** Nobody waits for a backend that is down before a process ends. */
  #isGivenUp(): boolean {
    return this.#isClosed && this.#gate.state !== 'closed';
  }

  #holdBackMs(): number {
    return this.#isClosed ? 0 : this.#gate.holdBackMs();
  }

  async #sendInParts(batch: ExportBatch): Promise<BatchOutcome> {
    const parts = batch.split?.() ?? [];
    if (parts.length < 2) {
      this.#ledger.book.enqueue(batch.itemCount);
      return this.#ledger.drop(batch, 'request_too_large');
    }
    return (await Promise.all(parts.map((part) => this.send(part)))).reduce(addOutcomes);
  }

  #pump(): void {
    this.#reapOrphans();
    while (this.#queue.waitingCount > 0 && this.#flights.size < this.#maxFlights()) {
      if (this.#holdBackMs() > 0) {
        this.#gate.wake(() => this.#pump(), this.#stop.signal);
        return;
      }
      const entry = this.#queue.take();
      if (entry !== undefined) this.#start(entry);
    }
  }

  /** A half-open circuit lets a single batch through. */
  #maxFlights(): number {
    return this.#isProbing() ? 1 : this.#options.concurrency;
  }

  #isProbing(): boolean {
    return !this.#isClosed && this.#gate.state === 'half_open';
  }

  #start(entry: QueueEntry): void {
    const flight = { entry, startedMs: this.#nowMs(), isProbe: this.#isProbing() };
    this.#flights.add(flight);
    void this.#deliver(flight).then((delivery) => this.#conclude(flight, delivery));
  }

  async #deliver(flight: Flight): Promise<Delivery> {
    const { batch } = flight.entry;
    const body = await this.#toBody(batch);
    if (body === null) return LOST_UNCOMPRESSED;
    const request = { ...this.#options, body, url: this.#url, headers: this.#headers };
    const nowMs = () => this.#options.clock.nowMs();
    return deliver({
      ...this.#options,
      attempt: (abort) => post({ ...request, nowMs, abort }),
      maxAttempts: flight.isProbe ? 1 : Number.POSITIVE_INFINITY,
      stop: this.#stop.signal,
      hurry: this.#hurry.signal,
    });
  }

  /** Null when it cannot be compressed. */
  async #toBody({ body }: ExportBatch): Promise<ExportBatch['body'] | null> {
    return this.#isGzip ? this.#options.gzip(body).catch(() => null) : body;
  }

  #conclude(flight: Flight, delivery: Delivery): void {
    if (!this.#flights.delete(flight)) return; // Reaped before.
    if (delivery.kind === 'lost') this.#concludeLost(flight, delivery);
    else this.#concludeAnswered(flight, delivery);
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    this.#pump();
  }

  #concludeAnswered(flight: Flight, delivery: AnsweredDelivery): void {
    this.#gate.succeed();
    this.#queue.release(flight.entry);
    flight.entry.resolve(this.#ledger.answered(flight.entry.batch, flight.startedMs, delivery));
  }

  #concludeLost(flight: Flight, delivery: LostDelivery): void {
    const state = toBackendState(delivery.reason);
    if (state === 'reachable') this.#gate.succeed();
    else if (state === 'unreachable') this.#gate.fail(delivery.retryAfterMs);
    this.#ledger.undelivered(delivery);
    const isRetained = flight.isProbe && state === 'unreachable' && !this.#isClosed;
    if (isRetained) this.#queue.putBack(flight.entry);
    else this.#lose(flight.entry, delivery.reason, delivery.message);
  }

  #lose(entry: QueueEntry, reason: DropReason, message: string): void {
    this.#queue.release(entry);
    entry.resolve(this.#ledger.drop(entry.batch, reason, message));
  }

  #reapOrphans(): void {
    const limitMs = this.#nowMs() - this.#options.timeoutMs - ORPHAN_GRACE_MS;
    for (const flight of this.#flights) {
      if (flight.startedMs < limitMs) this.#conclude(flight, LOST_WITH_ITS_REQUEST);
    }
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#watchers.add(resolve));
  }
}
