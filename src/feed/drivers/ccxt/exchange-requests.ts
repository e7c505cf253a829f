/** The requests that are made of one exchange beside reading its streams: markets, a sign of life, a book on demand. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Book } from '../../../domain/book.ts';
import { type ErrorCode, isSpreadscopeError } from '../../../domain/errors.ts';
import type { CcxtExchange, CcxtOrderBook } from './ccxt-types.ts';
import { measureClockOffsetMs } from './clock-offset.ts';
import { callExchange, type ExchangeCaller } from './exchange-call.ts';
import { ExchangeFault, toErrorCode } from './exchange-fault.ts';
import type { CcxtTimes } from './options.ts';
import { toBook } from './to-book.ts';
import { type LoadedMarket, type ToMarketOptions, toMarket } from './to-market.ts';

/** Faults after which the exchange is known to be there and to answer. */
const ALIVE: readonly ErrorCode[] = [
  'symbol_unknown',
  'exchange_failed',
  'exchange_not_supported',
  'exchange_bad_data',
];

export interface ExchangeRequestsOptions extends ToMarketOptions {
  readonly exchange: CcxtExchange;
  readonly caller: ExchangeCaller;
  readonly times: CcxtTimes;
}

export class ExchangeRequests {
  readonly #options: ExchangeRequestsOptions;
  #isLimitRefused = false;

  constructor(options: ExchangeRequestsOptions) {
    this.#options = options;
  }

  /** By symbol. @throws {SpreadscopeError} when they cannot be loaded, or there is none that can be compared. */
  async loadMarkets(signal: AbortSignal): Promise<ReadonlyMap<string, LoadedMarket>> {
    const { exchange, caller, times } = this.#options;
    return callExchange(caller, {
      operation: 'loadMarkets',
      timeoutMs: times.callTimeoutMs,
      signal,
      parent: ROOT_CONTEXT,
      // Without `true`, ccxt answers with what it had before, be it a failure.
      invoke: async () => this.#toMarkets(await exchange.loadMarkets(true)),
    });
  }

  /**
   * One small request before streams are connected again: a WebSocket that is refused does not say why, an HTTP answer
   * says whether it is the rate limit, the location, maintenance or the network.
   *
   * @throws {SpreadscopeError} when the exchange as a whole does not serve.
   */
  async probe(symbol: string, signal: AbortSignal): Promise<void> {
    const { exchange, caller, times } = this.#options;
    try {
      await callExchange(caller, {
        operation: 'fetchOrderBook',
        symbol,
        timeoutMs: times.callTimeoutMs,
        signal,
        parent: ROOT_CONTEXT,
        invoke: () => exchange.fetchOrderBook(symbol),
      });
    } catch (error) {
      if (!isSpreadscopeError(error) || !ALIVE.includes(error.code)) throw error;
    }
  }

  /** Currencies with their networks; null where the exchange does not tell. @throws {SpreadscopeError} */
  async fetchCurrencies(signal: AbortSignal): Promise<unknown> {
    const { exchange, caller, times } = this.#options;
    if (exchange.has.fetchCurrencies !== true) return null;
    return callExchange(caller, {
      operation: 'fetchCurrencies',
      timeoutMs: times.callTimeoutMs,
      signal,
      parent: ROOT_CONTEXT,
      invoke: () => exchange.fetchCurrencies(),
    });
  }

  /** The exchange's clock less ours, milliseconds. @throws {SpreadscopeError} when it cannot be asked. */
  measureClockOffsetMs(signal: AbortSignal): Promise<number | null> {
    return measureClockOffsetMs(this.#options, signal);
  }

  /** @throws {SpreadscopeError} with a code that says why there is none; `signal`'s reason when it aborts. */
  fetchBook(
    { market, sizeScale, isInverse }: LoadedMarket,
    levelsCount: number,
    signal: AbortSignal,
  ): Promise<Book> {
    const { caller, times } = this.#options;
    const { exchange, symbol } = market;
    return callExchange(caller, {
      operation: 'fetchOrderBook',
      symbol,
      timeoutMs: times.bookTimeoutMs,
      signal,
      invoke: async () => {
        const book = await this.#fetchOrderBook(symbol, levelsCount);
        const receivedAtMs = caller.clock.nowMs();
        const sizes = { levelsCount, sizeScale, isInverse };
        return toBook(book, { exchange, symbol, ...sizes, receivedAtMs });
      },
    });
  }

  /** Some exchanges take only certain depths: one that refuses what is asked is asked for its own depth from then on. */
  async #fetchOrderBook(symbol: string, levelsCount: number): Promise<CcxtOrderBook> {
    const { exchange, caller } = this.#options;
    if (this.#isLimitRefused) return exchange.fetchOrderBook(symbol);
    try {
      return await exchange.fetchOrderBook(symbol, levelsCount);
    } catch (error) {
      if (toErrorCode(error, caller.errors, null) !== 'exchange_failed') throw error;
      const book = await exchange.fetchOrderBook(symbol);
      this.#isLimitRefused = true;
      return book;
    }
  }

  #toMarkets(loaded: Readonly<Record<string, object>>): ReadonlyMap<string, LoadedMarket> {
    const { exchange } = this.#options;
    const markets = new Map<string, LoadedMarket>();
    for (const source of Object.values(loaded)) {
      const market = toMarket(exchange, source, this.#options);
      if (market !== null) markets.set(market.market.symbol, market);
    }
    // No exchange is without markets: an answer in which none was found was not understood.
    if (markets.size === 0) throw new ExchangeFault(exchange.id, 'exchange_bad_data');
    return markets;
  }
}
