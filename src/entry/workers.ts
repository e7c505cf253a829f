/** Cloudflare Workers: requests go to the Durable Objects that run the program, in one trace. */

import { cronHandler } from './workers/cron.ts';
import { fetchHandler } from './workers/fetch-handler.ts';

export { Market } from './workers/market.ts';

export default { fetch: fetchHandler, scheduled: cronHandler };
