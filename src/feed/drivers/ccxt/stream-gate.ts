/** Whether streams are worth trying: where WebSocket is blocked and REST is not, polling is better than nothing. */

import type { ErrorCode } from '../../../domain/errors.ts';

/** Streams that fail so often in a row, while requests succeed, are left alone for a while. */
export const MAX_STREAM_FAILURES_COUNT = 3;

/** Faults of a connection. */
const CONNECTION_FAULTS: readonly ErrorCode[] = ['exchange_network', 'exchange_timeout'];

export class StreamGate {
  readonly #closedForMs: number;
  #failuresCount = 0;
  #opensAtMs = 0;

  /** @param closedForMs - how long to poll before streams are tried again. */
  constructor(closedForMs: number) {
    this.#closedForMs = closedForMs;
  }

  /** Milliseconds until it opens; 0 when it is open. */
  waitMs(monotonicMs: number): number {
    return Math.max(0, this.#opensAtMs - monotonicMs);
  }

  streamed(): void {
    this.#failuresCount = 0;
  }

  /** @returns whether that closed it. */
  failed(code: ErrorCode, monotonicMs: number): boolean {
    if (!CONNECTION_FAULTS.includes(code)) return false;
    this.#failuresCount += 1;
    if (this.#failuresCount < MAX_STREAM_FAILURES_COUNT) return false;
    // When it opens again, one more failure is enough.
    this.#failuresCount = MAX_STREAM_FAILURES_COUNT - 1;
    this.#opensAtMs = monotonicMs + this.#closedForMs;
    return true;
  }

  /** A request failed too: it is not the streams. */
  requestFailed(): void {
    this.#failuresCount = 0;
  }
}
