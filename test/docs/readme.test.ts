/** The README's commands are run as they stand, in a fresh clone; its tables are those of the code. */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { readReadme, withVariablesTable } from './variables-table.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Commands that never end, or that run this very test; each has a test of its own here or runs in CI. */
const NOT_RUN_HERE = new Set([
  'npx -y bun run demo',
  'npx -y bun run test',
  'bun run test',
  'bun run check',
  'bun run bench',
  'bun run start',
  'deno task demo',
  'bun run dev:edge',
  'npx wrangler login',
  'bun run dev:edge --env live',
  'bun run deploy',
  'npx wrangler queues create spreadscope-opportunities',
  'npx wrangler queues create spreadscope-opportunities-dead',
  'npx wrangler secret put DATABASE_URL --env scale',
  'bun run deploy --env scale',
  'bun run deploy --env live',
  'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 bun run demo',
]);

const commands = [...readReadme().matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap((block) => (block[1] ?? '').split('\n'))
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));

let clone: string;

beforeAll(async () => {
  clone = join(await mkdtemp(join(tmpdir(), 'spreadscope-clone-')), 'spreadscope');
  await run(`git clone -q ${ROOT} ${clone}`, ROOT);
  // What is not committed yet is tested too.
  await run(
    `git ls-files -z --cached --others --exclude-standard | xargs -0 tar cf - --ignore-failed-read 2>/dev/null | tar xf - -C ${clone}`,
    ROOT,
  );
});

afterAll(() => rm(join(clone, '..'), { recursive: true, force: true }));

async function run(command: string, cwd: string): Promise<string> {
  const child = Bun.spawn(['bash', '-c', command], { cwd, stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the README', () => {
  test('opens with the two commands that do all the set-up', () => {
    expect(commands.slice(0, 2)).toEqual(['npx -y bun run demo', 'npx -y bun run test']);
  });

  test('has the table of variables that the code has (bun test/docs/variables-table.ts writes it)', () => {
    expect(withVariablesTable(readReadme())).toBe(readReadme());
  });

  test('names scripts that exist', () => {
    const named = commands.flatMap(
      (line) => /\bbun run (?:--silent )?([\w:]+)/.exec(line)?.[1] ?? [],
    );
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });

  test('names folders and files that exist', () => {
    const paths = [...readReadme().matchAll(/`((?:src|wasm|bench|test|deploy)\/[\w./-]*)`/g)];
    const missing = paths
      .map((match) => match[1] ?? '')
      .filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  test('gives a demo in a fresh clone: its page, its marked data, its commands against the API', async () => {
    const port = await freePort();
    // A process group of its own, so that Ctrl-C reaches all of it as it does on a terminal.
    const demo = Bun.spawn(['setsid', 'npx', '-y', 'bun', 'run', 'demo'], {
      cwd: clone,
      env: { ...process.env, PORT: String(port), CI: '' },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const printed = new Response(demo.stderr).text();
    try {
      const url = `http://localhost:${port}`;
      await eventually(
        'the demo answers',
        async () => ((await fetch(`${url}/health`)).ok ? true : null),
        240_000,
      );
      await eventually('it is ready', async () => ((await fetch(`${url}/ready`)).ok ? true : null));
      const page = await (await fetch(`${url}/`)).text();
      expect(page.toLowerCase()).toContain('synthetic');
      const list = (await (await fetch(`${url}/api/opportunities`)).json()) as { source: string };
      expect(list.source).toBe('synthetic');
      for (const command of commands.filter((line) => line.startsWith('curl'))) {
        const bounded = command.replaceAll('localhost:8787', `localhost:${port}`);
        await run(`${bounded.replace('curl -N', 'timeout 2 curl -sN')} || [ $? -eq 124 ]`, clone);
      }
    } finally {
      process.kill(-demo.pid, 'SIGINT');
      await demo.exited;
    }
    expect(await printed).toContain(`http://localhost:${port}`);
  }, 360_000);

  const finite = commands.filter((line) => !NOT_RUN_HERE.has(line) && !line.startsWith('curl'));
  test.each(finite)(
    '%s',
    async (command) => {
      await run(command, clone);
    },
    120_000,
  );
});

test('the changelog has an unreleased section', () => {
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain('\n## Unreleased\n');
});
