/** What is known of transfers and balances while the pipeline runs, and how prices become volatility. */

import { medianPriceOf } from '../detect/guards.ts';
import type { MarketState } from '../detect/market-state.ts';
import type { DetectionSettings } from '../detect/settings.ts';
import { createNetworkBook } from '../detect/transfer/network-book.ts';
import type { AccountView } from '../detect/transfer/transfer-terms.ts';
import { createVolatilityBook } from '../detect/transfer/volatility-book.ts';
import { NO_TERMS, type Terms } from '../domain/terms.ts';
import type { Feed } from '../feed/feed.ts';

export interface AccountOptions {
  readonly terms?: Terms;
  readonly volatility?: VolatilitySettings;
}

export interface VolatilitySettings {
  /** Basis points per square root of a minute; null: measured. */
  readonly fixedBps: number | null;
  /** Time between two prices, milliseconds. */
  readonly intervalMs: number;
}

/** Measured on ten minutes of prices, one every five seconds. */
export const DEFAULT_VOLATILITY: VolatilitySettings = { fixedBps: null, intervalMs: 5_000 };
const WINDOW_COUNT = 120;
/** Symbols looked at in one round: a round must be short. */
const MAX_SAMPLED_COUNT = 64;

export interface Account extends AccountView {
  /** Takes over what the feed has newly said of networks. */
  followFeed(feed: Pick<Feed, 'networks'>): void;
  /** Takes prices of the symbols that are due, in turns. */
  sample(state: MarketState, settings: DetectionSettings, nowMs: number): void;
}

export function createAccount({ terms = NO_TERMS, volatility }: AccountOptions): Account {
  const networks = createNetworkBook(terms.networks);
  const { fixedBps, intervalMs } = volatility ?? DEFAULT_VOLATILITY;
  const book = createVolatilityBook({ intervalMs, windowCount: WINDOW_COUNT, fixedBps });
  let followed: ReturnType<NonNullable<Feed['networks']>> | null = null;
  let place = 0;
  return {
    networks,
    volatility: book,
    balanceOf: (exchange, asset) => {
      const held = terms.balances.get(exchange);
      return held === undefined ? null : (held.get(asset) ?? '0');
    },
    followFeed: (feed) => {
      const said = feed.networks?.() ?? null;
      if (said === null || said === followed) return;
      followed = said;
      networks.setFromFeed(said);
    },
    sample: (state, settings, nowMs) => {
      if (networks.isEmpty || fixedBps !== null) return;
      const symbols = state.symbols();
      const end = Math.min(symbols.length, place + MAX_SAMPLED_COUNT);
      for (const symbol of symbols.slice(place, end)) {
        if (!book.isDue(symbol, nowMs)) continue;
        const price = medianPriceOf(state.recordsOf(symbol), nowMs, settings);
        if (price !== null) book.observe(symbol, { atMs: nowMs, price });
      }
      place = end >= symbols.length ? 0 : end;
    },
  };
}

/** True when pairs have to be judged by what is held and by what can be moved. */
export function needsAccount(
  { terms = NO_TERMS }: AccountOptions,
  feed: Pick<Feed, 'networks'>,
  settings: DetectionSettings,
): boolean {
  const isLimited = terms.balances.size > 0;
  const isMoving = terms.networks.length > 0 || feed.networks !== undefined;
  return isLimited || isMoving || (settings.modeRule ?? 'inventory') !== 'inventory';
}
