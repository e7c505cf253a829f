/** Cloudflare Workers with live exchanges: as `workers.ts`, with ccxt in the bundle (`--env live`). */

import { type MarketState, Market as MarketWithoutExchanges } from './workers/market.ts';
import type { MarketBindings } from './workers/open-app.ts';
import { openLiveFeed } from './workers/open-live-feed.ts';
import forwarding from './workers.ts';

export class Market extends MarketWithoutExchanges {
  constructor(state: MarketState, env: MarketBindings) {
    super(state, env, openLiveFeed);
  }
}

export default forwarding;
