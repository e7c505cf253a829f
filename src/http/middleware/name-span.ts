/** Tells the server span which route answered. */

import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { setRoute } from '../../telemetry/http-server.ts';

/** Sets the pattern, such as `/api/tickers/:symbol`; nothing where no route matched. */
export function nameSpan(): MiddlewareHandler {
  return async function nameSpan(c, next) {
    await next();
    const route = routePath(c);
    if (!route.includes('*')) setRoute(c.req.raw, route);
  };
}
