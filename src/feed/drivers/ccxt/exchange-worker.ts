/** One exchange from loading its markets to closing it: reads it, and after each failure waits and tries again. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Book } from '../../../domain/book.ts';
import { isSpreadscopeError, SpreadscopeError } from '../../../domain/errors.ts';
import type { ExchangeStatus } from '../../feed.ts';
import { aborted, untilAborted } from './aborted.ts';
import { backoffDelayMs } from './backoff.ts';
import type { CcxtErrors, CcxtExchange } from './ccxt-types.ts';
import { closeExchange } from './close-exchange.ts';
import { callExchange, type ExchangeCaller } from './exchange-call.ts';
import { ExchangeFault, toErrorCode, toExchangeFault } from './exchange-fault.ts';
import { ExchangeState } from './exchange-state.ts';
import type { CcxtFeedOptions, CcxtTimes } from './options.ts';
import { pollExchange } from './poll-exchange.ts';
import { Reader, type ReaderSink } from './reader.ts';
import { toBook } from './to-book.ts';
import { type LoadedMarket, toMarket } from './to-market.ts';
import { type TransportStep, toTransportPlan } from './transport-plan.ts';
import { watchExchange } from './watch-exchange.ts';

/** An exchange that is ready to be called. */
export interface OpenedExchange {
  readonly exchange: CcxtExchange;
  readonly errors: CcxtErrors;
}

export interface ExchangeWorkerOptions {
  readonly id: string;
  readonly feed: CcxtFeedOptions;
  readonly times: CcxtTimes;
  readonly maxBookStreamsCount: number;
  /** @throws {SpreadscopeError} `exchange_unknown`. */
  readonly open: () => Promise<OpenedExchange>;
  readonly sink: Pick<ReaderSink, 'quote' | 'book'>;
  /** The markets are there, for the first time. */
  readonly onLoaded: () => void;
  /** Nothing arrives any more. */
  readonly onDown: () => void;
  readonly skippedCount: () => number;
}

interface Opened extends OpenedExchange {
  readonly caller: ExchangeCaller;
}

export class ExchangeWorker {
  readonly id: string;
  readonly #options: ExchangeWorkerOptions;
  readonly #state: ExchangeState;
  readonly #closing = new AbortController();
  #session = new AbortController();
  #symbols: readonly string[] = [];
  #opened: Opened | null = null;
  #markets: ReadonlyMap<string, LoadedMarket> | null = null;
  #running: Promise<void> | null = null;
  #isLimitRefused = false;
  readonly #refusedSteps = new Set<TransportStep>();
  readonly #attempted = Promise.withResolvers<void>();

  constructor(options: ExchangeWorkerOptions) {
    this.id = options.id;
    this.#options = options;
    this.#state = new ExchangeState(options.id);
  }

  /** Null until they are loaded. */
  get markets(): ReadonlyMap<string, LoadedMarket> | null {
    return this.#markets;
  }

  status(): ExchangeStatus {
    return this.#state.toStatus(this.#options.skippedCount());
  }

  /** Begins, once. Resolves when the first attempt to load the markets ended, however it ended. */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#closing.signal);
    return this.#attempted.promise;
  }

  /** Reads these markets from now on. */
  watch(symbols: readonly string[]): void {
    if (symbols.join() === this.#symbols.join() && symbols.length > 0) return;
    this.#symbols = symbols;
    this.#state.watching(symbols.length);
    this.#session.abort();
  }

  async fetchBook(symbol: string, levelsCount: number, signal: AbortSignal): Promise<Book> {
    const opened = this.#opened;
    if (opened === null || this.#markets === null) throw this.#notLoaded();
    const market = this.#markets.get(symbol);
    if (market === undefined) throw new ExchangeFault(this.id, 'symbol_unknown');
    return callExchange(opened.caller, {
      operation: 'fetchOrderBook',
      symbol,
      timeoutMs: this.#options.times.bookTimeoutMs,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      invoke: async () =>
        toBook(await this.#fetchOrderBook(opened, symbol, levelsCount), {
          exchange: this.id,
          symbol,
          levelsCount,
          sizeScale: market.sizeScale,
          receivedAtMs: this.#options.feed.clock.nowMs(),
        }),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(new SpreadscopeError('closed', `${this.id} was closed`));
    this.#session.abort();
    await this.#closeSockets();
    await this.#running;
    this.#state.closed();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#markets === null) await this.#load(signal);
        else await this.#probe(signal);
        this.#attempted.resolve();
        await this.#read(signal);
      } catch (error) {
        if (signal.aborted) break;
        const fault = this.#toFault(error);
        this.#state.failed(fault);
        // Trying again does not make an exchange known.
        if (fault.code === 'exchange_unknown') return this.#giveUp(fault);
        await this.#pause(fault, signal);
      }
    }
    this.#attempted.resolve();
  }

  async #load(signal: AbortSignal): Promise<void> {
    const opened = await this.#open();
    const markets = await callExchange(opened.caller, {
      operation: 'loadMarkets',
      timeoutMs: this.#options.times.callTimeoutMs,
      signal,
      parent: ROOT_CONTEXT,
      // Without `true`, ccxt answers with the failure of the attempt before.
      invoke: async () => this.#toMarkets(opened.exchange, await opened.exchange.loadMarkets(true)),
    });
    this.#markets = markets;
    this.#state.succeeded();
    this.#options.onLoaded();
  }

  /**
   * One small request before streams are connected again: a WebSocket that is refused does not say why, an HTTP answer
   * says whether it is the rate limit, the location, maintenance or the network.
   */
  async #probe(signal: AbortSignal): Promise<void> {
    const [symbol] = this.#symbols;
    if (symbol === undefined) return;
    const { exchange, caller } = this.#requireOpened();
    await callExchange(caller, {
      operation: 'fetchOrderBook',
      symbol,
      timeoutMs: this.#options.times.callTimeoutMs,
      signal,
      parent: ROOT_CONTEXT,
      invoke: () => exchange.fetchOrderBook(symbol),
    });
  }

  async #open(): Promise<Opened> {
    if (this.#opened !== null) return this.#opened;
    const { clock, tracer } = this.#options.feed;
    const { exchange, errors } = await this.#options.open();
    const onRoundTrip = (roundTripMs: number) => {
      this.#state.roundTripMs = roundTripMs;
    };
    const caller: ExchangeCaller = { exchange: this.id, clock, tracer, errors, onRoundTrip };
    this.#opened = { exchange, errors, caller };
    return this.#opened;
  }

  #toMarkets(
    exchange: CcxtExchange,
    loaded: Readonly<Record<string, object>>,
  ): ReadonlyMap<string, LoadedMarket> {
    const { takerBpsOverride } = this.#options.feed;
    const markets = new Map<string, LoadedMarket>();
    for (const source of Object.values(loaded)) {
      const market = toMarket(exchange, source, { takerBpsOverride });
      if (market !== null) markets.set(market.market.symbol, market);
    }
    // No exchange is without markets: an answer in which none was found was not understood.
    if (markets.size === 0) throw new ExchangeFault(this.id, 'exchange_bad_data');
    return markets;
  }

  /** Reads until a fault; begins anew, without one, each time the symbols change. */
  async #read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#session = new AbortController();
      const session = AbortSignal.any([signal, this.#session.signal]);
      if (this.#symbols.length === 0) await aborted(session);
      else await this.#readSession(session);
    }
  }

  async #readSession(signal: AbortSignal): Promise<void> {
    const step = this.#nextStep();
    try {
      await untilAborted(this.#readWith(step, signal), signal);
    } catch (error) {
      if (signal.aborted) return;
      const fault = this.#toFault(error);
      if (!isRefusal(step, fault)) throw fault;
      this.#refusedSteps.add(step);
      this.#log('info', `${this.id}: ${step.method} is of no use, another method is taken`, fault);
      await this.#closeSockets();
    }
  }

  #nextStep(): TransportStep {
    const { exchange } = this.#requireOpened();
    const { maxBookStreamsCount } = this.#options;
    const plan = toTransportPlan(exchange.has, this.#symbols.length, maxBookStreamsCount);
    const step = plan.find((each) => !this.#refusedSteps.has(each));
    if (step !== undefined) return step;
    this.#refusedSteps.clear();
    throw new ExchangeFault(this.id, 'exchange_not_supported');
  }

  #readWith(step: TransportStep, signal: AbortSignal): Promise<void> {
    const { exchange, caller } = this.#requireOpened();
    const { feed, times, sink } = this.#options;
    this.#state.transport = step.transport;
    const reader = new Reader({
      exchange,
      caller,
      state: this.#state,
      markets: this.#markets ?? new Map(),
      symbols: this.#symbols,
      sink: { ...sink, live: () => this.#log('info', `${this.id} is live (${step.method})`) },
      clock: feed.clock,
      random: feed.random,
      times,
      levelsCount: feed.bookLevelsCount,
    });
    return step.transport === 'rest'
      ? pollExchange(reader, step, signal)
      : watchExchange(reader, step, signal);
  }

  #giveUp(fault: SpreadscopeError): void {
    this.#state.down(null);
    this.#log('warn', `${fault.message}; it is left out`, fault);
    this.#attempted.resolve();
  }

  async #pause(fault: SpreadscopeError, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.feed;
    const retryAfterMs = fault instanceof ExchangeFault ? fault.retryAfterMs : null;
    const delayMs = backoffDelayMs(this.#state.failuresCount, retryAfterMs, random);
    this.#state.down(clock.nowMs() + delayMs);
    this.#options.onDown();
    this.#log('warn', `${fault.message}; tried again in ${delayMs} ms`, fault);
    await this.#closeSockets();
    this.#attempted.resolve();
    await clock.sleep(delayMs, signal).catch(() => undefined);
    if (!signal.aborted) this.#state.connecting();
  }

  /** Some exchanges take only certain depths: one that refuses what is asked is asked for its own depth from then on. */
  async #fetchOrderBook({ exchange, errors }: Opened, symbol: string, levelsCount: number) {
    if (this.#isLimitRefused) return exchange.fetchOrderBook(symbol);
    try {
      return await exchange.fetchOrderBook(symbol, levelsCount);
    } catch (error) {
      if (toErrorCode(error, errors, null) !== 'exchange_failed') throw error;
      const book = await exchange.fetchOrderBook(symbol);
      this.#isLimitRefused = true;
      return book;
    }
  }

  async #closeSockets(): Promise<void> {
    if (this.#opened === null) return;
    const { clock } = this.#options.feed;
    await closeExchange(this.#opened.exchange, clock, this.#options.times.closeTimeoutMs);
  }

  #notLoaded(): SpreadscopeError {
    const reason = this.#state.reason;
    const detail = 'has no markets yet';
    return new ExchangeFault(this.id, reason?.code ?? 'exchange_network', { detail });
  }

  #requireOpened(): Opened {
    if (this.#opened === null) throw new Error('BUG: read before it was opened');
    return this.#opened;
  }

  #toFault(error: unknown): SpreadscopeError {
    if (isSpreadscopeError(error)) return error;
    if (this.#opened === null)
      return new ExchangeFault(this.id, 'exchange_failed', { cause: error });
    return toExchangeFault(this.id, error, this.#opened.errors);
  }

  #log(level: 'info' | 'warn', message: string, fault?: SpreadscopeError): void {
    const code = fault === undefined ? {} : { 'error.type': fault.code };
    this.#options.feed.logger.log(level, message, { 'exchange.name': this.id, ...code });
  }
}

/** The method is refused, not the exchange: another one may do. */
function isRefusal(step: TransportStep, fault: SpreadscopeError): boolean {
  if (fault.code === 'exchange_not_supported') return true;
  return fault.code === 'symbol_unknown' && step.scope === 'all';
}
