/** What every cache does. A driver's test calls this with a way to open a cache and to let time pass. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Cache, JsonValue } from '../../src/cache/cache.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

export interface CacheUnderTest {
  readonly cache: Cache;
  /** Lets `durationMs` pass as the cache sees time. */
  readonly pass: (durationMs: number) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export function describeCache(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`the ${name} cache`, () => {
    let opened: CacheUnderTest;
    let cache: Cache;

    beforeAll(async () => {
      opened = await open();
      cache = opened.cache;
    });
    afterAll(() => opened.dispose());

    test('answers a ping', () => cache.ping());

    test('answers null for what it does not have', async () => {
      expect(await cache.get('absent')).toBeNull();
    });

    const values: Readonly<Record<string, JsonValue>> = {
      'an object': { bid: 1.5, levels: [[1, 2], []], isFresh: true, none: null },
      'an empty list': [],
      'a number': 42,
      'a number that looks like text': '42',
      'text that looks like an object': '{"a":1}',
      'empty text': '',
      'text of all kinds': 'é 💱 "quoted" \\ \n \u2028',
      false: false,
      zero: 0,
      'a tiny number': 1e-7,
      'a large number': 2 ** 53 - 1,
    };
    for (const [what, value] of Object.entries(values)) {
      test(`gives back exactly ${what}`, async () => {
        await cache.set(`value:${what}`, value, 60_000);
        expect(await cache.get(`value:${what}`)).toEqual(value);
      });
    }

    test('tells keys apart, whatever they hold', async () => {
      const keys = ['k', 'K', 'k ', 'k:é', 'k\n', '__proto__', 'constructor', ''];
      for (const key of keys) await cache.set(key, `of ${key}`, 60_000);
      for (const key of keys) expect(await cache.get(key)).toBe(`of ${key}`);
    });

    test('replaces a value and its lifetime', async () => {
      await cache.set('replaced', 'old', 100);
      await cache.set('replaced', 'new', 60_000);
      await opened.pass(150);
      expect(await cache.get('replaced')).toBe('new');
    });

    test('forgets a value when its lifetime is over', async () => {
      await cache.set('short', 1, 100);
      await cache.set('long', 2, 60_000);
      await opened.pass(150);
      expect(await cache.get('short')).toBeNull();
      expect(await cache.get('long')).toBe(2);
    });

    test('accepts a lifetime of a fraction of a millisecond and refuses none', async () => {
      await cache.set('fraction', 1, 0.5);
      for (const ttlMs of [0, -1, Number.NaN, Infinity]) {
        await expect(cache.set('never', 1, ttlMs)).rejects.toThrow(RangeError);
      }
      expect(await cache.get('never')).toBeNull();
    });

    test('deletes, also what it does not have', async () => {
      await cache.set('deleted', 1, 60_000);
      await cache.delete('deleted');
      await cache.delete('deleted');
      expect(await cache.get('deleted')).toBeNull();
    });

    test('shares no object with its callers', async () => {
      const value = { list: [1] };
      await cache.set('shared', value, 60_000);
      value.list.push(2);
      expect(await cache.get('shared')).toEqual({ list: [1] });
    });

    test('counts hits and misses', async () => {
      const before = cache.stats();
      await cache.set('counted', 1, 60_000);
      await cache.get('counted');
      await cache.get('counted');
      await cache.get('uncounted');
      const after = cache.stats();
      expect(after.hitsCount - before.hitsCount).toBe(2);
      expect(after.missesCount - before.missesCount).toBe(1);
      expect(after.errorsCount).toBe(0);
    });

    test('refuses to work when it is closed, and closes twice without a fault', async () => {
      await cache.close();
      await cache.close();
      await expect(cache.get('k')).rejects.toMatchObject({ code: 'closed' });
      await expect(cache.set('k', 1, 1)).rejects.toMatchObject({ code: 'closed' });
      await expect(cache.delete('k')).rejects.toMatchObject({ code: 'closed' });
      await expect(cache.ping()).rejects.toMatchObject({ code: 'closed' });
    });
  });
}
