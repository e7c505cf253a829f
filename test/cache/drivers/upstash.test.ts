import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Cache } from '../../../src/cache/cache.ts';
import { createUpstashCache } from '../../../src/cache/drivers/upstash.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { findRedisServer, type RedisServer, startRedisServer } from '../../support/redis-server.ts';
import { requirement } from '../../support/requirement.ts';
import { startUpstashBridge, type UpstashBridge } from '../../support/upstash-bridge.ts';
import { describeCache } from '../cache-contract.ts';

const hasRedis = requirement(
  'redis-server (Debian package redis-server)',
  findRedisServer() !== null,
);

describe.skipIf(!hasRedis)('in front of a real redis-server', () => {
  describeCache('Upstash', async () => {
    const server = await startRedisServer();
    const bridge = await startUpstashBridge(server.port);
    return {
      cache: createUpstashCache({ url: bridge.url, token: bridge.token }),
      pass: (durationMs) => Bun.sleep(durationMs),
      dispose: async () => {
        await bridge.stop();
        await server.stop();
      },
    };
  });

  describe('the Upstash cache', () => {
    let server: RedisServer;
    let bridge: UpstashBridge;
    let cache: Cache;
    const clock = createFakeClock();

    beforeEach(() => clock.advance(5000));
    beforeAll(async () => {
      server = await startRedisServer();
      bridge = await startUpstashBridge(server.port);
      cache = createUpstashCache({ ...bridge, timeoutMs: 200, clock });
    });
    afterAll(async () => {
      await bridge.stop();
      await server.stop();
    });

    const withFault = async (fault: () => Response | Promise<Response>): Promise<unknown> => {
      bridge.setFault(fault);
      const error: unknown = await cache.set('key', 'secret-value', 1000).catch((thrown) => thrown);
      bridge.setFault(null);
      return error;
    };

    test('keeps its keys apart from those of others', async () => {
      const other = createUpstashCache({ ...bridge, keyPrefix: 'other:' });
      await cache.set('k', 'ours', 1000);
      expect(await other.get('k')).toBeNull();
    });

    test('says that there is no answer when the server hangs, breaks off or talks nonsense', async () => {
      const faults = [
        () => new Promise<Response>(() => {}),
        () => new Response('<html>', { status: 502 }),
        () => new Response('<html>', { status: 200 }),
      ];
      for (const fault of faults) {
        await clock.advance(5000);
        expect(await withFault(fault)).toMatchObject({ code: 'cache_unavailable' });
      }
    });

    test('says that the server refused, without what was to be kept', async () => {
      const error = await withFault(() => Response.json({ error: 'OOM' }, { status: 400 }));
      expect(error).toMatchObject({ code: 'cache_failed' });
      expect(Bun.inspect(error, { depth: 8 })).not.toContain('secret-value');
    });

    test('says that the server refused when the token is wrong, without the token', async () => {
      const stranger = createUpstashCache({ url: bridge.url, token: 'hunter2' });
      const error: unknown = await stranger.ping().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'cache_failed' });
      expect(Bun.inspect(error, { depth: 8 })).not.toContain('hunter2');
    });

    test('does not ask again for five seconds after there was no answer, unless it is pinged', async () => {
      let asksCount = 0;
      const fail = () => {
        asksCount += 1;
        return new Response('', { status: 502 });
      };
      await withFault(fail);
      await clock.advance(4999);
      expect(await withFault(fail)).toMatchObject({ code: 'cache_unavailable' });
      expect(asksCount).toBe(1);
      await clock.advance(1);
      await withFault(fail);
      expect(asksCount).toBe(2);
      await cache.ping();
      await cache.set('k', 1, 1000);
    });

    test('counts each fault once', async () => {
      const before = cache.stats().errorsCount;
      await withFault(() => new Response('', { status: 500 }));
      expect(cache.stats().errorsCount).toBe(before + 1);
    });

    test('says that there is no answer when nothing listens', async () => {
      const nowhere = createUpstashCache({ url: 'http://127.0.0.1:1', token: 't' });
      await expect(nowhere.ping()).rejects.toMatchObject({ code: 'cache_unavailable' });
    });
  });
});
