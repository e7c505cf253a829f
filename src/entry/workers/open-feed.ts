/** The feed of one object: all of it, or the symbols of its shard. */

import type { Tracer } from '@opentelemetry/api';
import type { Config } from '../../config.ts';
import type { Clock } from '../../domain/clock.ts';
import { shardOf } from '../../domain/shards.ts';
import { createIngestFeed } from '../../feed/drivers/ingest/ingest-feed.ts';
import { createSyntheticFeed } from '../../feed/drivers/synthetic/synthetic-feed.ts';
import type { Feed } from '../../feed/feed.ts';
import { createShardFeed } from '../../feed/shard-feed.ts';
import type { Logger } from '../../telemetry/telemetry.ts';
import type { ShardRole } from './layout.ts';

export interface FeedContext {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function openFeed(config: Config, role: ShardRole, context: FeedContext): Feed {
  const feed = openWholeFeed(config, context);
  if (role.kind !== 'pairs') return feed;
  return createShardFeed(
    feed,
    (symbol) => shardOf(symbol, config.marketShardsCount) === role.index,
  );
}

function openWholeFeed(config: Config, { clock }: FeedContext): Feed {
  if (config.feed === 'synthetic') return createSyntheticFeed({ ...config.synthetic, clock });
  return createIngestFeed({
    clock,
    source: config.ingestSource,
    bookLevelsCount: config.bookLevelsCount,
    stallMs: config.exchangeStallMs,
  });
}
