/** Market data of another process: a market-data service (`ROLE=market`), read over its stream of quotes. */

import { type SpanContext, type TextMapPropagator, type Tracer, trace } from '@opentelemetry/api';
import type { Book } from '../../../domain/book.ts';
import type { Clock } from '../../../domain/clock.ts';
import {
  type ErrorCode,
  isSpreadscopeError,
  SpreadscopeError,
  toErrorMessage,
} from '../../../domain/errors.ts';
import type { MarketDataSource } from '../../../domain/market.ts';
import type { AssetNetwork } from '../../../domain/network.ts';
import { MAX_BATCH_LINKS } from '../../../telemetry/propagate/messaging.ts';
import type { Logger } from '../../../telemetry/telemetry.ts';
import { createConflatingQueue } from '../../conflation.ts';
import type { ExchangeStatus, Feed, FeedBatch, FeedMarkets } from '../../feed.ts';
import type { NumberedUpdate } from '../../quotes/quote-board.ts';
import type { ShardFilter } from '../../shard-filter.ts';
import { createMarketService, type MarketService } from './market-service.ts';
import { fetchRemoteBook } from './remote-book.ts';
import { RemoteMarkets } from './remote-markets.ts';
import { RemoteStream } from './remote-stream.ts';

export interface RemoteFeedOptions {
  /** Where the market-data service is, such as `http://market:8787`. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** Uniform in [0, 1); for the jitter of reconnecting. */
  readonly random: () => number;
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  readonly logger: Logger;
  /** Only these parts of the symbols are asked for; absent: all. */
  readonly shards?: ShardFilter;
}

/** Ceiling of the first wait before the stream is opened again, milliseconds; doubles with every failure. */
const RECONNECT_BASE_MS = 250;
/** No ceiling is higher than this, milliseconds. */
const RECONNECT_CAP_MS = 10_000;
/**
 * A break shorter than this goes unnoticed: quotes stay in use, which their age bounds anyway, and the stream is resumed.
 * After it all exchanges are down, and the stream begins anew, milliseconds.
 */
export const BREAK_GRACE_MS = 1_000;

/** Nothing is connected before `loadMarkets`. */
export function createRemoteFeed(options: RemoteFeedOptions): Feed {
  return new RemoteFeed(options);
}

class RemoteFeed implements Feed {
  readonly #options: RemoteFeedOptions;
  readonly #service: MarketService;
  readonly #queue;
  readonly #markets;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(markets: FeedMarkets) => void>();
  #running: Promise<void> | null = null;
  #session = new AbortController();
  #attempt = Promise.withResolvers<void>();
  #loaded: FeedMarkets | null = null;
  #source: MarketDataSource = 'live';
  #networks: readonly AssetNetwork[] = [];
  #origins: SpanContext[] = [];
  /** Since when nothing can be read; null while the stream is open. */
  #brokenAtMs: number | null = null;
  #fault: SpreadscopeError | null = null;
  #retryAtMs: number | null = null;
  /** The place to go on from; null: from the newest state of all. */
  #lastId: string | null = null;

  constructor(options: RemoteFeedOptions) {
    this.#options = options;
    this.#service = createMarketService(options);
    this.#queue = createConflatingQueue(options.clock);
    this.#markets = new RemoteMarkets();
    options.shards?.onChange(() => this.#askAnew());
  }

  /** What the service says it is; until it was asked, that of a real market. */
  get source(): MarketDataSource {
    return this.#source;
  }

  async loadMarkets(signal: AbortSignal): Promise<FeedMarkets> {
    signal.throwIfAborted();
    this.#running ??= this.#run(this.#closing.signal);
    while (this.#loaded === null) {
      const { promise } = this.#attempt;
      promise.catch(() => undefined);
      await Promise.race([promise, rejectOnAbort(signal)]);
    }
    return this.#loaded;
  }

  onMarkets(listener: (markets: FeedMarkets) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async *batches(signal: AbortSignal): AsyncGenerator<FeedBatch, void, void> {
    for await (const batch of this.#queue.batches(signal)) {
      const origins = this.#origins;
      this.#origins = [];
      yield origins.length === 0 ? batch : { ...batch, origins };
    }
  }

  async fetchBook(
    exchange: string,
    symbol: string,
    levelsCount: number,
    signal: AbortSignal,
  ): Promise<Book> {
    signal.throwIfAborted();
    const refuse = (code: ErrorCode, message: string) => new SpreadscopeError(code, message);
    if (!this.#markets.hasExchange(exchange)) {
      throw refuse('exchange_unknown', `${exchange}: is not watched by ${this.#service.host}`);
    }
    if (!this.#loaded?.markets.some((each) => each.exchange === exchange && each.symbol === symbol))
      throw refuse('symbol_unknown', `${exchange}: ${symbol} is not watched`);
    const service = this.#service;
    const wanted = { exchange, symbol, levelsCount, signal };
    const book = await fetchRemoteBook({ ...this.#options, service }, wanted);
    return this.#markets.toOurTime(book, this.#options.clock.nowMs());
  }

  exchanges(): readonly ExchangeStatus[] {
    const skippedCount = (exchange: string) => this.#queue.skippedCount(exchange);
    if (this.#closing.signal.aborted) {
      const reason = (exchange: string) => ({
        code: 'closed' as const,
        message: `${exchange} was closed`,
      });
      return this.#markets.statuses(skippedCount, (exchange) => ({
        state: 'closed',
        reason: reason(exchange),
        retryAtMs: null,
      }));
    }
    if (!this.#isDown()) return this.#markets.statuses(skippedCount, null);
    // Who sees this forgets all quotes, so going on from the last place would leave some unknown.
    this.#lastId = null;
    const fault = this.#fault ?? new SpreadscopeError('feed_unavailable', 'not connected');
    const reason = { code: fault.code, message: fault.message };
    const retryAtMs = this.#retryAtMs;
    return this.#markets.statuses(skippedCount, () => ({ state: 'down', reason, retryAtMs }));
  }

  networks(): readonly AssetNetwork[] {
    return this.#networks;
  }

  async close(): Promise<void> {
    this.#closing.abort(new SpreadscopeError('closed', 'the remote feed was closed'));
    this.#listeners.clear();
    await this.#running;
    this.#queue.close();
  }

  #isDown(): boolean {
    const { clock } = this.#options;
    return this.#brokenAtMs !== null && clock.monotonicMs() - this.#brokenAtMs >= BREAK_GRACE_MS;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failuresCount = 0;
    while (!signal.aborted) {
      const fault = await this.#read(signal, () => {
        failuresCount = 0;
      });
      if (signal.aborted) break;
      if (fault === null) continue;
      failuresCount += 1;
      await this.#pause(fault, failuresCount, signal);
    }
    this.#settleAttempt(new SpreadscopeError('closed', 'the remote feed was closed'));
  }

  /** Reads until the stream breaks; null when it is to be asked anew, which is no fault. */
  async #read(signal: AbortSignal, onMessage: () => void): Promise<SpreadscopeError | null> {
    this.#session = new AbortController();
    const session = this.#session.signal;
    const stream = new RemoteStream({
      ...this.#options,
      service: this.#service,
      lastId: this.#lastId,
    });
    try {
      const offsetMs = await this.#service.measureClockOffsetMs(signal);
      this.#markets.setClockOffset(offsetMs);
      await stream.read(AbortSignal.any([signal, session]), {
        message: () => {
          if (stream.lastId !== null && stream.isResumed && this.#lastId === null) {
            throw this.#gap('it was shown as broken meanwhile');
          }
          onMessage();
          this.#recovered();
        },
        markets: (markets, source) => this.#takeMarkets(markets, source),
        exchanges: (exchanges) => this.#markets.setStatuses(exchanges),
        networks: (networks) => {
          this.#networks = networks;
        },
        updates: (updates, id, span) => this.#takeUpdates(updates, id, span),
      });
      if (session.aborted || signal.aborted) return null;
      return new SpreadscopeError(
        'feed_unavailable',
        `market-data service ${this.#service.host}: the stream ended`,
      );
    } catch (error) {
      if (session.aborted || signal.aborted) return null;
      if (isSpreadscopeError(error)) return error;
      const message = `market-data service ${this.#service.host}: the stream broke`;
      return new SpreadscopeError('feed_unavailable', message, { cause: error });
    }
  }

  #gap(why: string): SpreadscopeError {
    return new SpreadscopeError('feed_failed', `market-data stream: begun anew, ${why}`);
  }

  #recovered(): void {
    if (this.#fault !== null) {
      this.#options.logger.info('the market-data service can be read again', {
        'server.address': this.#service.host,
      });
    }
    this.#brokenAtMs = null;
    this.#fault = null;
    this.#retryAtMs = null;
  }

  #takeMarkets(markets: FeedMarkets, source: MarketDataSource): void {
    this.#source = source;
    this.#loaded = markets;
    this.#settleAttempt(null);
    for (const listener of this.#listeners) listener(markets);
  }

  #takeUpdates(updates: readonly NumberedUpdate[], id: string, span: SpanContext): void {
    const nowMs = this.#options.clock.nowMs();
    this.#lastId = id;
    for (const update of updates) {
      if (update.type === 'quote') {
        this.#markets.note(update.quote, update.number, id);
        this.#queue.pushQuote(this.#markets.toOurTime(update.quote, nowMs));
      } else if (update.type === 'funding') {
        this.#queue.pushFunding(this.#markets.toOurTime(update.funding, nowMs));
      } else {
        this.#markets.note(update.book, update.number, id);
        this.#queue.pushBook(this.#markets.toOurTime(update.book, nowMs));
      }
    }
    if (!trace.isSpanContextValid(span)) return;
    this.#origins.push(span);
    if (this.#origins.length > MAX_BATCH_LINKS) this.#origins.shift();
  }

  async #pause(fault: SpreadscopeError, failuresCount: number, signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.#options;
    // What is missing or not understood cannot be made good from where it was read.
    if (fault.code === 'feed_failed') this.#lastId = null;
    const ceilingMs = Math.min(RECONNECT_CAP_MS, RECONNECT_BASE_MS * 2 ** (failuresCount - 1));
    const delayMs = Math.floor(random() * ceilingMs);
    this.#brokenAtMs ??= clock.monotonicMs();
    this.#retryAtMs = clock.nowMs() + delayMs;
    if (this.#fault?.message !== fault.message) {
      const attributes = { 'error.type': fault.code, 'server.address': this.#service.host };
      logger.warn(`${toErrorMessage(fault)}; tried again until it answers`, attributes, fault);
    }
    this.#fault = fault;
    this.#settleAttempt(fault);
    await clock.sleep(delayMs, signal).catch(() => undefined);
  }

  /** Other parts of the symbols are wanted: a new stream, with the newest state of all of them. */
  #askAnew(): void {
    this.#lastId = null;
    this.#session.abort();
  }

  #settleAttempt(fault: SpreadscopeError | null): void {
    const { resolve, reject, promise } = this.#attempt;
    this.#attempt = Promise.withResolvers();
    promise.catch(() => undefined);
    if (fault === null) resolve();
    else reject(fault);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
