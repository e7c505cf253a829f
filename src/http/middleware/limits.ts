/** Bounds on what a request may carry, refused before anything else looks at it. */

import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { MAX_INGEST_BYTES } from '../../feed/ingest.ts';
import { HttpProblem } from '../problem.ts';

/** Characters of path and query together. */
export const MAX_URL_LENGTH = 2_048;
/** Bytes of all header names and values; below the 16 KiB at which Bun and Node themselves refuse. */
export const MAX_HEADERS_BYTES = 12_288;
/** Where no route takes a body, a small one is ignored. */
export const MAX_BODY_BYTES = 16_384;
/** The one path that takes a body. */
export const INGEST_PATH = '/api/ingest';

/** 414 for a long URL, 431 for large headers. */
export function urlAndHeaderLimits(): MiddlewareHandler {
  return async function urlAndHeaderLimits(c, next) {
    const { url, headers } = c.req.raw;
    if (url.length - url.indexOf('/', 8) > MAX_URL_LENGTH) {
      throw new HttpProblem(
        'url_too_long',
        `Path and query may have ${MAX_URL_LENGTH} characters together.`,
      );
    }
    if (headersBytes(headers) > MAX_HEADERS_BYTES) {
      throw new HttpProblem(
        'headers_too_large',
        `Header names and values may have ${MAX_HEADERS_BYTES} bytes together.`,
      );
    }
    await next();
  };
}

/** 413 for a large body, declared or streamed. */
export function bodyLimits(): MiddlewareHandler {
  const limitOfAll = limitBody(MAX_BODY_BYTES);
  const limitOfIngest = limitBody(MAX_INGEST_BYTES);
  return function bodyLimits(c, next) {
    return c.req.path === INGEST_PATH ? limitOfIngest(c, next) : limitOfAll(c, next);
  };
}

function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new HttpProblem('body_too_large', `A body may have ${maxBytes} bytes.`);
    },
  });
}

/** Header values are Latin-1, one byte a character. */
function headersBytes(headers: Headers): number {
  let bytes = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length;
  });
  return bytes;
}
