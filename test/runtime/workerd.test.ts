/** On real workerd: the contracts of the drivers `durable`, and the same recording as on Bun and Deno. */

import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSyntheticRecording } from '../../src/feed/drivers/synthetic/synthetic-recording.ts';
import { describeCache } from '../cache/cache-contract.ts';
import { sampleOpportunity } from '../store/sample-opportunity.ts';
import { describeStore } from '../store/store-contract.ts';
import { denoPath } from '../support/deno.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import {
  type LocalWorker,
  makeStateDir,
  removeStateDir,
  startWorker,
  wranglerNode,
} from '../support/wrangler.ts';
import { openRemoteCache, openRemoteStore } from './workerd/client.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const REPLAY = fileURLToPath(new URL('programs/replay-file.ts', import.meta.url));
const CONFIG = 'test/runtime/workerd/wrangler.toml';

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);
const hasDeno = requirement('deno', denoPath !== null);

let started: Promise<{ readonly worker: LocalWorker; readonly stateDir: string }> | null = null;

/** One Worker for all suites of this file, started by the first. */
function theWorker() {
  started ??= (async () => {
    const stateDir = await makeStateDir();
    return { worker: await startWorker({ config: CONFIG, stateDir }), stateDir };
  })();
  return started;
}

afterAll(async () => {
  if (started === null) return;
  const { worker, stateDir } = await started;
  await worker.stop();
  await removeStateDir(stateDir);
});

describe.skipIf(!hasNode)('on workerd', () => {
  describeStore('durable', async () => {
    const store = await openRemoteStore((await theWorker()).worker.url, 'store');
    return { store, openSecond: null, dispose: async () => {} };
  });

  describeCache('durable', async () => {
    const cache = await openRemoteCache((await theWorker()).worker.url, 'cache');
    return {
      cache,
      pass: (durationMs) => Bun.sleep(durationMs),
      dispose: async () => {},
    };
  });

  test('a store that is opened anew finds what the one before wrote', async () => {
    const { url } = (await theWorker()).worker;
    const first = await openRemoteStore(url, 'anew');
    expect(await first.migrate()).toEqual([
      '0001_opportunities',
      '0002_spread_windows',
      '0003_basis_snapshots',
      '0004_outbox',
    ]);
    const written = sampleOpportunity({ id: 'a' });
    await first.write([written]);
    const second = await openRemoteStore(url, 'anew');
    expect(await second.migrate()).toEqual([]);
    expect(await second.get('a')).toEqual(written);
  });

  test('a cache that is opened anew finds what the one before kept', async () => {
    const { url } = (await theWorker()).worker;
    await (await openRemoteCache(url, 'kept')).set('k', { a: 1 }, 60_000);
    expect(await (await openRemoteCache(url, 'kept')).get('k')).toEqual({ a: 1 });
  });

  test('a cache drops what expires first when it is full, and counts it', async () => {
    const cache = await openRemoteCache((await theWorker()).worker.url, 'full');
    for (let index = 0; index < 1000; index += 100) {
      const some = Array.from({ length: 100 }, (_, offset) => index + offset);
      await Promise.all(some.map((key) => cache.set(`k${key}`, key, 60_000 + key)));
    }
    await cache.set('one more', 1, 60_000);
    expect(await cache.get('k0')).toBeNull();
    expect(await cache.get('k1')).toBe(1);
    expect(cache.stats().evictionsCount).toBe(1);
  });

  test.skipIf(!hasDeno)('the same recording gives the same bytes as on Bun and Deno', async () => {
    const { worker, stateDir } = await theWorker();
    const shape = { seed: 4, exchangesCount: 8, symbolsCount: 24, updatesPerSecond: 800 };
    const recording = createSyntheticRecording({ ...shape, startMs: 1e12, durationMs: 20_000 });
    const text = [...recording].join('');
    const file = join(stateDir, 'recording.ndjson');
    await writeFile(file, text);
    const onBun = await run([process.execPath, REPLAY, file]);
    expect(onBun.split('\n').filter((line) => line.includes('"edgeBps"')).length).toBeGreaterThan(
      3,
    );
    const onDeno = await run([denoPath ?? '', 'run', '--quiet', '--no-check', '-A', REPLAY, file]);
    expect(onDeno).toBe(onBun);
    const response = await fetch(`${worker.url}/replay`, { method: 'POST', body: text });
    expect(await response.text()).toBe(onBun);
  });
});

async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdout: 'pipe', stderr: 'pipe' });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(errors);
  return output;
}
