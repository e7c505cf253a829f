/** What the routes of a market-data service need. */

import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Feed } from '../feed/feed.ts';
import type { QuoteBoard } from '../feed/quotes/quote-board.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { QuoteStreamCounts } from './quote-stream.ts';
import type { WebPages } from './services.ts';

/** How the taking in of market data goes. */
export interface MarketIntake {
  readonly state: 'starting' | 'running' | 'ended' | 'failed';
  /** Message of the fault that stopped it, or of the last failed attempt to load markets; null otherwise. */
  readonly error: string | null;
  readonly updatesCount: number;
}

export interface MarketHttpServices {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly config: Pick<Config, 'corsOrigins' | 'apiToken'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly feed: Pick<Feed, 'source' | 'exchanges' | 'networks' | 'fetchBook'>;
  readonly board: QuoteBoard;
  readonly counts: QuoteStreamCounts;
  readonly intake: () => MarketIntake;
  /** What detectors send as a bearer token. */
  readonly token: string;
  readonly web: WebPages;
  readonly createRequestId: () => string;
  /** Aborts when the program stops: streams end. */
  readonly shutdown: AbortSignal;
}
