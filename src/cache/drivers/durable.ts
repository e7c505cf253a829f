/** A cache in a Durable Object's SQLite storage: it outlives an eviction. Bounded; what expires first goes first. */

import type { Clock } from '../../domain/clock.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { Cache, CacheStats, JsonValue } from '../cache.ts';
import { checkTtlMs } from '../ttl.ts';

/** The member of a Durable Object's `storage` that is used. */
export interface DurableSql {
  exec(
    text: string,
    ...params: readonly (string | number)[]
  ): { toArray(): Record<string, unknown>[] };
}

export interface DurableCacheOptions {
  readonly sql: DurableSql;
  /** Most entries, expired ones included until they are met; at least 1. */
  readonly maxEntriesCount: number;
  readonly clock: Clock;
}

const CREATE = [
  `CREATE TABLE IF NOT EXISTS cache (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS cache_by_expiry ON cache (expires_at_ms)',
];
const SELECT = 'SELECT value, expires_at_ms FROM cache WHERE key = ?';
const UPSERT = 'INSERT OR REPLACE INTO cache (key, value, expires_at_ms) VALUES (?, ?, ?)';
const DELETE = 'DELETE FROM cache WHERE key = ? RETURNING key';
const DELETE_FIRST =
  'DELETE FROM cache WHERE key IN (SELECT key FROM cache ORDER BY expires_at_ms LIMIT ?) RETURNING key';

/** @throws {RangeError} when `maxEntriesCount` is not a whole number of at least 1. */
export function createDurableCache(options: DurableCacheOptions): Cache {
  const { maxEntriesCount } = options;
  if (!Number.isInteger(maxEntriesCount) || maxEntriesCount < 1) {
    throw new RangeError(
      `maxEntriesCount: expected a whole number of at least 1, got ${maxEntriesCount}`,
    );
  }
  return new DurableCache(options);
}

class DurableCache implements Cache {
  readonly driver = 'durable';
  readonly #options: DurableCacheOptions;
  #entriesCount: number;
  #isClosed = false;
  #hitsCount = 0;
  #missesCount = 0;
  #evictionsCount = 0;
  #errorsCount = 0;

  constructor(options: DurableCacheOptions) {
    this.#options = options;
    for (const statement of CREATE) options.sql.exec(statement);
    const [row] = options.sql.exec('SELECT count(*) AS count FROM cache').toArray();
    this.#entriesCount = Number(row?.count ?? 0);
  }

  async get(key: string): Promise<JsonValue | null> {
    const [row] = this.#exec(SELECT, key);
    if (row === undefined || Number(row.expires_at_ms) <= this.#options.clock.nowMs()) {
      if (row !== undefined) await this.delete(key);
      this.#missesCount += 1;
      return null;
    }
    this.#hitsCount += 1;
    return JSON.parse(String(row.value));
  }

  async set(key: string, value: JsonValue, ttlMs: number): Promise<void> {
    this.#checkOpen();
    checkTtlMs(ttlMs);
    await this.delete(key);
    const surplus = this.#entriesCount + 1 - this.#options.maxEntriesCount;
    if (surplus > 0) this.#evict(surplus);
    this.#exec(UPSERT, key, JSON.stringify(value), this.#options.clock.nowMs() + ttlMs);
    this.#entriesCount += 1;
  }

  async delete(key: string): Promise<void> {
    this.#entriesCount -= this.#exec(DELETE, key).length;
  }

  stats(): CacheStats {
    return {
      hitsCount: this.#hitsCount,
      missesCount: this.#missesCount,
      evictionsCount: this.#evictionsCount,
      errorsCount: this.#errorsCount,
    };
  }

  async ping(): Promise<void> {
    this.#exec('SELECT 1');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #evict(count: number): void {
    const evictedCount = this.#exec(DELETE_FIRST, count).length;
    this.#entriesCount -= evictedCount;
    this.#evictionsCount += evictedCount;
  }

  #exec(text: string, ...params: readonly (string | number)[]): Record<string, unknown>[] {
    this.#checkOpen();
    try {
      return this.#options.sql.exec(text, ...params).toArray();
    } catch (cause) {
      this.#errorsCount += 1;
      throw new SpreadscopeError('cache_failed', 'cache: the storage refused a statement', {
        cause,
      });
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new SpreadscopeError('closed', 'cache: it has been closed');
  }
}
