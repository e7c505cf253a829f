/** One connection to the stream of quotes, from asking for it to its end. */

import { type SpanContext, type TextMapPropagator, type Tracer, trace } from '@opentelemetry/api';
import type { Clock } from '../../../domain/clock.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import type { MarketDataSource } from '../../../domain/market.ts';
import type { AssetNetwork } from '../../../domain/network.ts';
import { ATTR } from '../../../telemetry/names.ts';
import { withConsumerSpan } from '../../../telemetry/propagate/messaging.ts';
import type { ExchangeStatus, FeedMarkets } from '../../feed.ts';
import type { NumberedUpdate } from '../../quotes/quote-board.ts';
import { readServerSentEvents, type ServerSentEvent } from '../../quotes/sse-reader.ts';
import { STREAM_HEARTBEAT_MS } from '../../quotes/stream-format.ts';
import { parseStreamMessage, type StreamMessage } from '../../quotes/stream-parse.ts';
import type { ShardFilter } from '../../shard-filter.ts';
import { type MarketService, unavailable } from './market-service.ts';

export interface RemoteStreamOptions {
  readonly service: MarketService;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  readonly shards?: ShardFilter;
  /** The place to go on from; null: the newest state of all. */
  readonly lastId: string | null;
}

export interface RemoteStreamTakers {
  /** Called before each message is taken. */
  message(): void;
  markets(markets: FeedMarkets, source: MarketDataSource): void;
  exchanges(exchanges: readonly ExchangeStatus[]): void;
  networks(networks: readonly AssetNetwork[]): void;
  /** @param id - the place after them. @param span - that in which they are taken in. */
  updates(updates: readonly NumberedUpdate[], id: string, span: SpanContext): void;
}

/** Until the stream begins. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Three heartbeats that did not come: nobody is there any more, milliseconds. */
export const SILENCE_TIMEOUT_MS = 3 * STREAM_HEARTBEAT_MS;

export class RemoteStream {
  readonly #options: RemoteStreamOptions;
  #lastId: string | null;
  #isResumed = false;
  #heardAtMs = 0;

  constructor(options: RemoteStreamOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
  }

  /** The place that was read last. */
  get lastId(): string | null {
    return this.#lastId;
  }

  /** True once it went on from where another connection ended. */
  get isResumed(): boolean {
    return this.#isResumed;
  }

  /**
   * Reads until the stream ends.
   *
   * @throws {SpreadscopeError} `feed_unavailable`, `feed_refused`; `feed_failed` when a message is missing or not
   * understood. What `takers` throw.
   */
  async read(signal: AbortSignal, takers: RemoteStreamTakers): Promise<void> {
    const silent = new AbortController();
    const over = new AbortController();
    const ending = AbortSignal.any([signal, silent.signal]);
    const body = await this.#open(ending);
    this.#heardAtMs = this.#options.clock.monotonicMs();
    void this.#watchSilence(silent, over.signal);
    try {
      for await (const event of readServerSentEvents(body, ending)) {
        this.#heardAtMs = this.#options.clock.monotonicMs();
        const message = parseStreamMessage(event.event, event.data);
        if (message !== null) this.#take(message, event, takers);
      }
    } catch (error) {
      if (!silent.signal.aborted) throw error;
    } finally {
      over.abort();
    }
    if (!silent.signal.aborted) return;
    const { host } = this.#options.service;
    throw unavailable(`market-data service ${host}: silent for ${SILENCE_TIMEOUT_MS} ms`);
  }

  async #open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { service, shards } = this.#options;
    const query =
      shards === undefined ? '' : `?shardsCount=${shards.count}&shards=${shards.owned().join()}`;
    const headers = {
      Accept: 'text/event-stream',
      ...(this.#lastId === null ? {} : { 'Last-Event-ID': this.#lastId }),
    };
    const wait = { signal, timeoutMs: CONNECT_TIMEOUT_MS };
    const response = await service.get(`/api/quotes/stream${query}`, headers, wait);
    const type = response.headers.get('content-type') ?? '';
    if (response.body !== null && type.startsWith('text/event-stream')) return response.body;
    throw new SpreadscopeError(
      'feed_refused',
      `MARKET_URL: expected a stream of quotes from ${service.host}, got something else`,
    );
  }

  /** Aborts when nothing was heard for too long. */
  async #watchSilence(silent: AbortController, over: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!over.aborted) {
      const leftMs = this.#heardAtMs + SILENCE_TIMEOUT_MS - clock.monotonicMs();
      if (leftMs <= 0) return silent.abort();
      await clock.sleep(leftMs, over).catch(() => undefined);
    }
  }

  #take(message: StreamMessage, event: ServerSentEvent, takers: RemoteStreamTakers): void {
    if (message.type === 'updates') this.#follow(message.after, event.id);
    takers.message();
    if (message.type === 'markets') takers.markets(message.markets, message.source);
    if (message.type === 'exchanges') takers.exchanges(message.exchanges);
    if (message.type === 'networks') takers.networks(message.networks);
    if (message.type === 'updates') this.#takeUpdates(message.updates, event, takers);
  }

  /** A message that does not follow the last one means that one is missing. */
  #follow(after: string | null, id: string | null): void {
    const isNext = after === null || after === this.#lastId;
    if (!isNext || id === null) {
      throw new SpreadscopeError('feed_failed', 'market-data stream: a message is missing');
    }
    this.#isResumed = this.#isResumed || (after !== null && after === this.#options.lastId);
    this.#lastId = id;
  }

  /** In a CONSUMER span below the one in which the service sent it. */
  #takeUpdates(
    updates: readonly NumberedUpdate[],
    { id, fields }: ServerSentEvent,
    takers: RemoteStreamTakers,
  ): void {
    const { tracer, propagator } = this.#options;
    const options = {
      ...{ tracer, propagator, destination: 'quotes', system: 'spreadscope' },
      attributes: { [ATTR.recordCount]: updates.length },
    };
    withConsumerSpan(options, fields, (span) => {
      const context = span.isRecording() ? span.spanContext() : NO_SPAN;
      takers.updates(updates, id ?? '', context);
    });
  }
}

const NO_SPAN: SpanContext = trace
  .wrapSpanContext({
    traceId: '0'.repeat(32),
    spanId: '0'.repeat(16),
    traceFlags: 0,
  })
  .spanContext();
