/** 405 with `Allow` for a known path and the wrong method; 404 for an unknown path. */

import type { Context as TraceContext } from '@opentelemetry/api';
import type { Context, Hono } from 'hono';
import { HttpProblem, toProblemResponse } from '../problem.ts';

interface KnownPath {
  readonly pattern: RegExp;
  readonly method: string;
}

/** Handler for requests that matched no route. Call it after all routes are registered. */
export function createNotFoundHandler(
  app: Pick<Hono, 'routes'>,
  activeContext: () => TraceContext,
): (c: Context) => Response {
  const known = app.routes.filter(({ method }) => method !== 'ALL').map(toKnownPath);
  return (c) => {
    const methods = known.filter(({ pattern }) => pattern.test(c.req.path));
    if (methods.length === 0) {
      return toProblemResponse(
        new HttpProblem('route_unknown', 'See /docs for the paths that there are.'),
        c,
        activeContext(),
      );
    }
    const allow = toAllow(methods.map(({ method }) => method));
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow });
    return toProblemResponse(
      new HttpProblem('method_not_allowed', `This path takes ${allow}.`, {
        headers: { Allow: allow },
      }),
      c,
      activeContext(),
    );
  };
}

function toKnownPath(route: { readonly path: string; readonly method: string }): KnownPath {
  const source = route.path
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return { pattern: new RegExp(`^${source}$`), method: route.method };
}

function toAllow(methods: readonly string[]): string {
  const withHead = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  return [...new Set([...withHead, 'OPTIONS'])].join(', ');
}
