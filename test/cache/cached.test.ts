import { describe, expect, test } from 'bun:test';
import type { Cache } from '../../src/cache/cache.ts';
import { withCache } from '../../src/cache/cached.ts';
import { createMemoryCache } from '../../src/cache/drivers/memory.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function openCache() {
  const clock = createFakeClock();
  return { clock, cache: createMemoryCache({ maxEntriesCount: 10, clock }) };
}

describe('reading through a cache', () => {
  test('loads once and keeps the value for its lifetime', async () => {
    const { cache, clock } = openCache();
    let loadsCount = 0;
    const read = () => withCache(cache, 'k', 100, async () => ++loadsCount);
    expect(await read()).toEqual({ value: 1, isHit: false });
    expect(await read()).toEqual({ value: 1, isHit: true });
    await clock.advance(100);
    expect(await read()).toEqual({ value: 2, isHit: false });
  });

  test('shares one load among all that ask meanwhile, per key and per cache', async () => {
    const { cache } = openCache();
    const other = openCache().cache;
    let loadsCount = 0;
    const load = async () => ++loadsCount;
    const reads = [cache, cache, cache, other].map((target) => withCache(target, 'k', 100, load));
    reads.push(withCache(cache, 'k2', 100, load));
    expect(new Set((await Promise.all(reads)).map(({ value }) => value)).size).toBe(3);
    expect(loadsCount).toBe(3);
  });

  test('gives the fault of a load to all that wait for it, and loads again afterwards', async () => {
    const { cache } = openCache();
    const fail = async (): Promise<number> => {
      throw new RangeError('no such symbol');
    };
    const reads = [withCache(cache, 'k', 100, fail), withCache(cache, 'k', 100, fail)];
    for (const result of await Promise.allSettled(reads)) expect(result.status).toBe('rejected');
    expect(await withCache(cache, 'k', 100, async () => 7)).toEqual({ value: 7, isHit: false });
  });

  test('takes a cache that fails for one that has nothing', async () => {
    const { cache } = openCache();
    await cache.close();
    expect(await withCache(cache, 'k', 100, async () => 7)).toEqual({ value: 7, isHit: false });
  });

  test('gives the value when only keeping it fails', async () => {
    const { cache } = openCache();
    const readOnly: Cache = {
      ...cache,
      driver: cache.driver,
      get: (key) => cache.get(key),
      set: async () => {
        throw new Error('read-only');
      },
    };
    expect(await withCache(readOnly, 'k', 100, async () => 7)).toEqual({ value: 7, isHit: false });
  });
});
