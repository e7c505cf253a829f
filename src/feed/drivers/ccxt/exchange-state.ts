/** The state of one exchange as it changes, and as it is shown. */

import type { SpreadscopeError } from '../../../domain/errors.ts';
import type { ExchangeReason, ExchangeStatus, FeedTransport } from '../../feed.ts';

export class ExchangeState {
  readonly exchange: string;
  transport: FeedTransport = 'rest';
  roundTripMs: number | null = null;
  clockOffsetMs: number | null = null;
  #phase: 'connecting' | 'live' | 'down' | 'closed' = 'connecting';
  #reason: ExchangeReason | null = null;
  #retryAtMs: number | null = null;
  #marketsCount = 0;
  #updatesCount = 0;
  #failuresCount = 0;
  #lastUpdateAtMs: number | null = null;
  readonly #failing = new Map<string, ExchangeReason>();

  constructor(exchange: string) {
    this.exchange = exchange;
  }

  get failuresCount(): number {
    return this.#failuresCount;
  }

  get isDown(): boolean {
    return this.#phase === 'down';
  }

  /** Markets that fail while the exchange as a whole does not. */
  get failingCount(): number {
    return this.#failing.size;
  }

  get reason(): ExchangeReason | null {
    return this.#reason ?? this.#failing.values().next().value ?? null;
  }

  /** A new attempt begins; the reason of the last failure stays until something arrives. */
  connecting(): void {
    this.#phase = 'connecting';
    this.#retryAtMs = null;
  }

  watching(marketsCount: number): void {
    this.#marketsCount = marketsCount;
    this.#failing.clear();
  }

  /** It answered: its markets are loaded, or an update came. */
  succeeded(): void {
    this.#phase = 'live';
    this.#reason = null;
    this.#failuresCount = 0;
  }

  updated(symbol: string, atMs: number): void {
    this.#updatesCount += 1;
    this.#lastUpdateAtMs = atMs;
    this.#failing.delete(symbol);
    this.succeeded();
  }

  symbolFailed(symbol: string, fault: SpreadscopeError): void {
    this.#failing.set(symbol, toReason(fault));
  }

  failed(fault: SpreadscopeError): void {
    this.#failuresCount += 1;
    this.#reason = toReason(fault);
  }

  /** @param retryAtMs - milliseconds since the epoch; null when no attempt is made any more. */
  down(retryAtMs: number | null): void {
    this.#phase = 'down';
    this.#retryAtMs = retryAtMs;
  }

  closed(): void {
    this.#phase = 'closed';
    this.#reason = { code: 'closed', message: `${this.exchange} was closed` };
    this.#retryAtMs = null;
  }

  toStatus(skippedCount: number): ExchangeStatus {
    const isDegraded = this.#phase === 'live' && this.#failing.size > 0;
    return {
      exchange: this.exchange,
      state: isDegraded ? 'degraded' : this.#phase,
      transport: this.transport,
      reason: this.reason,
      marketsCount: this.#marketsCount,
      updatesCount: this.#updatesCount,
      skippedCount,
      failuresCount: this.#failuresCount,
      lastUpdateAtMs: this.#lastUpdateAtMs,
      roundTripMs: this.roundTripMs,
      clockOffsetMs: this.clockOffsetMs,
      retryAtMs: this.#retryAtMs,
    };
  }
}

function toReason(fault: SpreadscopeError): ExchangeReason {
  return { code: fault.code, message: fault.message };
}
