/** As `workers.ts`, and the consumer of the queue of opportunities, which writes them to Neon. */

import { cronHandler } from './workers/cron.ts';
import { fetchHandler } from './workers/fetch-handler.ts';
import { queueHandler } from './workers/queue-handler.ts';

export { Market } from './workers/market.ts';

export default { fetch: fetchHandler, scheduled: cronHandler, queue: queueHandler };
