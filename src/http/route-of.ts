/** Which route answered a request: the low-cardinality `http.route` of its span. */

import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';

/** Entries go with their request; nothing to prune. */
const routes = new WeakMap<Request, string>();

/**
 * The pattern that answered `request`, such as `/api/tickers/:symbol`; undefined before the answer and when no route
 * matched.
 */
export function routeOf(request: Request): string | undefined {
  return routes.get(request);
}

/** Middleware that remembers the route for `routeOf`. */
export function rememberRoute(): MiddlewareHandler {
  return async function rememberRoute(c, next) {
    await next();
    const route = routePath(c);
    if (!route.includes('*')) routes.set(c.req.raw, route);
  };
}
