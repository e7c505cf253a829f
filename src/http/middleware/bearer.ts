/** Bearer tokens (RFC 6750), compared in a time that tells nothing of where they differ. */

import type { MiddlewareHandler } from 'hono';
import { HttpProblem } from '../problem.ts';

/** 401 unless the request carries `token`; 404 when there is none, as then nobody may. */
export function requireBearer(token: string | null): MiddlewareHandler {
  return async function requireBearer(c, next) {
    if (token === null) {
      throw new HttpProblem('ingest_off', 'INGEST_TOKEN and FEED=ingest switch it on.');
    }
    const given = /^Bearer ([^\s]+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!(await isSameSecret(given, token))) {
      throw new HttpProblem('unauthorized', 'Send `Authorization: Bearer` with INGEST_TOKEN.', {
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    }
    await next();
  };
}

/** Digests have one length whatever is compared, and all their bytes are looked at. */
export async function isSameSecret(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
