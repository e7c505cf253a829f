/**
 * Reads the markets of one exchange group by group: exchanges take spot, linear and inverse contracts in subscriptions
 * and requests of their own.
 */

import { ExchangeReading, type ExchangeReadingOptions } from './exchange-reading.ts';
import type { ReaderOptions } from './reader.ts';
import { StreamGate } from './stream-gate.ts';

export type ExchangeReadingsOptions = Omit<ExchangeReadingOptions, 'gate'>;

type Watched = Pick<ReaderOptions, 'markets' | 'symbols'>;

export class ExchangeReadings {
  readonly #options: ExchangeReadingsOptions;
  readonly #gate: StreamGate;
  readonly #readings = new Map<string, ExchangeReading>();
  #groupsCount = 1;

  constructor(options: ExchangeReadingsOptions) {
    this.#options = options;
    this.#gate = new StreamGate(options.times.streamRetryMs);
  }

  /** Resolves once `signal` aborts. @throws {SpreadscopeError} when one group fails: the exchange is tried again. */
  async read({ markets, symbols }: Watched, signal: AbortSignal): Promise<void> {
    const groups = Map.groupBy(symbols, (symbol) => markets.get(symbol)?.group ?? 'spot');
    this.#groupsCount = groups.size;
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    try {
      await Promise.all(
        [...groups].map(([group, ofGroup]) =>
          this.#readingOf(group).read({ markets, symbols: ofGroup }, either),
        ),
      );
    } finally {
      ending.abort();
    }
  }

  /** The exchange is tried again from the start: methods that it refused may do now. */
  reset(): void {
    for (const reading of this.#readings.values()) reading.reset();
  }

  /** A request failed: if streams failed too, it was not because of them. */
  requestFailed(): void {
    this.#gate.requestFailed();
  }

  #readingOf(group: string): ExchangeReading {
    const known = this.#readings.get(group);
    if (known !== undefined) return known;
    // One group's change of method must not cut the sockets that others read.
    const closeSockets = async () => {
      if (this.#groupsCount === 1) await this.#options.closeSockets();
    };
    const isOnlyGroup = () => this.#groupsCount === 1;
    const reading = new ExchangeReading({
      ...this.#options,
      closeSockets,
      isOnlyGroup,
      gate: this.#gate,
    });
    this.#readings.set(group, reading);
    return reading;
  }
}
