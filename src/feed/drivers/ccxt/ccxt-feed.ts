/** Live market data of any exchange that ccxt speaks with: WebSocket where the exchange has it, REST otherwise. */

import { SpreadscopeError } from '../../../domain/errors.ts';
import type { AssetNetwork } from '../../../domain/network.ts';
import { type ConflatingQueue, createConflatingQueue } from '../../conflation.ts';
import type { Feed, FeedMarkets } from '../../feed.ts';
import { untilAborted } from './aborted.ts';
import { ExchangeFault } from './exchange-fault.ts';
import { ExchangeWorker, type OpenedExchange } from './exchange-worker.ts';
import { loadCcxt } from './load-ccxt.ts';
import {
  type CcxtFeedOptions,
  type CcxtTimes,
  DEFAULT_MAX_BOOK_STREAMS_COUNT,
  DEFAULT_TIMES,
  MAX_RESPONSE_BYTES,
} from './options.ts';
import { prepareExchange } from './prepare-exchange.ts';
import { toWatchedSymbols } from './watched-symbols.ts';

/** A market is compared with the same one elsewhere. */
const MIN_EXCHANGES_COUNT = 2;

/** Nothing is loaded or connected before `loadMarkets`. */
export function createCcxtFeed(options: CcxtFeedOptions): Feed {
  return new CcxtFeed(options);
}

class CcxtFeed implements Feed {
  readonly source = 'live';
  readonly #options: CcxtFeedOptions;
  readonly #times: CcxtTimes;
  readonly #queue: ConflatingQueue;
  readonly #workers: ReadonlyMap<string, ExchangeWorker>;
  readonly #listeners = new Set<(markets: FeedMarkets) => void>();
  readonly #closing = new AbortController();
  #networkLists: readonly (readonly AssetNetwork[])[] = [];
  #networks: readonly AssetNetwork[] = [];
  #isLoaded = false;
  /** What was last shared, to tell a change from a repetition. */
  #shared = '';

  constructor(options: CcxtFeedOptions) {
    this.#options = options;
    this.#times = toTimes(options);
    this.#queue = createConflatingQueue(options.clock);
    const ids = [...new Set(options.exchanges)];
    this.#workers = new Map(ids.map((id) => [id, this.#createWorker(id)]));
  }

  async loadMarkets(signal: AbortSignal): Promise<FeedMarkets> {
    const attempts = [...this.#workers.values()].map((worker) => worker.start());
    await untilAborted(this.#waitForAttempts(attempts), signal);
    signal.throwIfAborted();
    if (this.#loadedCount() === 0) throw this.#nothingLoaded();
    this.#isLoaded = true;
    return this.#share();
  }

  onMarkets(listener: (markets: FeedMarkets) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  batches(signal: AbortSignal) {
    return this.#queue.batches(signal);
  }

  async fetchBook(exchange: string, symbol: string, levelsCount: number, signal: AbortSignal) {
    const worker = this.#workers.get(exchange);
    if (worker === undefined) {
      throw new ExchangeFault(exchange, 'exchange_unknown', { detail: 'is not watched' });
    }
    return worker.fetchBook(symbol, levelsCount, signal);
  }

  exchanges() {
    return [...this.#workers.values()].map((worker) => worker.status());
  }

  networks(): readonly AssetNetwork[] {
    const lists = [...this.#workers.values()].map((worker) => worker.networks);
    const isSame = lists.every((list, index) => list === this.#networkLists[index]);
    if (!isSame) [this.#networkLists, this.#networks] = [lists, lists.flat()];
    return this.#networks;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    this.#queue.close();
  }

  /** All first attempts, or after a while those that ended, as soon as two exchanges can be compared. */
  async #waitForAttempts(attempts: readonly Promise<void>[]): Promise<void> {
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, this.#closing.signal]);
    const waited = this.#options.clock.sleep(this.#times.loadWaitMs, signal).catch(() => undefined);
    const patience = waited.then(() => this.#untilComparable(attempts));
    await Promise.race([Promise.all(attempts), patience]);
    waiting.abort();
  }

  async #untilComparable(attempts: readonly Promise<void>[]): Promise<void> {
    const pending = new Set(attempts);
    for (const attempt of attempts) attempt.then(() => pending.delete(attempt));
    while (this.#loadedCount() < MIN_EXCHANGES_COUNT && pending.size > 0) {
      await Promise.race(pending);
    }
  }

  #createWorker(id: string): ExchangeWorker {
    return new ExchangeWorker({
      id,
      feed: this.#options,
      times: this.#times,
      maxBookStreamsCount: this.#options.maxBookStreamsCount ?? DEFAULT_MAX_BOOK_STREAMS_COUNT,
      open: () => this.#open(id),
      sink: {
        quote: (quote) => this.#queue.pushQuote(quote),
        book: (book) => this.#queue.pushBook(book),
        funding: (funding) => this.#queue.pushFunding(funding),
      },
      onLoaded: () => this.#announce(),
      onDown: () => this.#queue.discard(id),
      skippedCount: () => this.#queue.skippedCount(id),
    });
  }

  async #open(id: string): Promise<OpenedExchange> {
    const { createExchange, clock, logger, symbols, contracts = [], urlOverrides } = this.#options;
    const { fetch: send = fetch } = this.#options;
    const isSpotWanted = symbols === 'auto' || symbols.every((symbol) => !symbol.includes(':'));
    const ccxt = await loadCcxt();
    const exchangeClass = ccxt.exchangeClass(id);
    if (exchangeClass === null && createExchange === undefined) {
      throw new ExchangeFault(id, 'exchange_unknown');
    }
    const exchange = createExchange?.(id) ?? (exchangeClass && new exchangeClass({}));
    if (exchange === null) throw new ExchangeFault(id, 'exchange_unknown');
    const tap = prepareExchange(exchange, {
      clock,
      logger,
      errors: ccxt.errors,
      requestTimeoutMs: this.#times.requestTimeoutMs,
      maxResponseBytes: MAX_RESPONSE_BYTES,
      fetch: send,
      urlOverride: urlOverrides?.[id] ?? null,
      isSpotOnly: isSpotWanted && contracts.length === 0,
    });
    return { exchange, errors: ccxt.errors, tap };
  }

  #loadedCount(): number {
    return [...this.#workers.values()].filter((worker) => worker.markets !== null).length;
  }

  /** An exchange came later than `loadMarkets`, or changed its markets. */
  #announce(): void {
    if (!this.#isLoaded) return;
    const before = this.#shared;
    const markets = this.#share();
    if (before === this.#shared) return;
    for (const listener of this.#listeners) listener(markets);
  }

  #share(): FeedMarkets {
    const loaded = [...this.#workers.values()].flatMap(({ id, markets }) =>
      markets === null ? [] : [[id, markets] as const],
    );
    const { symbols: wanted, contracts = [] } = this.#options;
    const watched = toWatchedSymbols(new Map(loaded), wanted, contracts);
    for (const [id, symbols] of watched.symbolsByExchange) this.#workers.get(id)?.watch(symbols);
    const { markets, omitted } = watched;
    this.#shared = JSON.stringify([markets, omitted]);
    return { markets, omitted, maxLevelsCount: this.#options.bookLevelsCount };
  }

  #nothingLoaded(): SpreadscopeError {
    const reasons = this.exchanges().map(({ exchange, reason }) => `${exchange}: ${reason?.code}`);
    const [first, ...others] = new Set(this.exchanges().map(({ reason }) => reason?.code));
    const code = first !== undefined && others.length === 0 ? first : 'exchange_failed';
    return new SpreadscopeError(code, `no exchange could be loaded (${reasons.join(', ')})`);
  }
}

function toTimes(options: CcxtFeedOptions): CcxtTimes {
  return {
    requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_TIMES.requestTimeoutMs,
    callTimeoutMs: options.callTimeoutMs ?? DEFAULT_TIMES.callTimeoutMs,
    bookTimeoutMs: options.bookTimeoutMs ?? DEFAULT_TIMES.bookTimeoutMs,
    loadWaitMs: options.loadWaitMs ?? DEFAULT_TIMES.loadWaitMs,
    pollIntervalMs: options.pollIntervalMs ?? DEFAULT_TIMES.pollIntervalMs,
    stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_TIMES.stallTimeoutMs,
    streamRetryMs: options.streamRetryMs ?? DEFAULT_TIMES.streamRetryMs,
    marketsRefreshMs: options.marketsRefreshMs ?? DEFAULT_TIMES.marketsRefreshMs,
    clockRefreshMs: options.clockRefreshMs ?? DEFAULT_TIMES.clockRefreshMs,
    fundingRefreshMs: options.fundingRefreshMs ?? DEFAULT_TIMES.fundingRefreshMs,
    networksRefreshMs: options.networksRefreshMs ?? DEFAULT_TIMES.networksRefreshMs,
    closeTimeoutMs: options.closeTimeoutMs ?? DEFAULT_TIMES.closeTimeoutMs,
  };
}
