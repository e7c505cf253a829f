/** The options of the ccxt feed, with their defaults. */

import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../../../domain/clock.ts';
import type { ContractTerms } from '../../../domain/market.ts';
import type { Logger } from '../../../telemetry/telemetry.ts';
import type { CcxtExchange } from './ccxt-types.ts';
import type { UrlOverrides } from './url-overrides.ts';

/** Bounds and intervals, milliseconds. */
export interface CcxtTimes {
  /** Of one HTTP request, its body included. Default: 10,000, as in ccxt. */
  readonly requestTimeoutMs: number;
  /** Of one call, which may make several requests and waits for ccxt's rate limiter. Default: 30,000. */
  readonly callTimeoutMs: number;
  /** Of one book on demand. Default: 5,000; an opportunity does not live longer. */
  readonly bookTimeoutMs: number;
  /** `loadMarkets` of the feed goes on without exchanges that took longer, if one was loaded. Default: 10,000. */
  readonly loadWaitMs: number;
  /** Least time between two rounds of polling. Default: 1,000. */
  readonly pollIntervalMs: number;
  /** A WebSocket without an update of any market for so long is connected again. Default: 30,000. */
  readonly stallTimeoutMs: number;
  /** Where streams fail and requests do not, it is polled for so long before streams are tried again. Default: 300,000. */
  readonly streamRetryMs: number;
  /** Markets, fees and limits are loaded anew after so long. Default: 3,600,000. */
  readonly marketsRefreshMs: number;
  /** The exchange's clock is compared with ours anew after so long. Default: 600,000. */
  readonly clockRefreshMs: number;
  /** Funding is asked for anew after so long. Default: 60,000. */
  readonly fundingRefreshMs: number;
  /** Networks and withdrawal fees are asked for anew after so long; 0: never. Default: 600,000. */
  readonly networksRefreshMs: number;
  /** Of closing an exchange's sockets in good order; then they are cut. Default: 2,000. */
  readonly closeTimeoutMs: number;
}

export const DEFAULT_TIMES: CcxtTimes = {
  requestTimeoutMs: 10_000,
  callTimeoutMs: 30_000,
  bookTimeoutMs: 5_000,
  loadWaitMs: 10_000,
  pollIntervalMs: 1_000,
  stallTimeoutMs: 30_000,
  streamRetryMs: 300_000,
  marketsRefreshMs: 3_600_000,
  clockRefreshMs: 600_000,
  fundingRefreshMs: 60_000,
  networksRefreshMs: 600_000,
  closeTimeoutMs: 2_000,
};

/** Largest answer that is read: exchanges with many thousand markets answer with some 20 MB. */
export const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** With more symbols than this on one exchange, quotes are streamed and books are fetched on demand. */
export const DEFAULT_MAX_BOOK_STREAMS_COUNT = 32;

export interface CcxtFeedOptions extends Partial<CcxtTimes> {
  /** ccxt's exchange ids. */
  readonly exchanges: readonly string[];
  /** `auto`: every spot symbol that two exchanges share. */
  readonly symbols: readonly string[] | 'auto';
  /** Contracts of the same assets to read beside the spot symbols; absent: none. */
  readonly contracts?: readonly ContractTerms['kind'][];
  /** Depth kept of each book, levels a side. */
  readonly bookLevelsCount: number;
  readonly clock: Clock;
  /** Uniform in [0, 1); for the jitter of retries. */
  readonly random: () => number;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Used for every market instead of its own taker fee, basis points; null: each market's own. */
  readonly takerBpsOverride: number | null;
  /** Own trading volume of 30 days by exchange, decimal strings, for ccxt's fee tiers; absent: the base fee. */
  readonly volumes30d?: ReadonlyMap<string, string>;
  /** Default: 32. */
  readonly maxBookStreamsCount?: number;
  readonly urlOverrides?: UrlOverrides;
  /** Sends the requests; default: the platform's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Makes the exchanges instead of ccxt's own classes, for options that this driver does not know. */
  readonly createExchange?: (id: string) => CcxtExchange;
  /** The detection kernel: reads quotes of known shapes out of their messages' bytes. Absent: ccxt reads all messages. */
  readonly kernelModule?: WebAssembly.Module;
}
