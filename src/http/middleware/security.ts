/** Headers that keep browsers from doing more than the page needs. */

import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';

/**
 * Everything comes from this origin, nothing is inline, nobody frames the page. Transport security is left to whoever
 * terminates TLS.
 */
export function securityHeaders(): MiddlewareHandler {
  return secureHeaders({
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
}

/** @param origins - exact origins, or `*` alone for all. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD'],
    allowHeaders: [
      'Last-Event-ID',
      'X-Request-ID',
      'Authorization',
      'traceparent',
      'tracestate',
      'If-None-Match',
    ],
    exposeHeaders: ['X-Request-ID', 'ETag', 'Retry-After'],
    maxAge: 600,
  });
}
