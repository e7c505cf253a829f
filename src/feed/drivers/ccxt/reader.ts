/** What the two ways of reading an exchange, streams and polls, share: turning what came into updates. */

import type { Book } from '../../../domain/book.ts';
import type { Clock } from '../../../domain/clock.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import type { Quote } from '../../../domain/quote.ts';
import type { CcxtExchange, CcxtOrderBook, CcxtTicker, TickersBySymbol } from './ccxt-types.ts';
import type { ExchangeCaller } from './exchange-call.ts';
import { ExchangeFault, toExchangeFault } from './exchange-fault.ts';
import type { ExchangeState } from './exchange-state.ts';
import type { MessageTap } from './message-tap.ts';
import type { CcxtTimes } from './options.ts';
import { toBook } from './to-book.ts';
import type { LoadedMarket } from './to-market.ts';
import { toQuote } from './to-quote.ts';

/** Where updates go. */
export interface ReaderSink {
  readonly quote: (quote: Quote) => void;
  readonly book: (book: Book) => void;
  /** The first update since this way of reading began. */
  readonly live: () => void;
}

export interface ReaderOptions {
  readonly exchange: CcxtExchange;
  readonly caller: ExchangeCaller;
  readonly state: ExchangeState;
  readonly markets: ReadonlyMap<string, LoadedMarket>;
  readonly symbols: readonly string[];
  readonly sink: ReaderSink;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: CcxtTimes;
  readonly levelsCount: number;
  readonly log: (message: string, fault?: SpreadscopeError) => void;
  /** Of the exchange's sockets; absent: ccxt reads all messages. */
  readonly tap?: MessageTap;
  /** Reads quotes of known shapes out of their messages' bytes; absent: ccxt reads all messages. */
  readonly kernelModule?: WebAssembly.Module;
  /** True while the exchange's other markets, if any, are read by the same reader. */
  readonly isOnlyGroup?: () => boolean;
}

/** What a message says of a market's best prices, sizes in base units. */
export type ScannedQuote = Omit<Quote, 'exchange' | 'symbol' | 'receivedAtMs'>;

export class Reader {
  readonly options: ReaderOptions;
  /** Monotonic time of the last update of any market, milliseconds. */
  lastUpdateAtMs: number;
  #hasUpdate = false;
  /** Number of the newest update of each book, where the exchange gives one. */
  readonly #numbers = new Map<string, number>();

  constructor(options: ReaderOptions) {
    this.options = options;
    this.lastUpdateAtMs = options.clock.monotonicMs();
  }

  get exchange(): CcxtExchange {
    return this.options.exchange;
  }

  get symbols(): readonly string[] {
    return this.options.symbols;
  }

  /** @returns whether the ticker was a quote. @throws {SpreadscopeError} when every market fails. */
  takeTicker(symbol: string, ticker: CcxtTicker | undefined): boolean {
    return this.#take(symbol, (market) => {
      const quote = toQuote(ticker ?? {}, this.#conversion(symbol, market));
      if (quote === null) return false;
      this.options.sink.quote(quote);
      return true;
    });
  }

  /** @returns false when it is not a quote. @throws {SpreadscopeError} when every market fails. */
  takeScanned(symbol: string, scanned: ScannedQuote): boolean {
    return this.#take(symbol, () => {
      if (scanned.bid === 0 && scanned.ask === 0) return false;
      const receivedAtMs = this.options.clock.nowMs();
      this.options.sink.quote({ exchange: this.exchange.id, symbol, ...scanned, receivedAtMs });
      return true;
    });
  }

  /**
   * A book whose number lies before that of the one before is not believed: updates came out of order, or the exchange
   * began to count anew. The next one in order is.
   *
   * @throws {SpreadscopeError} when every market fails.
   */
  takeBook(symbol: string, book: CcxtOrderBook): boolean {
    if (this.#isOutOfOrder(symbol, book.nonce)) {
      this.takeGap(symbol);
      return false;
    }
    return this.#take(symbol, (market) => {
      this.options.sink.book(toBook(book, this.#conversion(symbol, market)));
      return true;
    });
  }

  /** Updates of a book are missing: what was known of it is void until the next whole book. */
  takeGap(symbol: string): void {
    const { options, exchange } = this;
    options.log(`${exchange.id}: updates of ${symbol} are missing, its book is read anew`);
    options.sink.book({
      ...{ exchange: exchange.id, symbol, bids: [], asks: [], exchangeTimeMs: null },
      receivedAtMs: options.clock.nowMs(),
      hasGap: true,
    });
  }

  /** True for what ccxt throws when the numbers or the checksum of an exchange's updates do not fit. */
  isGap(error: unknown): boolean {
    const { ChecksumError, InvalidNonce } = this.options.caller.errors;
    return error instanceof ChecksumError || error instanceof InvalidNonce;
  }

  /**
   * One answer for all symbols.
   *
   * @throws {SpreadscopeError} `exchange_not_supported` when its tickers carry no prices, `exchange_bad_data` when it has
   * none of the symbols.
   */
  takeTickers(tickers: TickersBySymbol): void {
    const { symbols } = this;
    const present = symbols.filter((symbol) => tickers[symbol] !== undefined);
    if (present.length === 0) throw this.fault('exchange_bad_data');
    const taken = symbols.filter((symbol) => this.takeTicker(symbol, tickers[symbol]));
    if (taken.length > 0 || this.options.state.failingCount > 0) return;
    throw this.fault('exchange_not_supported');
  }

  /** One market fails, the others go on. @throws {SpreadscopeError} the fault, when there are no others. */
  symbolFailed(symbol: string, fault: SpreadscopeError): void {
    const { state } = this.options;
    state.symbolFailed(symbol, fault);
    if (state.failingCount >= this.symbols.length) throw fault;
  }

  toFault(error: unknown): SpreadscopeError {
    return toExchangeFault(this.exchange.id, error, this.options.caller.errors);
  }

  fault(code: SpreadscopeError['code'], detail?: string): SpreadscopeError {
    return new ExchangeFault(this.exchange.id, code, detail === undefined ? {} : { detail });
  }

  #isOutOfOrder(symbol: string, nonce: unknown): boolean {
    if (typeof nonce !== 'number' || !Number.isFinite(nonce)) return false;
    const last = this.#numbers.get(symbol) ?? Number.NEGATIVE_INFINITY;
    this.#numbers.set(symbol, nonce);
    return nonce < last;
  }

  #take(symbol: string, convert: (market: LoadedMarket) => boolean): boolean {
    const market = this.options.markets.get(symbol);
    if (market === undefined) return false;
    try {
      if (!convert(market)) return false;
    } catch (error) {
      if (!(error instanceof SpreadscopeError)) throw error;
      this.symbolFailed(symbol, error);
      return false;
    }
    this.lastUpdateAtMs = this.options.clock.monotonicMs();
    this.options.state.updated(symbol, this.options.clock.nowMs());
    if (!this.#hasUpdate) this.options.sink.live();
    this.#hasUpdate = true;
    return true;
  }

  #conversion(symbol: string, market: LoadedMarket) {
    return {
      exchange: this.exchange.id,
      symbol,
      sizeScale: market.sizeScale,
      isInverse: market.isInverse,
      levelsCount: this.options.levelsCount,
      receivedAtMs: this.options.clock.nowMs(),
    };
  }
}
