import { describe, expect, test } from 'bun:test';
import { createMemoryCache } from '../../../src/cache/drivers/memory.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { describeCache } from '../cache-contract.ts';

describeCache('memory', async () => {
  const clock = createFakeClock();
  const cache = createMemoryCache({ maxEntriesCount: 1000, clock });
  return { cache, pass: clock.advance, dispose: () => cache.close() };
});

describe('the memory cache', () => {
  test('keeps a value until the last moment of its lifetime', async () => {
    const clock = createFakeClock();
    const cache = createMemoryCache({ maxEntriesCount: 1, clock });
    await cache.set('k', 1, 100);
    await clock.advance(99.9);
    expect(await cache.get('k')).toBe(1);
    await clock.advance(0.1);
    expect(await cache.get('k')).toBeNull();
  });

  test('drops what was used least recently, and counts it', async () => {
    const cache = createMemoryCache({ maxEntriesCount: 2, clock: createFakeClock() });
    await cache.set('a', 1, 1000);
    await cache.set('b', 2, 1000);
    await cache.get('a');
    await cache.set('c', 3, 1000);
    expect(cache.stats().evictionsCount).toBe(1);
    expect(await cache.get('b')).toBeNull();
    expect(await cache.get('a')).toBe(1);
    expect(await cache.get('c')).toBe(3);
  });

  test('drops nothing when a key is set again at the bound', async () => {
    const cache = createMemoryCache({ maxEntriesCount: 2, clock: createFakeClock() });
    for (const key of ['a', 'b', 'a', 'b']) await cache.set(key, key, 1000);
    expect(cache.stats().evictionsCount).toBe(0);
    expect(await cache.get('a')).toBe('a');
  });

  test('sleeps on no timer', async () => {
    const clock = createFakeClock();
    await createMemoryCache({ maxEntriesCount: 1, clock }).set('k', 1, 100);
    expect(clock.sleepsMs).toEqual([]);
  });

  test('holds at least one entry', () => {
    for (const maxEntriesCount of [0, -1, 1.5, Number.NaN]) {
      const clock = createFakeClock();
      expect(() => createMemoryCache({ maxEntriesCount, clock })).toThrow(RangeError);
    }
  });
});
