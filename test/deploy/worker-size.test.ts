/** The Worker as it would be uploaded: it bundles, and stays within its budget. */

import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * Without ccxt; with the consumer of the queue, which brings Neon's driver (46 KB). A free account may upload 3 MB of gzip
 * (Workers, "Limits"); start-up time grows with the size.
 */
const BUDGETS = [
  { environment: '', maxGzipBytes: 250 * 1024, bindings: ['env.MARKET (Market)'] },
  {
    environment: 'scale',
    maxGzipBytes: 300 * 1024,
    bindings: ['env.MARKET (Market)', 'env.OPPORTUNITIES (spreadscope-opportunities)'],
  },
] as const;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-deploy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const { environment, maxGzipBytes, bindings } of BUDGETS) {
  const title = environment === '' ? 'that is deployed by default' : `of ${environment}`;
  test(`the bundle of the Worker ${title} is within its budget`, async () => {
    const outDir = join(folder, environment === '' ? 'default' : environment);
    const output = await bundle(environment, outDir);
    for (const binding of bindings) expect(output).toContain(binding);
    const gzipBytes = await measure(outDir);
    process.stderr.write(`the Worker ${title} has ${gzipBytes} bytes (gzip) of ${maxGzipBytes}\n`);
    expect(gzipBytes).toBeLessThanOrEqual(maxGzipBytes);
  }, 60_000);
}

async function bundle(environment: string, outDir: string): Promise<string> {
  const command = ['node_modules/.bin/wrangler', 'deploy', '--dry-run', '--outdir', outDir];
  const child = Bun.spawn([process.execPath, ...command, `--env=${environment}`], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect(`${await child.exited} ${errors}`).toBe('0 ');
  return output;
}

async function measure(outDir: string): Promise<number> {
  const uploaded = (await readdir(outDir)).filter((name) => /\.(js|wasm)$/.test(name));
  expect(uploaded.length).toBe(2);
  const sizes = await Promise.all(
    uploaded.map(async (name) => gzipSync(await readFile(join(outDir, name))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
