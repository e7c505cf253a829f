/** A client span around each command to a cache server, named as the stable conventions for Redis say. */

import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { ATTR, INCUBATING_ATTR, SEMCONV_ATTR } from '../telemetry/names.ts';
import { withClientSpan } from '../telemetry/spans.ts';
import type { Cache } from './cache.ts';

/** Where the cache's server is, without credentials. */
export interface CacheEndpoint {
  readonly serverAddress: string;
  readonly serverPort: number;
}

/** @returns the address of a server's URL; credentials in it are left out. */
export function toCacheEndpoint(url: string): CacheEndpoint {
  const { hostname, port, protocol } = new URL(url);
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { serverAddress: hostname, serverPort: port === '' ? defaultPort : Number(port) };
}

/** @returns `cache` with spans. Meant for servers: reading memory costs less than a span. */
export function withCacheTelemetry(cache: Cache, endpoint: CacheEndpoint, tracer: Tracer): Cache {
  const common: Attributes = {
    [SEMCONV_ATTR.dbSystemName]: 'redis',
    [INCUBATING_ATTR.dbSystem]: 'redis',
    [SEMCONV_ATTR.serverAddress]: endpoint.serverAddress,
    [SEMCONV_ATTR.serverPort]: endpoint.serverPort,
  };
  const traced = <Result>(command: string, run: (span: Span) => Promise<Result>) => {
    const attributes = { ...common, [SEMCONV_ATTR.dbOperationName]: command };
    return withClientSpan(tracer, command, { attributes }, run);
  };
  return {
    driver: cache.driver,
    get: (key) =>
      traced('GET', async (span) => {
        const value = await cache.get(key);
        span.setAttribute(ATTR.cacheHit, value !== null);
        return value;
      }),
    set: (key, value, ttlMs) => traced('SET', () => cache.set(key, value, ttlMs)),
    delete: (key) => traced('DEL', () => cache.delete(key)),
    ping: () => traced('PING', () => cache.ping()),
    stats: () => cache.stats(),
    close: () => cache.close(),
  };
}
