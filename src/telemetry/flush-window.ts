/**
 * Flushing where a request is all that keeps code alive (Workers): under `waitUntil`, at most once per window and not
 * once per request, so that a busy isolate sends batches.
 */

import type { Clock } from '../domain/clock.ts';
import type { TracedLayer } from './telemetry.ts';

/** Keeps the request alive for a promise. */
export type WaitUntil = (work: Promise<unknown>) => void;

export interface FlushWindow {
  /**
   * Arranges a flush, unless one that another request arranged is still to come; a filling queue is flushed at once.
   * Null: the platform keeps itself alive.
   */
  requestEnded(waitUntil: WaitUntil | null): void;
}

/** A layer without a queue to look at is flushed by time alone. */
export type FlushableLayer = Pick<TracedLayer, 'flush' | 'health' | 'exportOnFlushOnly'>;

/** Longest time that a span waits for others, milliseconds; far below the 30 s that `waitUntil` may last. */
const WINDOW_MS = 1_000;
/** A flush that has taken this long died with its request; another may begin. */
const LOST_FLUSH_MS = 30_000;
/** Requests between two looks at the queue. */
const LOOK_EVERY_COUNT = 64;
/** A queue this full is flushed at once. */
const FULL_RATIO = 0.25;

export function createFlushWindow(telemetry: FlushableLayer, clock: Clock): FlushWindow {
  return new Window(telemetry, clock);
}

class Window implements FlushWindow {
  readonly #telemetry: FlushableLayer;
  readonly #clock: Clock;
  #nextWindowMs = Number.NEGATIVE_INFINITY;
  /** When the flush that runs counts as lost; two at a time would wait for each other's requests. */
  #flushLimitMs = Number.NEGATIVE_INFINITY;
  #requestsUntilLook = LOOK_EVERY_COUNT;
  #isHeld = false;

  constructor(telemetry: FlushableLayer, clock: Clock) {
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  requestEnded(waitUntil: WaitUntil | null): void {
    if (waitUntil === null) return;
    if (!this.#isHeld) this.#hold();
    const nowMs = this.#clock.monotonicMs();
    this.#requestsUntilLook -= 1;
    if (this.#requestsUntilLook === 0 && this.#isFilling()) waitUntil(this.#flush());
    if (nowMs < this.#nextWindowMs) return;
    this.#nextWindowMs = nowMs + WINDOW_MS;
    waitUntil(this.#clock.sleep(WINDOW_MS).then(() => this.#flushWindow()));
  }

  /** An export that begins in a request would end with it. */
  #hold(): void {
    this.#isHeld = true;
    this.#telemetry.exportOnFlushOnly?.();
  }

  #isFilling(): boolean {
    this.#requestsUntilLook = LOOK_EVERY_COUNT;
    const health = this.#telemetry.health?.();
    return health !== undefined && health.queuedCount >= health.queueCapacity * FULL_RATIO;
  }

  #flushWindow(): Promise<void> {
    this.#nextWindowMs = Number.NEGATIVE_INFINITY;
    return this.#flush();
  }

  async #flush(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#flushLimitMs) return;
    this.#flushLimitMs = nowMs + LOST_FLUSH_MS;
    await this.#telemetry.flush();
    this.#flushLimitMs = Number.NEGATIVE_INFINITY;
  }
}

/** `fetch(request, env, executionContext)`: the third argument of a Worker's handler. */
export function findWaitUntil(rest: readonly unknown[]): WaitUntil | null {
  const executionContext = rest[1];
  const canWait =
    typeof executionContext === 'object' &&
    executionContext !== null &&
    'waitUntil' in executionContext &&
    typeof executionContext.waitUntil === 'function';
  if (!canWait) return null;
  const { waitUntil } = executionContext as { waitUntil: WaitUntil };
  return (work) => waitUntil.call(executionContext, work);
}
