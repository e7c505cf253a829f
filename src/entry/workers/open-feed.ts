/** The feeds that a deployment brings along. */

import type { Config } from '../../config.ts';
import type { Clock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { createIngestFeed } from '../../feed/drivers/ingest/ingest-feed.ts';
import { createRemoteFeed } from '../../feed/drivers/remote/remote-feed.ts';
import { toSyntheticShape } from '../../feed/drivers/synthetic/market-plan.ts';
import { createSyntheticFeed } from '../../feed/drivers/synthetic/synthetic-feed.ts';
import type { Feed } from '../../feed/feed.ts';
import type { ShardFilter } from '../../feed/shard-filter.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface FeedContext {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The part of the symbols that is wanted; absent: all. */
  readonly shards?: ShardFilter;
}

/** @throws {SpreadscopeError} `config_invalid` for a feed that the deployment does not have. */
export type OpenFeed = (config: Config, context: FeedContext) => Feed;

/** Those that need no exchange: the deployment without ccxt, which is ten times its size. */
export function openOwnFeed(config: Config, context: FeedContext): Feed {
  const { clock } = context;
  if (config.feed === 'synthetic')
    return createSyntheticFeed({ ...toSyntheticShape(config, clock.nowMs()), clock });
  if (config.feed === 'ingest') {
    return createIngestFeed({
      clock,
      source: config.ingestSource,
      bookLevelsCount: config.bookLevelsCount,
      stallMs: config.exchangeStallMs,
    });
  }
  if (config.market !== null && config.market.url !== null) {
    const { url, token } = config.market;
    return createRemoteFeed({ url, token, ...context, ...context.telemetry });
  }
  throw new SpreadscopeError(
    'config_invalid',
    'FEED: expected synthetic, ingest or remote; for live exchanges deploy with --env live',
  );
}
