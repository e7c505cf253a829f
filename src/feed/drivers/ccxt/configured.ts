/** What the configuration says of the ccxt feed, the same on every runtime. */

import type { Config } from '../../../config.ts';
import { volumesOf } from '../../../domain/terms.ts';
import { parseUrlOverrides } from './url-overrides.ts';

/** The options of `createCcxtFeed` that are configured. @throws {SpreadscopeError} `config_invalid` for `EXCHANGE_URLS`. */
export function toCcxtSettings(config: Config) {
  return {
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
  };
}
