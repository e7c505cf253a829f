/** Composition of a market-data service: a feed in, its quotes out to detectors, nothing detected and nothing stored. */

import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { toErrorMessage } from './domain/errors.ts';
import type { ExchangeStatus, Feed } from './feed/feed.ts';
import { createQuoteBoard, type QuoteBoard } from './feed/quotes/quote-board.ts';
import { createMarketHttpApp } from './http/market-http.ts';
import type { MarketIntake } from './http/market-services.ts';
import type { WebPages } from './http/services.ts';
import { loadMarketsPatiently } from './pipeline/load-markets.ts';
import { registerMarketMetrics } from './pipeline/market-metrics.ts';
import { createDeadline } from './shutdown.ts';
import { traceFetch } from './telemetry/http-server.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export interface MarketAppParts {
  readonly version: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly createRequestId: () => string;
  readonly telemetry: Telemetry;
  readonly feed: Feed;
  /** What detectors send as a bearer token. */
  readonly token: string;
  readonly web: WebPages;
}

/** A program as its host sees it, whatever its role. */
export interface MarketApp {
  fetch(request: Request): Promise<Response> | Response;
  /** Takes quotes in until the feed ends or `close` is called. @throws what the feed throws. */
  run(): Promise<void>;
  /** Ends the streams, then the feed and the exporter; takes at most `config.shutdownTimeoutMs`. */
  close(): Promise<void>;
}

/** The state of the exchanges is looked at this often, and with each batch, milliseconds. */
const EXCHANGES_LOOK_MS = 250;

export function createMarketApp(parts: MarketAppParts): MarketApp {
  const { config, clock, telemetry, feed } = parts;
  const stop = new AbortController();
  const board = createQuoteBoard();
  const counts = { readersCount: 0, messagesCount: 0, updatesCount: 0, skippedCount: 0 };
  const intake = createIntake(parts, board);
  const startedAtMs = clock.nowMs();
  const shared = { ...parts, startedAtMs, board, counts, shutdown: stop.signal };
  const http = createMarketHttpApp({ ...shared, intake: intake.status });
  let running: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  const closeInOrder = async (): Promise<void> => {
    const isInTime = createDeadline(clock, config.shutdownTimeoutMs, telemetry.logger);
    stop.abort();
    await isInTime(
      'intake',
      running.catch(() => undefined),
    );
    await isInTime('feed', feed.close());
    await isInTime('telemetry', telemetry.shutdown());
  };

  return {
    fetch: traceFetch(telemetry, (request: Request) => http.fetch(request)),
    run: () => {
      registerMarketMetrics({ meter: telemetry.meter, feed, counts });
      running = intake.run(stop.signal);
      return running;
    },
    close: () => {
      closing ??= closeInOrder();
      return closing;
    },
  };
}

/** Takes what the feed delivers onto the board. */
function createIntake({ clock, telemetry, feed }: MarketAppParts, board: QuoteBoard) {
  let status: MarketIntake = { state: 'starting', error: null, updatesCount: 0 };
  const follower = createExchangeFollower(feed, board);
  const patch = (change: Partial<MarketIntake>) => {
    status = { ...status, ...change };
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    void followRegularly(follower, clock, signal);
    const markets = await loadMarketsPatiently(feed, clock, signal, (error) => {
      if (status.error === null) {
        telemetry.logger.warn('no exchange can be read yet; waiting for the first', {}, error);
      }
      patch({ error: toErrorMessage(error) });
    });
    board.setMarkets(markets);
    patch({ state: 'running', error: null });
    const stopListening = feed.onMarkets((changed) => board.setMarkets(changed));
    try {
      for await (const batch of feed.batches(signal)) {
        follower();
        board.publish(batch);
        const updatesCount = batch.quotes.length + batch.books.length;
        patch({ updatesCount: status.updatesCount + updatesCount });
      }
    } finally {
      stopListening();
    }
  };
  return {
    status: () => status,
    run: async (signal: AbortSignal): Promise<void> => {
      try {
        await run(signal);
        patch({ state: 'ended' });
      } catch (error) {
        patch({ state: signal.aborted ? 'ended' : 'failed', error: toErrorMessage(error) });
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** Tells the board what changed in the state of the exchanges; what one that went down quoted is forgotten. */
function createExchangeFollower(feed: Feed, board: QuoteBoard): () => void {
  let known = '';
  return () => {
    const exchanges = feed.exchanges();
    const now = JSON.stringify(exchanges.map(toSignature));
    const isNew = now !== known;
    known = now;
    for (const { exchange, state } of isNew ? exchanges : []) {
      if (state === 'down' || state === 'closed') board.discard(exchange);
    }
    board.setExchanges(exchanges, isNew);
  };
}

/** What a detector must know at once; counts may wait. */
function toSignature(status: ExchangeStatus): readonly unknown[] {
  const { exchange, state, transport, reason, marketsCount, clockOffsetMs, retryAtMs } = status;
  return [exchange, state, transport, reason?.code, marketsCount, clockOffsetMs, retryAtMs];
}

async function followRegularly(
  follow: () => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    follow();
    await clock.sleep(EXCHANGES_LOOK_MS, signal).catch(() => undefined);
  }
}
