/** A client span around each command to a cache server, named as the stable conventions for Redis say. */

import { type Attributes, type Span, SpanKind, type Tracer } from '@opentelemetry/api';
import { isSpreadscopeError } from '../domain/errors.ts';
import { ATTR, DB_ATTR } from '../telemetry/names.ts';
import { withSpan } from '../telemetry/spans.ts';
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
    [DB_ATTR.systemName]: 'redis',
    [DB_ATTR.system]: 'redis',
    [DB_ATTR.serverAddress]: endpoint.serverAddress,
    [DB_ATTR.serverPort]: endpoint.serverPort,
  };
  const traced = <Result>(command: string, run: (span: Span) => Promise<Result>) => {
    const attributes = { ...common, [DB_ATTR.operationName]: command };
    return withSpan(tracer, command, { kind: SpanKind.CLIENT, attributes }, async (span) =>
      run(span).catch((error: unknown) => {
        span.setAttribute(DB_ATTR.errorType, isSpreadscopeError(error) ? error.code : '_OTHER');
        throw error;
      }),
    );
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
