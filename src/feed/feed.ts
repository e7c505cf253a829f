/** The contract of every source of market data. Drivers live in `drivers/`, one package per driver. */

import type { SpanContext } from '@opentelemetry/api';
import type { Book } from '../domain/book.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Funding } from '../domain/funding.ts';
import type { Market, MarketDataSource } from '../domain/market.ts';
import type { AssetNetwork } from '../domain/network.ts';
import type { Quote } from '../domain/quote.ts';
import type { IngestSink } from './ingest.ts';

/** All that arrived since the batch before, newest state per market. */
export interface FeedBatch {
  /** The moment at which this batch is to be judged, milliseconds since the epoch; a recording gives its own time. */
  readonly atMs: number;
  readonly quotes: readonly Quote[];
  /** A book implies its quote: a driver sends one or the other for a market, never both in one batch. */
  readonly books: readonly Book[];
  /** Newest funding of perpetuals, at most one a market; absent: none came. */
  readonly funding?: readonly Funding[];
  /** Spans of other services that this came from; the round links to them. Absent: none. */
  readonly origins?: readonly SpanContext[];
}

/** How an exchange is read. */
export type FeedTransport = 'websocket' | 'rest' | 'recording' | 'synthetic' | 'push';

export interface ExchangeReason {
  readonly code: ErrorCode;
  /** One sentence for a person, without secrets. */
  readonly message: string;
}

/** The state of one exchange, as shown by the API. */
export interface ExchangeStatus {
  readonly exchange: string;
  /** `degraded`: some of its markets fail. `down`: nothing arrives; retried at `retryAtMs`. */
  readonly state: 'connecting' | 'live' | 'degraded' | 'down' | 'closed';
  readonly transport: FeedTransport;
  /** Why the state is not `live`; null when it is. */
  readonly reason: ExchangeReason | null;
  readonly marketsCount: number;
  readonly updatesCount: number;
  /** Updates replaced by a newer one before a slow consumer took them. */
  readonly skippedCount: number;
  /** Failures since the last success. */
  readonly failuresCount: number;
  /** Milliseconds since the epoch; null before the first update. */
  readonly lastUpdateAtMs: number | null;
  /** Last measured request round trip, milliseconds; null when nothing was requested yet. */
  readonly roundTripMs: number | null;
  /** The exchange's clock less ours, milliseconds; null where it does not say its time, or not yet. */
  readonly clockOffsetMs: number | null;
  /** When the next attempt is made, milliseconds since the epoch; null unless `down`. */
  readonly retryAtMs: number | null;
}

/** A symbol that is not watched, and why. */
export interface OmittedSymbol {
  readonly symbol: string;
  readonly reason: 'fewer_than_two_exchanges' | 'over_capacity';
  /** Exchanges that have it. */
  readonly exchanges: readonly string[];
}

/** What a feed will deliver. */
export interface FeedMarkets {
  readonly markets: readonly Market[];
  readonly omitted: readonly OmittedSymbol[];
  /** Deepest book side that can come, in levels; 0 when the feed sends quotes only. */
  readonly maxLevelsCount: number;
}

export interface Feed {
  readonly source: MarketDataSource;
  /** Where feeders elsewhere push to; absent in a feed that takes nothing in. */
  readonly ingest?: IngestSink;
  /**
   * Loads markets, fees and limits of all exchanges. One exchange that fails is passed over and shown by
   * `exchanges()`; it may come later, announced through `onMarkets`.
   *
   * @throws {SpreadscopeError} when no exchange could be loaded, or the recording is invalid.
   */
  loadMarkets(signal: AbortSignal): Promise<FeedMarkets>;
  /**
   * Calls `listener` when the set of markets changes after `loadMarkets` (an exchange that recovered).
   * Returns the function that stops it.
   */
  onMarkets(listener: (markets: FeedMarkets) => void): () => void;
  /**
   * Batches until the source ends or `signal` aborts (then the iteration ends, without a throw). A slow consumer gets
   * the newest state of each market; what was replaced is counted in `skippedCount`. A recording skips nothing: it waits.
   */
  batches(signal: AbortSignal): AsyncIterable<FeedBatch>;
  /**
   * The depth of one market, on demand.
   *
   * @param levelsCount - levels wanted a side; an exchange may give fewer or more.
   * @throws {SpreadscopeError} with a code that says why the exchange gave none.
   */
  fetchBook(
    exchange: string,
    symbol: string,
    levelsCount: number,
    signal: AbortSignal,
  ): Promise<Book>;
  exchanges(): readonly ExchangeStatus[];
  /**
   * The networks on which the exchanges move assets, as far as they say: the same array as before while nothing has
   * changed. Absent: this source knows none.
   */
  networks?(): readonly AssetNetwork[];
  close(): Promise<void>;
}
