/** Live exchanges on Workers: those that were built into the bundle. */

import ccxt from 'ccxt';
import market from '../../../build/market.wasm';
import type { Config } from '../../config.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import { createCcxtFeed } from '../../feed/drivers/ccxt/ccxt-feed.ts';
import { toCcxtSettings } from '../../feed/drivers/ccxt/configured.ts';
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
    ...toCcxtSettings(config),
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
