/** The body of `GET /api/quotes/stream`: one reader's way through the board, at the pace at which it takes. */

import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Clock } from '../domain/clock.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { AssetNetwork } from '../domain/network.ts';
import type { NumberedUpdate, QuoteBoard } from '../feed/quotes/quote-board.ts';
import {
  EXCHANGES_INTERVAL_MS,
  formatStreamEvent,
  MAX_MESSAGE_UPDATES_COUNT,
  parsePlaceId,
  STREAM_HEARTBEAT_MS,
  STREAM_INTERVAL_MS,
  toExchangesEvent,
  toHeartbeatEvent,
  toMarketsEvent,
  toNetworksEvent,
  toPlaceId,
  toUpdatesEvent,
} from '../feed/quotes/stream-format.ts';
import { ATTR } from '../telemetry/names.ts';
import { type MessagingOptions, withProducerSpan } from '../telemetry/propagate/messaging.ts';
import { formatSseContext } from '../telemetry/propagate/stream-messages.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What all readers together were sent. */
export interface QuoteStreamCounts {
  readersCount: number;
  messagesCount: number;
  updatesCount: number;
  /** Updates that a reader never saw because a newer one of the same market came before it took them. */
  skippedCount: number;
}

export interface QuoteStreamOptions {
  readonly board: QuoteBoard;
  readonly source: () => MarketDataSource;
  /** The same array while nothing has changed. */
  readonly networks: () => readonly AssetNetwork[];
  /** When this run of the service began, milliseconds since the epoch. */
  readonly runAtMs: number;
  /** The place that the reader saw last; null: it has seen nothing. */
  readonly afterId: string | null;
  readonly accepts: (symbol: string) => boolean;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'tracer' | 'propagator'>;
  readonly counts: QuoteStreamCounts;
  /** Ends the stream; aborted when the reader goes away. */
  readonly abort: AbortController;
}

/** Name of the stream in spans. */
const DESTINATION = 'quotes';

export function createQuoteStream(options: QuoteStreamOptions): ReadableStream<Uint8Array> {
  const reader = new BoardReader(options);
  const encoder = new TextEncoder();
  const { counts, abort } = options;
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    counts.readersCount -= 1;
    reader.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: () => {
        counts.readersCount += 1;
        abort.signal.addEventListener('abort', close, { once: true });
      },
      // Called only when the reader has room: one that is slow finds newer state here, and no queue grows.
      pull: async (controller) => {
        const text = await reader.next();
        if (text !== null) return controller.enqueue(encoder.encode(text));
        close();
        controller.close();
      },
      cancel: () => abort.abort(),
    },
    { highWaterMark: 1 },
  );
}

class BoardReader {
  readonly #options: QuoteStreamOptions;
  readonly #messaging: MessagingOptions;
  readonly #numbers = new Map<string, number>();
  readonly #stopListening: () => void;
  #wake: (() => void) | null = null;
  #isClosed = false;
  #sequence: number;
  #lastId: string | null;
  /** What the reader was told last. */
  #networks: readonly AssetNetwork[] = [];
  #marketsVersion = 0;
  #exchangesVersion = 0;
  #exchangesAtMs = Number.NEGATIVE_INFINITY;
  #updatesAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: QuoteStreamOptions) {
    const { board, runAtMs, afterId, telemetry } = options;
    const sequence = afterId === null ? null : parsePlaceId(afterId, runAtMs, board.sequence);
    this.#options = options;
    this.#messaging = { ...telemetry, destination: DESTINATION, system: 'spreadscope' };
    this.#sequence = sequence ?? 0;
    this.#lastId = sequence === null ? null : afterId;
    this.#stopListening = board.onChange(() => this.#wake?.());
  }

  /** Text of the next event; null when the stream is over. Waits until there is something to say. */
  async next(): Promise<string | null> {
    const { clock } = this.#options;
    const heartbeatAtMs = clock.monotonicMs() + STREAM_HEARTBEAT_MS;
    while (!this.#isClosed) {
      const nowMs = clock.monotonicMs();
      const text = this.#nextText(nowMs);
      if (text !== null) return text;
      const leftMs = heartbeatAtMs - nowMs;
      if (leftMs <= 0) return formatStreamEvent(toHeartbeatEvent(clock.nowMs()));
      const pauseMs = this.#updatesAtMs + STREAM_INTERVAL_MS - nowMs;
      await this.#wait(pauseMs > 0 ? Math.min(pauseMs, leftMs) : leftMs, pauseMs > 0);
    }
    return null;
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#wake?.();
  }

  #nextText(nowMs: number): string | null {
    const { board, source, clock } = this.#options;
    if (board.markets === null) return null;
    const isOld = nowMs - this.#exchangesAtMs >= EXCHANGES_INTERVAL_MS;
    if (isOld || this.#exchangesVersion !== board.exchangesVersion) {
      this.#exchangesVersion = board.exchangesVersion;
      this.#exchangesAtMs = nowMs;
      return formatStreamEvent(toExchangesEvent(board.exchanges, clock.nowMs()));
    }
    if (this.#marketsVersion !== board.marketsVersion) {
      this.#marketsVersion = board.marketsVersion;
      const markets = board.markets.markets.filter(({ symbol }) => this.#options.accepts(symbol));
      const event = toMarketsEvent({ ...board.markets, markets }, source(), clock.nowMs());
      return formatStreamEvent(event);
    }
    const networks = this.#options.networks();
    const isNew = networks !== this.#networks && networks.length + this.#networks.length > 0;
    this.#networks = networks;
    if (isNew) return formatStreamEvent(toNetworksEvent(networks, clock.nowMs()));
    return nowMs - this.#updatesAtMs >= STREAM_INTERVAL_MS ? this.#nextUpdates(nowMs) : null;
  }

  #nextUpdates(nowMs: number): string | null {
    const { board, accepts, runAtMs, clock, counts } = this.#options;
    const changes = board.changesAfter(this.#sequence, accepts, MAX_MESSAGE_UPDATES_COUNT);
    this.#sequence = changes.sequence;
    if (changes.updates.length === 0) return null;
    this.#updatesAtMs = nowMs;
    const id = toPlaceId(runAtMs, changes.sequence);
    const event = toUpdatesEvent(
      changes.updates,
      { id, after: this.#lastId },
      // Times in it are of the same clock.
      clock.nowMs(),
    );
    this.#lastId = id;
    counts.messagesCount += 1;
    counts.updatesCount += changes.updates.length;
    counts.skippedCount += this.#countSkipped(changes.updates);
    return this.#send(changes.updates.length, (context) => formatStreamEvent(event, context));
  }

  /** Each message is a trace of its own, which the reader's side goes on with. */
  #send(updatesCount: number, format: (context: string) => string): string {
    const options = {
      ...this.#messaging,
      parent: ROOT_CONTEXT,
      attributes: { [ATTR.recordCount]: updatesCount },
    };
    return withProducerSpan(options, (_, span) =>
      format(this.#toLines(trace.setSpan(ROOT_CONTEXT, span))),
    );
  }

  #toLines(context: Context): string {
    return formatSseContext(this.#options.telemetry.propagator, context);
  }

  #countSkipped(updates: readonly NumberedUpdate[]): number {
    let skippedCount = 0;
    for (const update of updates) {
      if (update.type === 'funding') continue;
      const { exchange, symbol } = update.type === 'quote' ? update.quote : update.book;
      const key = `${exchange} ${symbol}`;
      const known = this.#numbers.get(key);
      if (known !== undefined) skippedCount += update.number - known - 1;
      this.#numbers.set(key, update.number);
    }
    return skippedCount;
  }

  /** Until the board changes or the time is over. @param isPause - a change does not end it. */
  async #wait(durationMs: number, isPause: boolean): Promise<void> {
    const cut = new AbortController();
    this.#wake = () => {
      if (!isPause || this.#isClosed) cut.abort();
    };
    await this.#options.clock.sleep(durationMs, cut.signal).catch(() => undefined);
    this.#wake = null;
  }
}
