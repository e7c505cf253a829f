/** A typed client of the API: paths, inputs and answers are those of the routes themselves. */

import { type ClientRequestOptions, hc } from 'hono/client';
import type { AppType } from './http/app.ts';

export type Client = ReturnType<typeof hc<AppType>>;

/**
 * A client of the service at `baseUrl`, such as `http://localhost:8787`.
 *
 * `const answer = await createClient(url).api.tickers[':symbol'].$get({ param: { symbol: 'BTC-USDT' } });`
 *
 * @param options - `headers`, `fetch` and the like, for every request.
 */
export function createClient(baseUrl: string, options: ClientRequestOptions = {}): Client {
  return hc<AppType>(baseUrl, options);
}
