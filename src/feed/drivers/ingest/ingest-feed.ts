/** The feed of what others push: markets, quotes and books come in batches, through `ingest`. */

import type { Clock } from '../../../domain/clock.ts';
import type { MarketDataSource } from '../../../domain/market.ts';
import { createConflatingQueue } from '../../conflation.ts';
import type { ExchangeReason, Feed, FeedMarkets } from '../../feed.ts';
import type { IngestBatch, IngestOutcome, IngestSink } from '../../ingest.ts';
import { splitSharedSymbols } from '../../shared-symbols.ts';
import { createFeeders } from './feeders.ts';
import { PushedState } from './pushed-state.ts';

export interface IngestFeedOptions {
  readonly clock: Clock;
  /** What feeders must say that they push. */
  readonly source: MarketDataSource;
  /** Levels a side that a pushed book may have; deeper ones are cut. */
  readonly bookLevelsCount: number;
  /** An exchange without any update for so long is down. */
  readonly stallMs: number;
}

export interface IngestFeed extends Feed {
  readonly ingest: IngestSink;
}

/** Updates that wait longer than this for their round tell that detection cannot follow, milliseconds. */
export const MAX_LAG_MS = 1_000;

const CLOSED: ExchangeReason = { code: 'closed', message: 'The service has stopped.' };

/**
 * Times of updates are the feeder's, whose clock must be set as ours (NTP); one in the future is moved to now. Nothing is
 * known at first: markets are announced as they are pushed.
 */
export function createIngestFeed(options: IngestFeedOptions): IngestFeed {
  const { clock, bookLevelsCount } = options;
  const queue = createConflatingQueue(clock);
  const state = new PushedState(options.stallMs);
  const feeders = createFeeders();
  const listeners = new Set<(markets: FeedMarkets) => void>();
  const closing = new AbortController();
  let waitingSinceMs = 0;
  let isMoreThanLoaded = false;

  const allMarkets = (): FeedMarkets => {
    const markets = state.markets();
    const { omitted } = splitSharedSymbols(markets);
    return { markets, omitted, maxLevelsCount: bookLevelsCount };
  };
  const lagMs = () => (queue.pendingCount === 0 ? 0 : clock.nowMs() - waitingSinceMs);

  const announce = (batch: IngestBatch): void => {
    const nowMs = clock.nowMs();
    for (const exchange of batch.exchanges) {
      state.tell(exchange, nowMs);
      if (exchange.state === 'down') queue.discard(exchange.exchange);
    }
    if (batch.markets.length === 0) return;
    for (const market of batch.markets) state.setMarket(market, nowMs);
    isMoreThanLoaded = listeners.size === 0;
    for (const listener of listeners) listener(allMarkets());
  };

  const pushUpdates = (batch: IngestBatch): IngestOutcome => {
    const nowMs = clock.nowMs();
    if (queue.pendingCount === 0) waitingSinceMs = nowMs;
    const counts = { taken: 0, unknown: 0, late: 0 };
    const take = <Update extends { readonly receivedAtMs: number }>(given: Update): Update =>
      given.receivedAtMs > nowMs ? { ...given, receivedAtMs: nowMs } : given;
    for (const quote of batch.quotes.map(take)) {
      const refusal = state.update(quote);
      counts[refusal ?? 'taken'] += 1;
      if (refusal === null) queue.pushQuote(quote);
    }
    for (const given of batch.books.map(take)) {
      const { bids, asks } = given;
      const cut = { bids: bids.slice(0, bookLevelsCount), asks: asks.slice(0, bookLevelsCount) };
      const book = { ...given, ...cut };
      const refusal = state.update(book);
      counts[refusal ?? 'taken'] += 1;
      if (refusal === null) queue.pushBook(book);
    }
    return {
      type: 'taken',
      updatesCount: counts.taken,
      unknownCount: counts.unknown,
      lateCount: counts.late,
    };
  };

  return {
    source: options.source,
    ingest: {
      take: (batch) => {
        if (feeders.isTaken(batch.feeder, batch.sequence)) return { type: 'duplicate' };
        if (lagMs() > MAX_LAG_MS) return { type: 'behind', retryAfterMs: MAX_LAG_MS };
        feeders.remember(batch.feeder, batch.sequence);
        announce(batch);
        return pushUpdates(batch);
      },
    },
    loadMarkets: async (signal) => {
      signal.throwIfAborted();
      isMoreThanLoaded = false;
      return allMarkets();
    },
    onMarkets: (listener) => {
      listeners.add(listener);
      if (isMoreThanLoaded) listener(allMarkets());
      isMoreThanLoaded = false;
      return () => {
        listeners.delete(listener);
      };
    },
    batches: (signal) => queue.batches(AbortSignal.any([signal, closing.signal])),
    fetchBook: async (exchange, symbol, levelsCount, signal) => {
      signal.throwIfAborted();
      const book = state.bookOf(exchange, symbol);
      const { bids, asks } = book;
      return { ...book, bids: bids.slice(0, levelsCount), asks: asks.slice(0, levelsCount) };
    },
    exchanges: () =>
      state.statuses(clock.nowMs(), closing.signal.aborted ? CLOSED : null, queue.skippedCount),
    close: async () => closing.abort(),
  };
}
