/** The contract of every cache. Values are JSON; a cache that fails is a miss for the caller, counted and traced. */

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface CacheStats {
  readonly hitsCount: number;
  readonly missesCount: number;
  /** Entries dropped to stay within bounds. */
  readonly evictionsCount: number;
  readonly errorsCount: number;
}

export interface Cache {
  readonly driver: 'memory' | 'upstash' | 'durable';
  /** The value, or null when it is absent or expired. @throws {SpreadscopeError} `cache_unavailable`, `cache_failed`. */
  get(key: string): Promise<JsonValue | null>;
  /** @param ttlMs - lifetime in milliseconds, greater than 0. */
  set(key: string, value: JsonValue, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  stats(): CacheStats;
  ping(): Promise<void>;
  close(): Promise<void>;
}
