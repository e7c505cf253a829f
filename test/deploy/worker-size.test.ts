/** The Worker as it would be uploaded: it bundles, and stays within its budget. */

import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Without ccxt. A free account may upload 3 MB of gzip (Workers, "Limits"); start-up time grows with the size. */
const MAX_GZIP_BYTES = 250 * 1024;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-deploy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the bundle of the Worker is within its budget', async () => {
  const command = ['node_modules/.bin/wrangler', 'deploy', '--dry-run', '--outdir', folder];
  const child = Bun.spawn([process.execPath, ...command], {
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
  expect(output).toContain('env.MARKET (Market)');
  const uploaded = (await readdir(folder)).filter((name) => /\.(js|wasm)$/.test(name));
  expect(uploaded.length).toBe(2);
  const sizes = await Promise.all(
    uploaded.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
  );
  const gzipBytes = sizes.reduce((sum, size) => sum + size, 0);
  process.stderr.write(`the Worker has ${gzipBytes} bytes (gzip) of ${MAX_GZIP_BYTES}\n`);
  expect(gzipBytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
}, 60_000);
