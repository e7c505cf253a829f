/** A cache in Upstash Redis, over its REST protocol: `fetch` and nothing else, so it runs everywhere. */

import { Redis } from '@upstash/redis/cloudflare';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { Cache, CacheStats, JsonValue } from '../cache.ts';
import { checkTtlMs } from '../ttl.ts';

export interface UpstashCacheOptions {
  /** `https://…`, as `UPSTASH_REDIS_REST_URL` gives it. */
  readonly url: string;
  readonly token: string;
  /** Put before every key, so that a database can be shared. */
  readonly keyPrefix?: string;
  /** Most time that one command may take, its repetition included. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** A cache that answers later than this costs more than it saves: an exchange itself answers within about a second. */
const DEFAULT_TIMEOUT_MS = 2000;

/** After no answer, commands fail at once for this long, so that a cache that hangs does not slow every request. */
const REST_MS = 5000;

/** After a network fault, once, at once: kept-alive connections that the other side has closed are the common case. */
const RETRY = { retries: 1, backoff: () => 50 };

export function createUpstashCache(options: UpstashCacheOptions): Cache {
  return new UpstashCache(options);
}

class UpstashCache implements Cache {
  readonly driver = 'upstash';
  readonly #redis: Redis;
  readonly #keyPrefix: string;
  readonly #clock: Clock;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #hitsCount = 0;
  #missesCount = 0;
  #errorsCount = 0;

  constructor(options: UpstashCacheOptions) {
    const { url, token, keyPrefix = 'spreadscope:', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#keyPrefix = keyPrefix;
    this.#clock = options.clock ?? systemClock;
    this.#redis = new Redis({
      url,
      token,
      retry: RETRY,
      signal: () => AbortSignal.timeout(timeoutMs),
      // The client would turn text that looks like JSON into something else.
      automaticDeserialization: false,
      enableTelemetry: false,
      // Pipelines answer 200 even when a command fails, and one key is read at a time here.
      enableAutoPipelining: false,
    });
  }

  async get(key: string): Promise<JsonValue | null> {
    const json = await this.#run('GET', () => this.#redis.get<string>(this.#keyPrefix + key));
    if (json === null) {
      this.#missesCount += 1;
      return null;
    }
    const value = this.#parse(json);
    this.#hitsCount += 1;
    return value;
  }

  async set(key: string, value: JsonValue, ttlMs: number): Promise<void> {
    checkTtlMs(ttlMs);
    // Redis counts whole milliseconds, from 1.
    const px = Math.ceil(ttlMs);
    const json = JSON.stringify(value);
    await this.#run('SET', () => this.#redis.set(this.#keyPrefix + key, json, { px }));
  }

  async delete(key: string): Promise<void> {
    await this.#run('DEL', () => this.#redis.del(this.#keyPrefix + key));
  }

  stats(): CacheStats {
    return {
      hitsCount: this.#hitsCount,
      missesCount: this.#missesCount,
      // The server's evictions are not told over REST.
      evictionsCount: 0,
      errorsCount: this.#errorsCount,
    };
  }

  /** Asks the server even while commands rest. */
  async ping(): Promise<void> {
    this.#restsUntilMs = Number.NEGATIVE_INFINITY;
    await this.#run('PING', () => this.#redis.ping());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #run<Result>(command: string, call: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new SpreadscopeError('closed', 'cache: it has been closed');
    if (this.#clock.monotonicMs() < this.#restsUntilMs) {
      this.#errorsCount += 1;
      throw new SpreadscopeError('cache_unavailable', 'cache: no answer a moment ago, not asked');
    }
    try {
      return await call();
    } catch (error) {
      this.#errorsCount += 1;
      const fault = toCacheError(error, command);
      if (fault.code === 'cache_unavailable') {
        this.#restsUntilMs = this.#clock.monotonicMs() + REST_MS;
      }
      throw fault;
    }
  }

  #parse(json: string): JsonValue {
    try {
      return JSON.parse(json);
    } catch {
      this.#errorsCount += 1;
      throw new SpreadscopeError('cache_failed', 'cache: a value is not JSON: not written by us');
    }
  }
}

/**
 * The client's messages repeat the command with its values, and addresses, so only the error's name is kept. An
 * `UpstashError` is an answer of the server; anything else means that there was none.
 */
function toCacheError(error: unknown, command: string): SpreadscopeError {
  const name = error instanceof Error ? error.name : typeof error;
  const isAnswer = name === 'UpstashError';
  return new SpreadscopeError(
    isAnswer ? 'cache_failed' : 'cache_unavailable',
    isAnswer
      ? `cache: the server refused ${command}`
      : `cache: no answer from the server to ${command} (${name})`,
  );
}
