/** What is known of the markets behind a market-data service: states, counts, gaps, and whose clock is ahead. */

import type { ExchangeStatus } from '../../feed.ts';

/** What stands for the state that the service told. */
export type StateOverride = Pick<ExchangeStatus, 'state' | 'reason' | 'retryAtMs'>;

interface Counts {
  updatesCount: number;
  /** Updates that the service replaced by newer ones before they were sent. */
  missedCount: number;
  lastUpdateAtMs: number | null;
}

interface Named {
  readonly exchange: string;
  readonly symbol: string;
}

interface Timed extends Named {
  readonly receivedAtMs: number;
}

export class RemoteMarkets {
  readonly #counts = new Map<string, Counts>();
  readonly #numbers = new Map<string, number>();
  #statuses: readonly ExchangeStatus[] = [];
  #run = '';
  #offsetMs = 0;

  /** @param offsetMs - the service's clock less ours. */
  setClockOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  setStatuses(statuses: readonly ExchangeStatus[]): void {
    this.#statuses = statuses;
  }

  hasExchange(exchange: string): boolean {
    return this.#statuses.some((status) => status.exchange === exchange);
  }

  /** Counts an update, and what is missing before it by its number. @param id - of its message. */
  note({ exchange, symbol }: Named, number: number, id: string): void {
    const [run = ''] = id.split('-');
    // Another run of the service counts anew.
    if (run !== this.#run) this.#numbers.clear();
    this.#run = run;
    const key = `${exchange} ${symbol}`;
    const known = this.#numbers.get(key);
    this.#numbers.set(key, number);
    const counts = this.#countsOf(exchange);
    counts.updatesCount += 1;
    if (known !== undefined) counts.missedCount += Math.max(0, number - known - 1);
  }

  /** The same update, its time of arrival on our clock; nothing arrives after now. */
  toOurTime<Update extends Timed>(update: Update, nowMs: number): Update {
    const receivedAtMs = Math.min(nowMs, update.receivedAtMs - this.#offsetMs);
    const counts = this.#countsOf(update.exchange);
    counts.lastUpdateAtMs = Math.max(counts.lastUpdateAtMs ?? 0, receivedAtMs);
    return receivedAtMs === update.receivedAtMs ? update : { ...update, receivedAtMs };
  }

  /** @param override - null: what the service told. */
  statuses(
    skippedCount: (exchange: string) => number,
    override: ((exchange: string) => StateOverride) | null,
  ): readonly ExchangeStatus[] {
    return this.#statuses.map((status) => {
      const { exchange, clockOffsetMs } = status;
      const counts = this.#countsOf(exchange);
      return {
        ...status,
        updatesCount: counts.updatesCount,
        skippedCount: status.skippedCount + counts.missedCount + skippedCount(exchange),
        lastUpdateAtMs: counts.lastUpdateAtMs,
        clockOffsetMs: clockOffsetMs === null ? null : clockOffsetMs + this.#offsetMs,
        ...(override === null ? {} : override(exchange)),
      };
    });
  }

  #countsOf(exchange: string): Counts {
    const known = this.#counts.get(exchange);
    if (known !== undefined) return known;
    const counts = { updatesCount: 0, missedCount: 0, lastUpdateAtMs: null };
    this.#counts.set(exchange, counts);
    return counts;
  }
}
