/** The same recording gives the same pairs and cycles, to the byte, on Bun, Node and Deno, by WASM and by the reference. */

import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSyntheticRecording } from '../../src/feed/drivers/synthetic/synthetic-recording.ts';
import { denoPath } from '../support/deno.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { wranglerNode } from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const PROGRAM = fileURLToPath(new URL('programs/replay-file.ts', import.meta.url));
const DENO_ARGS = ['run', '--quiet', '--no-check', '-A'];

const hasDeno = requirement('deno', denoPath !== null);
/** The program is TypeScript, whose types Node strips from 22.18 on. */
const nodePath = wranglerNode !== null && stripsTypes(wranglerNode) ? wranglerNode : null;
const hasNode = requirement('a Node that runs TypeScript (22.18 or later)', nodePath !== null);

let onBun = '';

/** What the runtime prints of the recording. */
async function replayWith(command: readonly string[], kernel: 'wasm' | 'reference') {
  const folder = await mkdtemp(join(tmpdir(), 'spreadscope-replay-'));
  const file = join(folder, 'recording.ndjson');
  try {
    const shape = { seed: 4, exchangesCount: 8, symbolsCount: 24, updatesPerSecond: 800 };
    const recording = createSyntheticRecording({ ...shape, startMs: 1e12, durationMs: 20_000 });
    await writeFile(file, [...recording].join(''));
    const child = Bun.spawn([...command, PROGRAM, file, kernel], {
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [output, errors, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(errors);
    return output;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function stripsTypes(node: string): boolean {
  const { stdout } = Bun.spawnSync([node, '-p', 'process.features.typescript']);
  return stdout.toString().trim() === 'strip';
}

describe('a recording replayed', () => {
  beforeAll(async () => {
    onBun = await replayWith([process.execPath], 'wasm');
  });

  test('has pairs and cycles, some of which compete, and their waterfalls', () => {
    const lines = onBun
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const countOf = (kind: string) => lines.filter((line) => line.kind === kind).length;
    expect(countOf('cycle')).toBeGreaterThan(20);
    expect(countOf('pair')).toBeGreaterThan(10);
    expect(lines.filter(({ exclusive }) => exclusive === true).length).toBeGreaterThan(5);
    for (const line of lines.slice(0, -1)) expect(line.waterfall.steps.at(-1).code).toBe('net');
  });

  test('gives the same bytes on Bun without WASM', async () => {
    expect(await replayWith([process.execPath], 'reference')).toBe(onBun);
  });

  test.skipIf(!hasNode).each(['wasm', 'reference'] as const)(
    'gives the same bytes on Node (%s)',
    async (kernel) => {
      expect(await replayWith([nodePath ?? ''], kernel)).toBe(onBun);
    },
  );

  test.skipIf(!hasDeno).each(['wasm', 'reference'] as const)(
    'gives the same bytes on Deno (%s)',
    async (kernel) => {
      expect(await replayWith([denoPath ?? '', ...DENO_ARGS], kernel)).toBe(onBun);
    },
  );
});
