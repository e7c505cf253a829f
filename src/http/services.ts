/** What the routes need, as one interface. The composition root fills it in; a test may fill it with other real parts. */

import type { Cache } from '../cache/cache.ts';
import type { Config } from '../config.ts';
import type { SpreadBook } from '../detect/life/spread-book.ts';
import type { Clock } from '../domain/clock.ts';
import type { MarketDataSource } from '../domain/market.ts';
import type { Feed } from '../feed/feed.ts';
import type { ShardStatus } from '../lease/shard-keeper.ts';
import type { Pipeline } from '../pipeline/ports.ts';
import type { OpportunityJournal } from '../store/journal.ts';
import type { OpportunityStore } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Accounts of the queue in front of the store: queued + written + dropped = accepted. */
export interface StoreWriterStats {
  readonly queuedCount: number;
  readonly writtenCount: number;
  readonly droppedCount: number;
  /** Why the last write failed, without secrets; null after a success. */
  readonly lastError: string | null;
}

/** One file of the page, held in memory. */
export interface WebAsset {
  /** Absolute path on this server, such as `/assets/page.js`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** What the server knows when it renders the page's shell. */
export interface PageState {
  readonly version: string;
  readonly source: MarketDataSource;
}

/** The page and the API reference, rendered on the server. */
export interface WebPages {
  readonly assets: readonly WebAsset[];
  renderPage(state: PageState): string;
  /** @param document - the OpenAPI document that `/openapi.json` gives. */
  renderDocs(document: object, state: PageState): string;
}

export interface KernelInfo {
  readonly kind: string;
  readonly version: string;
}

export interface HttpServices {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly config: Pick<
    Config,
    | 'corsOrigins'
    | 'apiToken'
    | 'ingestToken'
    | 'cacheTtlMs'
    | 'bookLevelsCount'
    | 'takerBps'
    | 'openEdgeBps'
    | 'closeEdgeBps'
    | 'maxAgeMs'
    | 'maxFutureMs'
    | 'maxNotionalInQuote'
    | 'basisNotionalInQuote'
    | 'basisHorizonDays'
    | 'maxFundingAgeMs'
    | 'maxSkewMs'
  >;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly kernel: KernelInfo;
  readonly feed: Pick<Feed, 'source' | 'exchanges' | 'fetchBook' | 'ingest'>;
  readonly pipeline: Pick<
    Pipeline,
    'market' | 'hub' | 'open' | 'status' | 'omitted' | 'explain' | 'pegs' | 'transfers'
  >;
  readonly store: Pick<
    OpportunityStore,
    'driver' | 'find' | 'get' | 'lifeStatistics' | 'findSpreads' | 'findBasis' | 'ping'
  >;
  readonly spreads: Pick<SpreadBook, 'read' | 'indexes' | 'omittedPairsCount'>;
  readonly storeWriter: { stats(): StoreWriterStats };
  /** Where opportunities are on their way to a database beyond; absent: they go there from memory. */
  readonly journal?: Pick<OpportunityJournal, 'accounts'>;
  readonly cache: Cache;
  /** Absent where this process does everything. */
  readonly shards?: { status(): ShardStatus };
  readonly web: WebPages;
  /** Request ids for those who send none; unique, at most 255 of `A-Za-z0-9_-=`. */
  readonly createRequestId: () => string;
  /** Aborts when the program stops: streams end and `/ready` says no. */
  readonly shutdown: AbortSignal;
}
