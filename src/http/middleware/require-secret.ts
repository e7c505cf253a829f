/** Lets through who knows the secret. */

import type { MiddlewareHandler } from 'hono';
import { HttpProblem } from '../problem.ts';
import { isSameSecret } from './bearer.ts';

/** 401 unless the request carries `Authorization: Bearer <secret>` (RFC 6750, section 2.1). */
export function requireSecret(secret: string): MiddlewareHandler {
  return async function requireSecret(c, next) {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
    if (!(await isSameSecret(given, secret))) {
      throw new HttpProblem('unauthorized', 'Send the secret as a bearer token.', {
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    }
    await next();
  };
}
