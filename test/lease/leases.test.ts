/** Both drivers against a real redis-server, one of them through its REST protocol. */

import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createRedisServerLeases } from '../../src/lease/drivers/redis.ts';
import { createUpstashLeases } from '../../src/lease/drivers/upstash.ts';
import type { LeaseStore } from '../../src/lease/lease.ts';
import { findRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { requirement } from '../support/requirement.ts';
import { startUpstashBridge, type UpstashBridge } from '../support/upstash-bridge.ts';

const TTL_MS = 300;
const hasRedis = requirement('redis-server', findRedisServer() !== null);

describe.skipIf(!hasRedis).each(['redis', 'upstash'] as const)(
  'leases by the driver %s',
  (driver) => {
    let server: RedisServer;
    let bridge: UpstashBridge;
    const opened: LeaseStore[] = [];
    let prefix = 0;

    beforeAll(async () => {
      server = await startRedisServer();
      bridge = await startUpstashBridge(server.port);
    });
    afterAll(async () => {
      for (const store of opened) await store.close();
      await bridge.stop();
      await server.stop();
    });

    const open = (keyPrefix: string): LeaseStore => {
      const options = { timeoutMs: 2_000, keyPrefix };
      const store =
        driver === 'redis'
          ? createRedisServerLeases({ ...options, url: `redis://127.0.0.1:${server.port}` })
          : createUpstashLeases({ ...options, url: bridge.url, token: bridge.token });
      opened.push(store);
      return store;
    };
    const fresh = () => open(`{test${prefix++}}:`);
    const as = (instance: string, ttlMs = TTL_MS, shardsCount = 4) => ({
      ...{ instance, ttlMs, shardsCount },
    });

    test('are taken once, with tokens that grow', async () => {
      const leases = fresh();
      const first = await leases.take(as('a', 60_000), [0, 1]);
      expect(first.map(({ shard, instance }) => [shard, instance])).toEqual([
        [0, 'a'],
        [1, 'a'],
      ]);
      const second = await leases.take(as('b', 60_000), [0, 1, 2]);
      expect(second.map(({ shard }) => shard)).toEqual([2]);
      const tokens = [...first, ...second].map(({ token }) => token);
      expect([...tokens].sort((x, y) => x - y)).toEqual(tokens);
      expect(new Set(tokens).size).toBe(3);
      const { members, holders } = await leases.beat(as('b', 60_000));
      expect(members).toEqual(['a', 'b']);
      expect(holders.length).toBe(3);
    });

    test('run out without a word, and live on with one', async () => {
      const leases = fresh();
      const [taken] = await leases.take(as('a'), [0]);
      await leases.take(as('b'), [1]);
      for (let beat = 0; beat < 4; beat += 1) {
        await Bun.sleep(TTL_MS / 3);
        await leases.beat(as('a'));
      }
      const { members, holders } = await leases.beat(as('a'));
      expect(members).toEqual(['a']);
      expect(holders).toEqual([taken ?? { shard: -1, instance: '', token: -1 }]);
      await Bun.sleep(TTL_MS + 50);
      const [overtaken] = await leases.take(as('c'), [0]);
      expect(overtaken?.token).toBeGreaterThan(taken?.token ?? Infinity);
      expect((await leases.beat(as('a'))).holders.map(({ instance }) => instance)).toEqual(['c']);
    });

    test('are given up by their owner only', async () => {
      const leases = fresh();
      await leases.take(as('a', 60_000), [0, 1]);
      await leases.give('b', [0]);
      expect((await leases.beat(as('b', 60_000))).holders.length).toBe(2);
      await leases.give('a', [0]);
      expect((await leases.beat(as('b', 60_000))).holders.map(({ shard }) => shard)).toEqual([1]);
      await leases.leave('a');
      expect(await leases.beat(as('b', 60_000))).toEqual({ members: ['b'], holders: [] });
    });

    test('grow their tokens although the server lost all it knew', async () => {
      const leases = fresh();
      const [before] = await leases.take(as('a', 60_000), [0]);
      const other = fresh();
      const [after] = await other.take(as('a', 60_000), [0]);
      expect(after?.token).toBeGreaterThanOrEqual(before?.token ?? Infinity);
      expect(Math.abs((after?.token ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test('are refused to those who count other shards, while others live', async () => {
      const leases = fresh();
      await leases.take(as('a'), [0]);
      await expect(leases.beat(as('b', TTL_MS, 5))).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining('DETECTOR_SHARDS'),
      });
      await Bun.sleep(TTL_MS + 50);
      expect(await leases.beat(as('b', TTL_MS, 5))).toEqual({ members: ['b'], holders: [] });
    });

    test('say with a code that Redis does not answer', async () => {
      const lost =
        driver === 'redis'
          ? createRedisServerLeases({ url: 'redis://:hunter2@127.0.0.1:9', timeoutMs: 200 })
          : createUpstashLeases({ url: 'http://127.0.0.1:9', token: 'hunter2', timeoutMs: 200 });
      const error: unknown = await lost.ping().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'lease_unavailable' });
      expect(String(error)).not.toContain('hunter2');
      await lost.close();
    });
  },
);
