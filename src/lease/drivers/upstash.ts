/** Leases in Upstash Redis, over its REST protocol. */

import { Redis } from '@upstash/redis/cloudflare';
import type { LeaseStore } from '../lease.ts';
import { createRedisLeases } from '../redis-leases.ts';

export interface UpstashLeasesOptions {
  /** `https://…`, as `UPSTASH_REDIS_REST_URL` gives it. */
  readonly url: string;
  readonly token: string;
  /** Of one request, repetition included, milliseconds. */
  readonly timeoutMs: number;
  readonly keyPrefix?: string;
}

/** Kept-alive connections that the other side has closed are the common case. Every script may run twice. */
const RETRY = { retries: 1, backoff: () => 50 };

export function createUpstashLeases(options: UpstashLeasesOptions): LeaseStore {
  const { url, token, timeoutMs, ...rest } = options;
  const redis = new Redis({
    url,
    token,
    retry: RETRY,
    signal: () => AbortSignal.timeout(timeoutMs),
    automaticDeserialization: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
  });
  return createRedisLeases({
    ...rest,
    driver: 'upstash',
    scripts: {
      evaluate: (script, keys, args) => redis.eval(script, [...keys], [...args]),
      ping: () => redis.ping(),
      close: async () => {},
    },
  });
}
