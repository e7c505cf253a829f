/** Cloudflare Workers with live exchanges: as `workers.ts`, with ccxt in the bundle (`--env live`). */

import type { Bindings } from './workers/bindings.ts';
import { type MarketState, Market as MarketWithoutExchanges } from './workers/market.ts';
import { openLiveFeed } from './workers/open-live-feed.ts';
import forwarding from './workers.ts';

export class Market extends MarketWithoutExchanges {
  constructor(state: MarketState, env: Bindings) {
    super(state, env, openLiveFeed);
  }
}

export default forwarding;
