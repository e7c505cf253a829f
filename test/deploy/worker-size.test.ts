/** The Worker as it would be uploaded: it bundles, and stays within its budget. */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

/** A free account may upload 3 MB of gzip (Workers, "Limits"); start-up time grows with the size. */
const DEPLOYMENTS = [
  { name: 'without exchanges', environment: '', maxGzipBytes: 250_000 },
  // Neon's driver takes 46 KB of it.
  { name: 'with a queue and a database', environment: 'scale', maxGzipBytes: 320 * 1024 },
  { name: 'with five exchanges', environment: 'live', maxGzipBytes: 1024 * 1024 },
] as const;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-deploy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(DEPLOYMENTS)('the Worker $name is within its budget', async (deployment) => {
  const { environment, maxGzipBytes, name } = deployment;
  const outDir = join(folder, `out-${environment}`);
  const wrangler = ['node_modules/.bin/wrangler', 'deploy', '--dry-run', `--env=${environment}`];
  const child = Bun.spawn([process.execPath, ...wrangler, '--outdir', outDir], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect(`${await child.exited} ${errors}`).toMatch(/^0 (ccxt for Workers: .*\n)?$/);
  expect(output).toContain('env.MARKET (Market)');
  const uploaded = (await readdir(outDir)).filter((file) => /\.(js|wasm)$/.test(file));
  expect(uploaded.length).toBe(3);
  const sizes = await Promise.all(
    uploaded.map(async (file) => gzipSync(await readFile(join(outDir, file))).length),
  );
  const gzipBytes = sizes.reduce((sum, size) => sum + size, 0);
  process.stderr.write(`the Worker ${name} has ${gzipBytes} bytes (gzip) of ${maxGzipBytes}\n`);
  expect(gzipBytes).toBeLessThanOrEqual(maxGzipBytes);
});
