/** A route with its handler, typed against each other. */

import { createRoute, type RouteConfig, type RouteHandler } from '@hono/zod-openapi';

/** Pairs a route's schemas with the handler that must keep to them. */
export function defineRoute<
  Path extends string,
  Route extends Omit<RouteConfig, 'path'> & { readonly path: Path },
>(route: Route, handler: RouteHandler<Route>) {
  return { route: createRoute<Path, Route>(route), handler };
}
