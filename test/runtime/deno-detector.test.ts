/** Both roles on Deno: a market-data service, and a detector that shares the work with one on Bun through a real Redis. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { denoPath, toDenoTask } from '../support/deno.ts';
import { eventually } from '../support/eventually.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { findRedisServer, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { requirement } from '../support/requirement.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const MARKET_TOKEN = 'secret-between-all';
const TOTAL_COUNT = 5;

const isPossible = [
  requirement('deno', denoPath !== null),
  requirement('redis-server', findRedisServer() !== null),
].every(Boolean);

describe.skipIf(!isPossible)('the roles on Deno', () => {
  let redis: RedisServer;
  let market: ServiceProcess;
  let onDeno: ServiceProcess;
  let onBun: ServiceProcess;

  const ownedBy = async (service: ServiceProcess): Promise<number> => {
    const { components } = (await service.getJson('/ready')) as {
      readonly components: { readonly shards: { readonly owned: readonly unknown[] } };
    };
    return components.shards.owned.length;
  };

  beforeAll(async () => {
    const start = toDenoTask('start', denoPath ?? '');
    redis = await startRedisServer();
    const service = { ROLE: 'market', FEED: 'synthetic', MARKET_TOKEN, HOST: '127.0.0.1' };
    market = await startService([], service, start);
    const detector = {
      ...{ ROLE: 'detector', MARKET_URL: market.url, MARKET_TOKEN, HOST: '127.0.0.1' },
      ...{ REDIS_URL: `redis://127.0.0.1:${redis.port}`, DETECTOR_SHARDS: String(TOTAL_COUNT - 1) },
      DATA_DIR: 'memory',
    };
    onDeno = await startService([], detector, start);
    onBun = await startService(['serve'], detector);
  });
  afterAll(async () => {
    for (const service of [onDeno, onBun, market]) await service?.stop('SIGKILL');
    await redis?.stop();
  });

  test('share the shards with one on Bun', async () => {
    await eventually('both have their share', async () => {
      const counts = [await ownedBy(onDeno), await ownedBy(onBun)];
      const isWhole = counts.reduce((sum, count) => sum + count, 0) === TOTAL_COUNT;
      return isWhole && Math.min(...counts) >= 2 ? true : null;
    });
    expect((await fetch(`${onDeno.url}/ready`)).status).toBe(200);
  });

  test('hand everything over when one stops', async () => {
    const stoppedMs = performance.now();
    expect(await onDeno.stop('SIGTERM')).toBe(0);
    // Nothing is waited for that does not end.
    expect(performance.now() - stoppedMs).toBeLessThan(5_000);
    await eventually('the one on Bun has all', async () =>
      (await ownedBy(onBun)) === TOTAL_COUNT ? true : null,
    );
  });
});
