/** A cache in this process's memory: bounded, least recently used out first, expiring without timers. */

import type { Clock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { Cache, CacheStats, JsonValue } from '../cache.ts';
import { checkTtlMs } from '../ttl.ts';

export interface MemoryCacheOptions {
  /** Most entries, expired ones included until they are met; at least 1. */
  readonly maxEntriesCount: number;
  readonly clock: Clock;
}

interface Entry {
  /** JSON, so that no caller shares an object with another. */
  readonly json: string;
  /** On the monotonic clock: setting the machine's clock neither keeps nor loses entries. */
  readonly expiresAtMs: number;
}

/** @throws {RangeError} when `maxEntriesCount` is not a whole number of at least 1. */
export function createMemoryCache(options: MemoryCacheOptions): Cache {
  const { maxEntriesCount } = options;
  if (!Number.isInteger(maxEntriesCount) || maxEntriesCount < 1) {
    throw new RangeError(
      `maxEntriesCount: expected a whole number of at least 1, got ${maxEntriesCount}`,
    );
  }
  return new MemoryCache(options);
}

class MemoryCache implements Cache {
  readonly driver = 'memory';
  readonly #maxEntriesCount: number;
  readonly #clock: Clock;
  /** A Map keeps the order of insertion: the first entry is the least recently used. */
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;
  #hitsCount = 0;
  #missesCount = 0;
  #evictionsCount = 0;

  constructor(options: MemoryCacheOptions) {
    this.#maxEntriesCount = options.maxEntriesCount;
    this.#clock = options.clock;
  }

  async get(key: string): Promise<JsonValue | null> {
    this.#checkOpen();
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAtMs <= this.#clock.monotonicMs()) {
      this.#entries.delete(key);
      this.#missesCount += 1;
      return null;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#hitsCount += 1;
    return JSON.parse(entry.json);
  }

  async set(key: string, value: JsonValue, ttlMs: number): Promise<void> {
    this.#checkOpen();
    checkTtlMs(ttlMs);
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntriesCount) this.#evictOne();
    const expiresAtMs = this.#clock.monotonicMs() + ttlMs;
    this.#entries.set(key, { json: JSON.stringify(value), expiresAtMs });
  }

  async delete(key: string): Promise<void> {
    this.#checkOpen();
    this.#entries.delete(key);
  }

  stats(): CacheStats {
    return {
      hitsCount: this.#hitsCount,
      missesCount: this.#missesCount,
      evictionsCount: this.#evictionsCount,
      errorsCount: 0,
    };
  }

  async ping(): Promise<void> {
    this.#checkOpen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#entries.clear();
  }

  #evictOne(): void {
    const [leastRecent] = this.#entries.keys();
    if (leastRecent === undefined) return;
    this.#entries.delete(leastRecent);
    this.#evictionsCount += 1;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new SpreadscopeError('closed', 'cache: it has been closed');
  }
}
