/** Reading through a cache: a value is loaded once, however many ask for it at the same time. */

import type { Cache, JsonValue } from './cache.ts';

/** A value and whether the cache had it. */
export interface CachedValue<Value> {
  readonly value: Value;
  readonly isHit: boolean;
}

/** Loads under way, per cache: one per key. An entry lives only as long as its load. */
const loadsOfCache = new WeakMap<Cache, Map<string, Promise<unknown>>>();

/**
 * The cached value of `key`, or what `load` gives, which is then kept for `ttlMs`. Callers that come while a load is
 * under way wait for that one. A cache that fails is a miss: the driver counts it and callers never see it.
 *
 * @throws what `load` throws; nothing is kept then.
 */
export function withCache<Value extends JsonValue>(
  cache: Cache,
  key: string,
  ttlMs: number,
  load: () => Promise<Value>,
): Promise<CachedValue<Value>> {
  const loads = toLoads(cache);
  const underWay = loads.get(key);
  // One key always holds one type: that is the caller's part of the contract.
  if (underWay !== undefined) return underWay as Promise<CachedValue<Value>>;
  const loading = readOrLoad(cache, key, ttlMs, load).finally(() => loads.delete(key));
  loads.set(key, loading);
  return loading;
}

function toLoads(cache: Cache): Map<string, Promise<unknown>> {
  const existing = loadsOfCache.get(cache);
  if (existing !== undefined) return existing;
  const loads = new Map<string, Promise<unknown>>();
  loadsOfCache.set(cache, loads);
  return loads;
}

async function readOrLoad<Value extends JsonValue>(
  cache: Cache,
  key: string,
  ttlMs: number,
  load: () => Promise<Value>,
): Promise<CachedValue<Value>> {
  const cached = await cache.get(key).catch(toNull);
  if (cached !== null) return { value: cached as Value, isHit: true };
  const value = await load();
  await cache.set(key, value, ttlMs).catch(toNull);
  return { value, isHit: false };
}

/** The driver has counted the failure; here it is a miss. */
function toNull(): null {
  return null;
}
