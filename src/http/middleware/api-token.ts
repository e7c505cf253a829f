/** What tells of the program and its owner rather than of the market can be kept from strangers. */

import type { MiddlewareHandler } from 'hono';
import { HttpProblem } from '../problem.ts';
import { isSameSecret } from './bearer.ts';

/** Name of the bearer token in the OpenAPI document. */
export const API_SECURITY = 'apiToken';

/** Paths that ask for `API_TOKEN` where it is set, as Hono and the OpenAPI document write them. */
export const PROTECTED_PATHS = ['/api/traces', '/api/transfers', '/metrics'] as const;

/** True for a protected path and what lies below it. */
export function isProtectedPath(path: string): boolean {
  return PROTECTED_PATHS.some((each) => path === each || path.startsWith(`${each}/`));
}

/** 401 for a protected path unless the request carries `token` (RFC 6750). */
export function protectByToken(token: string): MiddlewareHandler {
  return async function protectByToken(c, next) {
    if (isProtectedPath(c.req.path)) {
      const given = /^Bearer ([^\s]+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
      if (!(await isSameSecret(given, token))) {
        throw new HttpProblem('unauthorized', 'Send `Authorization: Bearer` with API_TOKEN.', {
          headers: { 'WWW-Authenticate': 'Bearer' },
        });
      }
    }
    await next();
  };
}
