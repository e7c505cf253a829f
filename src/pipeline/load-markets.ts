/** Loads a feed's markets; exchanges that cannot be reached now are waited for. */

import type { Clock } from '../domain/clock.ts';
import { type ErrorCode, isSpreadscopeError } from '../domain/errors.ts';
import type { Feed, FeedMarkets } from '../feed/feed.ts';

/** While no exchange can be read, it is looked again this often; the feed itself decides when it asks, milliseconds. */
const LOAD_RETRY_INTERVAL_MS = 500;
/** Faults that go away by themselves; any other is a mistake in the configuration. */
const PASSING_CODES: readonly ErrorCode[] = [
  'exchange_network',
  'exchange_timeout',
  'exchange_rate_limited',
  'exchange_maintenance',
  'exchange_bad_data',
  'exchange_failed',
  'feed_unavailable',
];

/**
 * A live service outlives a network that is down when it starts: `onFailure` is told of each attempt that failed.
 *
 * @throws what the feed throws, when it does not pass by itself, or when the feed is not live.
 */
export async function loadMarketsPatiently(
  feed: Feed,
  clock: Clock,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<FeedMarkets> {
  for (;;) {
    try {
      return await feed.loadMarkets(signal);
    } catch (error) {
      if (signal.aborted || feed.source !== 'live' || !isPassing(error)) throw error;
      onFailure(error);
      await clock.sleep(LOAD_RETRY_INTERVAL_MS, signal);
    }
  }
}

function isPassing(error: unknown): boolean {
  return isSpreadscopeError(error) && PASSING_CODES.includes(error.code);
}
