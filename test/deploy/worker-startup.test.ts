/** What the Worker's start costs, as wrangler profiles it on local workerd: reading the modules, before any request. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { wranglerNode } from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Cloudflare refuses an upload whose start takes more than 1 s of CPU (Workers, "Limits", worker startup time). */
const DEPLOYMENTS = [
  { name: 'without exchanges', environment: '', maxActiveMs: 250 },
  { name: 'with five exchanges', environment: 'live', maxActiveMs: 500 },
] as const;

/** As long as none was within the budget. */
const MAX_RUNS = 4;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

/** @returns milliseconds in which something ran. */
async function profileStart(environment: string, folder: string): Promise<number> {
  const profile = join(folder, `${environment}.cpuprofile`);
  const args = ['check', 'startup', `--args=--env=${environment}`, '--outfile', profile];
  const child = Bun.spawn([wranglerNode ?? 'node', WRANGLER, ...args], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const output = await new Response(child.stdout).text();
  return Number(/Active: ([\d.]+) ms/.exec(output)?.[1] ?? Number.NaN);
}

describe.skipIf(!hasNode)('the start of the Worker', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spreadscope-startup-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(DEPLOYMENTS)(
    '$name is within its budget',
    async ({ environment, maxActiveMs, name }) => {
      // The work is the same each time: what a run takes longer was taken by others on this machine.
      let leastMs = Number.POSITIVE_INFINITY;
      for (let run = 0; run < MAX_RUNS && leastMs > maxActiveMs; run += 1) {
        leastMs = Math.min(leastMs, await profileStart(environment, folder));
      }
      process.stderr.write(`the Worker ${name} starts in ${leastMs} ms of ${maxActiveMs}\n`);
      expect(leastMs).toBeGreaterThan(0);
      expect(leastMs).toBeLessThanOrEqual(maxActiveMs);
    },
  );
});
