/** One or two keepers in this process, with a real redis-server between them. */

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { systemClock } from '../../src/domain/clock.ts';
import { shardOf } from '../../src/domain/shards.ts';
import { createRedisServerLeases } from '../../src/lease/drivers/redis.ts';
import { createShardKeeper, type ShardHooks } from '../../src/lease/shard-keeper.ts';
import { createLogMemory } from '../feed/ccxt/harness.ts';
import { sampleOpportunity } from '../store/sample-opportunity.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { findRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { requirement } from '../support/requirement.ts';
import { untilTrue } from '../support/until-true.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const TTL_MS = 400;
const COUNT = 4;
const hasRedis = requirement('redis-server', findRedisServer() !== null);

interface Rig {
  readonly keeper: ReturnType<typeof createShardKeeper>;
  readonly calls: string[];
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  stop(): Promise<void>;
}

describe.skipIf(!hasRedis)('a shard keeper', () => {
  let server: RedisServer;
  const rigs: Rig[] = [];

  const start = (instance: string, hooks: Partial<ShardHooks> = {}): Rig => {
    const { logger, lines } = createLogMemory();
    const calls: string[] = [];
    const stopping = new AbortController();
    const keeper = createShardKeeper({
      leases: createRedisServerLeases({
        url: `redis://127.0.0.1:${server.port}`,
        timeoutMs: 200,
      }),
      ...{ instance, shardsCount: COUNT, hasCycles: true, ttlMs: TTL_MS },
      ...{ clock: systemClock, logger },
    });
    const running = keeper.run(
      {
        taken: async (shard) => void calls.push(`taken ${shard}`),
        lost: () => void calls.push('lost'),
        flush: async () => void calls.push('flush'),
        ...hooks,
      },
      stopping.signal,
    );
    const rig: Rig = {
      ...{ keeper, calls, logs: lines },
      stop: async () => {
        stopping.abort();
        await running;
        await keeper.leave().catch(() => undefined);
      },
    };
    rigs.push(rig);
    return rig;
  };
  const ownedCount = ({ keeper }: Rig) => keeper.status().owned.length;

  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.stop();
    await server.stop();
  });

  test('alone has every symbol and the cycles, each shard once the store knows', async () => {
    const rig = start('a');
    await untilTrue('it has all', () => ownedCount(rig) === COUNT + 1);
    expect(rig.calls.filter((call) => call.startsWith('taken')).sort()).toEqual([
      ...['taken 0/4', 'taken 1/4', 'taken 2/4', 'taken 3/4', 'taken cycles/4'],
    ]);
    expect(rig.keeper.pairs('BTC/USDT')).toBe(true);
    expect(rig.keeper.pairs('BTC/USDT', Date.now())).toBe(true);
    // Data of before the lease would tell of a time in which another held it.
    expect(rig.keeper.pairs('BTC/USDT', Date.now() - 60_000)).toBe(false);
    expect(rig.keeper.cycles()).toBe(true);
    expect(rig.keeper.owned()).toEqual([0, 1, 2, 3]);
  });

  test('stamps what it detects with the lease of its shard', async () => {
    const rig = start('a');
    await untilTrue('it has all', () => ownedCount(rig) === COUNT + 1);
    const { owned } = rig.keeper.status();
    const pair = sampleOpportunity({ id: 'a', symbol: 'BTC/USDT' });
    const name = `${shardOf('BTC/USDT', COUNT)}/4`;
    expect(rig.keeper.stamp(pair).lease).toEqual({
      shard: name,
      token: owned.find(({ shard }) => shard === name)?.token ?? 0,
    });
    const cycle = { ...pair, kind: 'cycle' as const, symbol: 'ADA>BTC>USDT' };
    expect(rig.keeper.stamp(cycle).lease?.shard).toBe('cycles/4');
  });

  test('hands over what another should have: detection ends, then all is written, then it is given', async () => {
    const first = start('a');
    await untilTrue('it has all', () => ownedCount(first) === COUNT + 1);
    const second = start('b');
    await untilTrue('both have their share', () => ownedCount(first) + ownedCount(second) === 5);
    await untilTrue('evenly', () => ownedCount(second) === 2);
    expect(ownedCount(first)).toBe(3);
    const lostAt = first.calls.lastIndexOf('lost');
    expect(first.calls.indexOf('flush')).toBeGreaterThanOrEqual(lostAt);
    const names = [first, second].flatMap(({ keeper }) =>
      keeper.status().owned.map(({ shard }) => shard),
    );
    expect(new Set(names).size).toBe(5);
  });

  test('stops by its own clock to use what it cannot extend, and begins anew with greater tokens', async () => {
    const rig = start('a');
    await untilTrue('it has all', () => ownedCount(rig) === COUNT + 1);
    const [before] = rig.keeper.status().owned;
    const { port } = server;
    await server.stop();
    const stoppedMs = performance.now();
    await untilTrue('it has none', () => ownedCount(rig) === 0);
    expect(performance.now() - stoppedMs).toBeLessThan(TTL_MS + 200);
    expect(rig.keeper.pairs('BTC/USDT')).toBe(false);
    expect(rig.keeper.cycles()).toBe(false);
    await untilTrue('it says why', () => rig.keeper.status().error !== null);
    expect(rig.keeper.status().error).toContain('Redis does not answer');
    expect(rig.logs.filter(({ level }) => level === 'warn').length).toBe(1);
    await untilTrue('who follows is told', () => rig.calls.at(-1) === 'lost');
    server = await startRedisServer(port);
    await untilTrue('it has all again', () => ownedCount(rig) === COUNT + 1);
    const [after] = rig.keeper.status().owned;
    expect(after?.token).toBeGreaterThan(before?.token ?? Infinity);
    expect(rig.keeper.status().error).toBeNull();
  });

  test('uses nothing while the store does not answer, and gives it back', async () => {
    let isBroken = true;
    const rig = start('a', {
      taken: async () => {
        if (isBroken) throw new Error('no database');
      },
    });
    await untilTrue('it has tried', () => rig.logs.some(({ level }) => level === 'warn'));
    expect(ownedCount(rig)).toBe(0);
    isBroken = false;
    await untilTrue('it has all', () => ownedCount(rig) === COUNT + 1);
  });

  test('gives all up when it leaves, at once', async () => {
    const first = start('a');
    await untilTrue('it has all', () => ownedCount(first) === COUNT + 1);
    await first.stop();
    const leftMs = performance.now();
    const second = start('b');
    await untilTrue('the other has all', () => ownedCount(second) === COUNT + 1);
    expect(performance.now() - leftMs).toBeLessThan(TTL_MS);
  });
});
