/** Live exchanges on Workers: those that were built into the bundle. */

import ccxt from 'ccxt';
import market from '../../../build/market.wasm';
import type { Config } from '../../config.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { volumesOf } from '../../domain/terms.ts';
import { createCcxtFeed } from '../../feed/drivers/ccxt/ccxt-feed.ts';
import { parseUrlOverrides } from '../../feed/drivers/ccxt/url-overrides.ts';
import type { Feed } from '../../feed/feed.ts';
import { toKernelModule } from '../../kernel/load-module.ts';
import { type FeedContext, openOwnFeed } from './open-feed.ts';

/**
 * `FEED=ccxt`, beside what every deployment has.
 *
 * @throws {SpreadscopeError} `config_invalid` for an exchange that was not built in.
 */
export function openLiveFeed(config: Config, context: FeedContext): Feed {
  if (config.feed !== 'ccxt') return openOwnFeed(config, context);
  refuseWhatIsNotBuiltIn(config.exchanges);
  const { clock, random, telemetry } = context;
  return createCcxtFeed({
    exchanges: config.exchanges,
    symbols: config.symbols,
    contracts: config.contracts,
    bookLevelsCount: config.bookLevelsCount,
    takerBpsOverride: config.takerBps,
    requestTimeoutMs: config.exchangeTimeoutMs,
    stallTimeoutMs: config.exchangeStallMs,
    pollIntervalMs: config.exchangePollMs,
    networksRefreshMs: config.transfer.networksRefreshMs,
    volumes30d: volumesOf(config.terms, config.exchanges),
    urlOverrides: parseUrlOverrides(config.exchangeUrls),
    kernelModule: toKernelModule(market),
    clock,
    random,
    tracer: telemetry.tracer,
    logger: telemetry.logger,
  });
}

function refuseWhatIsNotBuiltIn(exchanges: readonly string[]): void {
  const missing = exchanges.filter((id) => !ccxt.exchanges.includes(id));
  if (missing.length === 0) return;
  throw new SpreadscopeError(
    'config_invalid',
    `EXCHANGES: ${missing.join(', ')} not in this deployment, which has ${ccxt.exchanges.join(', ')}; set EXCHANGES in wrangler.toml and deploy again`,
  );
}
