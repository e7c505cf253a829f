/** Lets through who knows the secret. */

import type { MiddlewareHandler } from 'hono';
import { HttpProblem } from '../problem.ts';

/** 401 unless the request carries `Authorization: Bearer <secret>` (RFC 6750, section 2.1). */
export function requireSecret(secret: string): MiddlewareHandler {
  const expected = digest(secret);
  return async function requireSecret(c, next) {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? '';
    if (!isSame(await digest(given), await expected)) {
      throw new HttpProblem('unauthorized', 'Send the secret as a bearer token.', {
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    }
    await next();
  };
}

/** Digests have one length, and comparing them tells nothing of how much of a secret was right. */
async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
