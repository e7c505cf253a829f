/** Cloudflare Workers: every request goes to the one Durable Object that runs the program. */

import type { MarketBindings } from './workers/open-app.ts';

export { Market } from './workers/market.ts';

/** The members of the binding that are used. */
interface Bindings extends MarketBindings {
  readonly MARKET: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

/** One object holds the whole market: there is one shard. */
const OBJECT_NAME = 'market';

export default {
  fetch: (request: Request, { MARKET }: Bindings): Promise<Response> =>
    MARKET.getByName(OBJECT_NAME).fetch(request),
};
