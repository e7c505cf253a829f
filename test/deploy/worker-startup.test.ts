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

/** A sample that comes later than this many usual distances was held up. */
const MAX_LATENESS = 4;

/** As long as none was within the budget. */
const MAX_RUNS = 4;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');

const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);

/** What V8's profiler writes: a node for each sample, and microseconds since the sample before. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

async function profileStart(environment: string, folder: string): Promise<CpuProfile> {
  const outfile = join(folder, `${environment}.cpuprofile`);
  const args = ['check', 'startup', `--args=--env=${environment}`, '--outfile', outfile];
  const child = Bun.spawn([wranglerNode ?? 'node', WRANGLER, ...args], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    stdout: 'ignore',
    stderr: 'inherit',
  });
  expect(await child.exited).toBe(0);
  return (await Bun.file(outfile).json()) as CpuProfile;
}

/**
 * Milliseconds in which something ran. Samples come at even distances; where one came late the process was not running,
 * since others on this machine were.
 */
function toActiveMs({ nodes, samples, timeDeltas }: CpuProfile): number {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  const usualUs = timeDeltas.toSorted((a, b) => a - b)[timeDeltas.length >> 1] ?? Number.NaN;
  const activeUs = samples.reduce((sum, id, index) => {
    return idle.has(id) ? sum : sum + Math.min(timeDeltas[index] ?? 0, MAX_LATENESS * usualUs);
  }, 0);
  return activeUs / 1_000;
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
        leastMs = Math.min(leastMs, toActiveMs(await profileStart(environment, folder)));
      }
      process.stderr.write(
        `the Worker ${name} starts in ${leastMs.toFixed(1)} ms of ${maxActiveMs}\n`,
      );
      expect(leastMs).toBeGreaterThan(0);
      expect(leastMs).toBeLessThanOrEqual(maxActiveMs);
    },
  );
});
