import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const DENO = fileURLToPath(new URL('../../node_modules/.bin/deno', import.meta.url));
const PROGRAM = fileURLToPath(new URL('programs/offline-hashes.ts', import.meta.url));

const hasDeno = requirement('deno', existsSync(DENO));

async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command, PROGRAM], { stdout: 'pipe', stderr: 'pipe' });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(errors);
  return output;
}

describe.skipIf(!hasDeno)('offline feeds on Bun and Deno', () => {
  test('the same seed gives the same recording, and a gzipped recording the same batches', async () => {
    const onBun = await run([process.execPath]);
    expect(onBun).toMatch(/^synthetic [0-9a-f]{64}\nreplay [0-9a-f]{64}\n$/);
    expect(await run([DENO, 'run', '--quiet', '--no-check', '--no-lock'])).toBe(onBun);
  });
});
