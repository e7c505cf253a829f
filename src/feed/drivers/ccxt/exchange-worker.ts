/** One exchange from loading its markets to closing it: reads it, and after each failure waits and tries again. */

import type { Book } from '../../../domain/book.ts';
import { isSpreadscopeError, SpreadscopeError } from '../../../domain/errors.ts';
import type { Funding } from '../../../domain/funding.ts';
import type { AssetNetwork } from '../../../domain/network.ts';
import type { ExchangeStatus } from '../../feed.ts';
import { aborted } from './aborted.ts';
import { backoffDelayMs } from './backoff.ts';
import type { CcxtErrors, CcxtExchange } from './ccxt-types.ts';
import { closeExchange } from './close-exchange.ts';
import type { ExchangeCaller } from './exchange-call.ts';
import { ExchangeFault } from './exchange-fault.ts';
import { ExchangeNetworks, followNetworks } from './exchange-networks.ts';
import { ExchangeReadings } from './exchange-readings.ts';
import { ExchangeRequests } from './exchange-requests.ts';
import { ExchangeState } from './exchange-state.ts';
import { followFunding } from './follow-funding.ts';
import type { MessageTap } from './message-tap.ts';
import type { CcxtFeedOptions, CcxtTimes } from './options.ts';
import type { ReaderSink } from './reader.ts';
import { toTieredFees } from './tiered-fees.ts';
import type { LoadedMarket } from './to-market.ts';

/** An exchange that is ready to be called. */
export interface OpenedExchange {
  readonly exchange: CcxtExchange;
  readonly errors: CcxtErrors;
  readonly tap: MessageTap;
}

export interface ExchangeWorkerOptions {
  readonly id: string;
  readonly feed: CcxtFeedOptions;
  readonly times: CcxtTimes;
  readonly maxBookStreamsCount: number;
  /** @throws {SpreadscopeError} `exchange_unknown`. */
  readonly open: () => Promise<OpenedExchange>;
  readonly sink: Pick<ReaderSink, 'quote' | 'book'> & {
    readonly funding: (funding: Funding) => void;
  };
  /** The markets are there, for the first time or anew. */
  readonly onLoaded: () => void;
  /** Nothing arrives any more. */
  readonly onDown: () => void;
  readonly skippedCount: () => number;
}

interface Opened {
  readonly exchange: CcxtExchange;
  readonly requests: ExchangeRequests;
  readonly caller: ExchangeCaller;
  readonly reading: ExchangeReadings;
}

export class ExchangeWorker {
  readonly id: string;
  readonly #options: ExchangeWorkerOptions;
  readonly #state: ExchangeState;
  readonly #closing = new AbortController();
  readonly #networks: ExchangeNetworks;
  readonly #attempted = Promise.withResolvers<void>();
  #session = new AbortController();
  #symbols: readonly string[] = [];
  #opened: Opened | null = null;
  #markets: ReadonlyMap<string, LoadedMarket> | null = null;
  #running: Promise<void> | null = null;

  constructor(options: ExchangeWorkerOptions) {
    this.id = options.id;
    this.#options = options;
    this.#state = new ExchangeState(options.id);
    this.#networks = new ExchangeNetworks(options.id);
  }

  /** Null until they are loaded. */
  get markets(): ReadonlyMap<string, LoadedMarket> | null {
    return this.#markets;
  }

  /** Of the watched assets, as far as the exchange says; the same array while nothing has changed. */
  get networks(): readonly AssetNetwork[] {
    return this.#networks.list;
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
    if (symbols.join() === this.#symbols.join()) return;
    this.#symbols = symbols;
    this.#networks.watch(symbols);
    this.#state.watching(symbols.length);
    this.#session.abort();
  }

  async fetchBook(symbol: string, levelsCount: number, signal: AbortSignal): Promise<Book> {
    if (this.#opened === null || this.#markets === null) throw this.#notLoaded();
    const market = this.#markets.get(symbol);
    if (market === undefined) throw new ExchangeFault(this.id, 'symbol_unknown');
    const either = AbortSignal.any([signal, this.#closing.signal]);
    return this.#opened.requests.fetchBook(market, levelsCount, either);
  }

  async close(): Promise<void> {
    this.#closing.abort(new SpreadscopeError('closed', `${this.id} was closed`));
    await this.#closeSockets();
    await this.#running;
    this.#state.closed();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const opened = await this.#open();
        await this.#prepare(opened, signal);
        await this.#read(opened, signal);
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

  /** Loads the markets, or when that was done before makes sure that the exchange answers. */
  async #prepare({ requests, reading }: Opened, signal: AbortSignal): Promise<void> {
    const [symbol] = this.#symbols;
    try {
      if (this.#markets === null) await this.#load(requests, signal);
      else if (symbol !== undefined) await requests.probe(symbol, signal);
    } catch (error) {
      reading.requestFailed();
      throw error;
    }
    this.#attempted.resolve();
  }

  async #load(requests: ExchangeRequests, signal: AbortSignal): Promise<void> {
    this.#markets = await requests.loadMarkets(signal);
    this.#state.succeeded();
    this.#options.onLoaded();
    this.#refresh(requests, signal).catch(() => undefined);
    this.#calibrate(requests, signal).catch(() => undefined);
    this.#followNetworks(requests, signal).catch(() => undefined);
  }

  /** Fees, steps, new and suspended markets, from time to time; a failure leaves what is known. Ends by the abort. */
  async #refresh(requests: ExchangeRequests, signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#options.feed.clock.sleep(this.#options.times.marketsRefreshMs, signal);
      if (this.#state.isDown) continue;
      try {
        this.#markets = await requests.loadMarkets(signal);
        this.#options.onLoaded();
      } catch (error) {
        if (signal.aborted) throw error;
        this.#log('warn', `${this.id}: markets could not be loaded anew`, this.#toFault(error));
      }
    }
  }

  /** Compares the exchange's clock with ours, from time to time; a failure leaves what is known. Ends by the abort. */
  async #calibrate(requests: ExchangeRequests, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const offsetMs = await requests.measureClockOffsetMs(signal);
        if (offsetMs === null) return;
        this.#state.clockOffsetMs = offsetMs;
      } catch (error) {
        if (signal.aborted) return;
        this.#log('info', `${this.id}: its clock could not be read`, this.#toFault(error));
      }
      await this.#options.feed.clock.sleep(this.#options.times.clockRefreshMs, signal);
    }
  }

  /** Ends by the abort. */
  #followNetworks(requests: ExchangeRequests, signal: AbortSignal): Promise<void> {
    const { feed, times } = this.#options;
    const watch = {
      networks: this.#networks,
      clock: feed.clock,
      refreshMs: times.networksRefreshMs,
      loaded: () => this.#opened?.exchange.currencies ?? null,
      fetch: (during: AbortSignal) => requests.fetchCurrencies(during),
      isDown: () => this.#state.isDown,
      onFault: (error: unknown) =>
        this.#log('info', `${this.id}: its networks could not be read`, this.#toFault(error)),
    };
    return followNetworks(watch, signal);
  }

  async #open(): Promise<Opened> {
    if (this.#opened !== null) return this.#opened;
    const { feed, times, sink, maxBookStreamsCount, open } = this.#options;
    const { clock, tracer, random, takerBpsOverride, bookLevelsCount: levelsCount } = feed;
    const { exchange, errors, tap } = await open();
    const state = this.#state;
    const onRoundTrip = (roundTripMs: number) => {
      state.roundTripMs = roundTripMs;
    };
    const caller: ExchangeCaller = { exchange: this.id, clock, tracer, errors, onRoundTrip };
    const shared = { exchange, caller, times };
    const tieredFees = toTieredFees(exchange, feed.volumes30d?.get(this.id) ?? null);
    const requests = new ExchangeRequests({ ...shared, takerBpsOverride, tieredFees });
    const reading = new ExchangeReadings({
      ...{ ...shared, state, clock, random, levelsCount, maxBookStreamsCount, tap },
      ...(feed.kernelModule === undefined ? {} : { kernelModule: feed.kernelModule }),
      sink: { ...sink, live: () => undefined },
      log: (message, fault) => this.#log('info', message, fault),
      closeSockets: () => this.#closeSockets(),
    });
    this.#opened = { exchange, caller, requests, reading };
    return this.#opened;
  }

  /** Reads until a fault; begins anew, without one, each time the symbols change. */
  async #read(opened: Opened, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#session = new AbortController();
      const session = AbortSignal.any([signal, this.#session.signal]);
      const markets = this.#markets ?? new Map();
      if (this.#symbols.length === 0) await aborted(session);
      else await this.#readWithFunding(opened, markets, session);
      // What was subscribed to would go on arriving beside what is subscribed to next.
      await this.#closeSockets();
    }
  }

  /** Funding is asked for beside the reading, and no longer than it. */
  async #readWithFunding(
    { exchange, caller, reading }: Opened,
    markets: ReadonlyMap<string, LoadedMarket>,
    signal: AbortSignal,
  ): Promise<void> {
    const { feed, times, sink } = this.#options;
    const ending = new AbortController();
    const watched = this.#symbols.flatMap((symbol) => markets.get(symbol) ?? []);
    const following = followFunding(
      {
        ...{ exchange, caller, times, clock: feed.clock, sink: sink.funding },
        onFailure: (error) =>
          this.#log('info', `${this.id}: funding could not be read`, this.#toFault(error)),
      },
      watched,
      AbortSignal.any([signal, ending.signal]),
    );
    try {
      await reading.read({ markets, symbols: this.#symbols }, signal);
    } finally {
      ending.abort();
      await following;
    }
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
    this.#opened?.reading.reset();
    await this.#closeSockets();
    this.#attempted.resolve();
    await clock.sleep(delayMs, signal).catch(() => undefined);
    if (!signal.aborted) this.#state.connecting();
  }

  async #closeSockets(): Promise<void> {
    if (this.#opened === null) return;
    const { clock } = this.#options.feed;
    await closeExchange(this.#opened.exchange, clock, this.#options.times.closeTimeoutMs);
  }

  #notLoaded(): SpreadscopeError {
    const code = this.#state.reason?.code ?? 'exchange_network';
    return new ExchangeFault(this.id, code, { detail: 'has no markets yet' });
  }

  /** Whatever comes from ccxt was given a code where it was called. */
  #toFault(error: unknown): SpreadscopeError {
    if (isSpreadscopeError(error)) return error;
    return new ExchangeFault(this.id, 'exchange_failed', { cause: error });
  }

  #log(level: 'info' | 'warn', message: string, fault?: SpreadscopeError): void {
    const code = fault === undefined ? {} : { 'error.type': fault.code };
    this.#options.feed.logger.log(level, message, { 'exchange.name': this.id, ...code });
  }
}
