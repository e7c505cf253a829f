/** The contract of the cache over a map and a clock. */

import type { Cache, JsonValue } from '../../src/cache/cache.ts';
import type { Clock } from '../../src/domain/clock.ts';

export function createTestCache(clock: Clock): Cache {
  const entries = new Map<string, { readonly json: string; readonly untilMs: number }>();
  let hitsCount = 0;
  let missesCount = 0;
  return {
    driver: 'memory',
    get: async (key) => {
      const entry = entries.get(key);
      if (entry === undefined || entry.untilMs <= clock.nowMs()) {
        missesCount += 1;
        return null;
      }
      hitsCount += 1;
      return JSON.parse(entry.json) as JsonValue;
    },
    set: async (key, value, ttlMs) => {
      entries.set(key, { json: JSON.stringify(value), untilMs: clock.nowMs() + ttlMs });
    },
    delete: async (key) => {
      entries.delete(key);
    },
    stats: () => ({ hitsCount, missesCount, evictionsCount: 0, errorsCount: 0 }),
    ping: async () => {},
    close: async () => {},
  };
}
