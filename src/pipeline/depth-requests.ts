/** Fetches depth on demand, beside the detection loop: one request a market at a time, failures wait before the next try. */

import { type Context, context } from '@opentelemetry/api';
import type { MarketRecord, MarketState } from '../detect/market-state.ts';
import type { Clock } from '../domain/clock.ts';
import { toErrorMessage } from '../domain/errors.ts';
import type { Feed } from '../feed/feed.ts';
import type { Logger } from '../telemetry/telemetry.ts';

export interface DepthRequests {
  /** Asks for the depth of a market; its spans are children of `parent`. @returns false when it must wait after a failure. */
  request(record: MarketRecord, parent: Context): boolean;
}

export interface DepthRequestsOptions {
  readonly feed: Feed;
  readonly state: MarketState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly levelsCount: number;
  readonly signal: AbortSignal;
  /** Called when a request has ended, well or not. */
  readonly onSettled: () => void;
}

/** Wait after a failed request of the same market, milliseconds. */
const RETRY_AFTER_MS = 1_000;

export function createDepthRequests(options: DepthRequestsOptions): DepthRequests {
  const { feed, state, clock, logger, levelsCount, signal } = options;
  const running = new Set<MarketRecord>();
  const retryAtMs = new Map<MarketRecord, number>();

  const fetchDepth = async (record: MarketRecord): Promise<void> => {
    const { exchange, symbol } = record.market;
    try {
      state.setFetchedBook(await feed.fetchBook(exchange, symbol, levelsCount, signal));
      retryAtMs.delete(record);
    } catch (error) {
      if (signal.aborted) return;
      retryAtMs.set(record, clock.nowMs() + RETRY_AFTER_MS);
      logger.warn('depth could not be fetched', {
        'exchange.name': exchange,
        'crypto.symbol': symbol,
        'error.message': toErrorMessage(error),
      });
    } finally {
      running.delete(record);
      options.onSettled();
    }
  };

  return {
    request: (record, parent) => {
      if (running.has(record)) return true;
      if (clock.nowMs() < (retryAtMs.get(record) ?? 0)) return false;
      running.add(record);
      void context.with(parent, () => fetchDepth(record));
      return true;
    },
  };
}
