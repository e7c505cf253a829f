/** The networks of one exchange: those of the assets that are watched, by what it said last. */

import type { Clock } from '../../../domain/clock.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import { parseSymbol } from '../../../domain/market.ts';
import type { AssetNetwork } from '../../../domain/network.ts';
import { toNetworks } from './to-networks.ts';

export class ExchangeNetworks {
  readonly #exchange: string;
  #currencies: unknown = null;
  #assets: ReadonlySet<string> = new Set();
  #list: readonly AssetNetwork[] = [];

  constructor(exchange: string) {
    this.#exchange = exchange;
  }

  /** The same array while nothing has changed. */
  get list(): readonly AssetNetwork[] {
    return this.#list;
  }

  /** @param currencies - what ccxt answered; null: nothing is known any more. */
  set(currencies: unknown): void {
    this.#currencies = currencies;
    this.#update();
  }

  /** Networks are wanted of the assets of these symbols. */
  watch(symbols: readonly string[]): void {
    this.#assets = new Set(symbols.flatMap((symbol) => Object.values(parseSymbol(symbol))));
    this.#update();
  }

  #update(): void {
    const list = toNetworks(this.#exchange, this.#currencies, this.#assets);
    if (JSON.stringify(list) !== JSON.stringify(this.#list)) this.#list = list;
  }
}

export interface NetworkWatch {
  readonly networks: ExchangeNetworks;
  readonly clock: Clock;
  /** Time between two questions, milliseconds; 0: it is never asked. */
  readonly refreshMs: number;
  /** What came with the markets; null when nothing did. */
  readonly loaded: () => unknown;
  /** Asks anew. @throws {SpreadscopeError} with a code that says why there is no answer. */
  readonly fetch: (signal: AbortSignal) => Promise<unknown>;
  readonly isDown: () => boolean;
  readonly onFault: (error: unknown) => void;
}

/** What was said so many questions ago is not believed any more: deposits may have been switched off since. */
const MAX_MISSED_COUNT = 3;

/** Takes what came with the markets, then asks from time to time, until `signal` aborts. */
export async function followNetworks(watch: NetworkWatch, signal: AbortSignal): Promise<void> {
  const { networks, clock, refreshMs, isDown } = watch;
  if (refreshMs === 0) return;
  networks.set(watch.loaded());
  let missedCount = 0;
  for (;;) {
    await clock.sleep(refreshMs, signal);
    const currencies = isDown() ? null : await ask(watch, signal);
    missedCount = currencies === null ? missedCount + 1 : 0;
    if (currencies !== null || missedCount >= MAX_MISSED_COUNT) networks.set(currencies);
  }
}

/** Null when it did not answer. */
async function ask({ fetch, onFault }: NetworkWatch, signal: AbortSignal): Promise<unknown> {
  try {
    return (await fetch(signal)) ?? null;
  } catch (error) {
    if (signal.aborted || !(error instanceof SpreadscopeError)) throw error;
    onFault(error);
    return null;
  }
}
