/** The feeds that a deployment brings along. */

import type { Config } from '../../config.ts';
import type { Clock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { createIngestFeed } from '../../feed/drivers/ingest/ingest-feed.ts';
import { toSyntheticShape } from '../../feed/drivers/synthetic/market-plan.ts';
import { createSyntheticFeed } from '../../feed/drivers/synthetic/synthetic-feed.ts';
import type { Feed } from '../../feed/feed.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

export interface FeedContext {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** @throws {SpreadscopeError} `config_invalid` for a feed that the deployment does not have. */
export type OpenFeed = (config: Config, context: FeedContext) => Feed;

/** Those that need no exchange: the deployment without ccxt, which is ten times its size. */
export function openOwnFeed(config: Config, { clock }: FeedContext): Feed {
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
  throw new SpreadscopeError(
    'config_invalid',
    'FEED: expected synthetic or ingest; for live exchanges deploy with --env live',
  );
}
