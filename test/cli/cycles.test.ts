import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseLines, runCommand } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { sharedDataPath } from '../support/shared-data.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const LAUNCH = fileURLToPath(new URL('../../src/cli/launch.ts', import.meta.url));
const tops = sharedDataPath('binance-us-tops-2023/saved.csv');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-cycles-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!requirement('recorded tops', tops !== null))('cycles of recorded tops', () => {
  let file: string;

  beforeAll(async () => {
    file = join(folder, 'tops.ndjson');
    const imported = await runCommand(['import', '--from', 'tops-csv', tops ?? '']);
    await writeFile(file, imported.stdout);
  });

  test('of any length are counted', async () => {
    const { stdout, exitCode } = await runCommand([
      'cycles',
      file,
      '--all',
      '--json',
      '--top',
      '2',
    ]);
    const [best, second, last] = parseLines(stdout);
    expect(exitCode).toBe(0);
    expect(last).toMatchObject({
      summary: { cyclesCount: 203_147, profitableCount: 974, assetsCount: 13, isComplete: true },
    });
    expect(Number(best?.topEdgeBps).toFixed(3)).toBe('14.774');
    expect(Number(best?.edgeBps)).toBeCloseTo(Number(best?.topEdgeBps), 6);
    expect(Number(second?.topEdgeBps)).toBeLessThan(Number(best?.topEdgeBps));
    expect(best?.legs).toHaveLength(7);
  });

  test('of three and four legs are the usual answer, and a fee leaves fewer', async () => {
    const summaryOf = async (...args: readonly string[]) =>
      parseLines((await runCommand(['cycles', file, '--json', ...args])).stdout).at(-1)?.summary;
    expect(await summaryOf('--top', '0')).toMatchObject({
      cyclesCount: 854,
      profitableCount: 54,
    });
    expect(await summaryOf('--max-legs', '3')).toMatchObject({ cyclesCount: 144 });
    expect(await summaryOf('--taker-bps', '10')).toMatchObject({
      profitableCount: 0,
      bestEdgeBps: null,
      anyRoute: null,
    });
    const any = await summaryOf('--top', '0');
    const assets = JSON.parse(JSON.stringify(any)).anyRoute.split('>');
    expect(assets.length).toBeGreaterThan(1);
    expect([...assets].sort()[0]).toBe(assets[0] ?? '');
  });

  test('are printed as a table', async () => {
    const { stdout } = await runCommand(['cycles', file, '--top', '1']);
    expect(stdout).toContain('ADA>BTC>USDC>USDT');
    expect(stdout).toContain('854 cycles of 13 assets, 54 profitable, best 13.1188 bps');
  });
});

test('an interrupted count says so, with what it has', async () => {
  const file = join(folder, 'complete.ndjson');
  await writeFile(file, completeRecording(24));
  const child = Bun.spawn([process.execPath, LAUNCH, 'cycles', file, '--all', '--json'], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const stdout = new Response(child.stdout).text();
  let notes = '';
  const reading = (async () => {
    for await (const chunk of child.stderr) notes += new TextDecoder().decode(chunk);
  })();
  await eventually('it counts', async () => (notes.includes('so far') ? true : null));
  child.kill('SIGINT');
  await reading;
  expect(await child.exited).toBe(0);
  const summary = parseLines(await stdout).at(-1)?.summary as Record<string, unknown>;
  expect(summary.isComplete).toBe(false);
  expect(Number(summary.cyclesCount)).toBeGreaterThan(0);
  expect(notes).toContain('interrupted');
});

/** Every asset against every other: more cycles than anyone can count. */
function completeRecording(assetsCount: number): string {
  const lines = ['{"type":"recording","version":1,"origin":"test"}'];
  const names = Array.from({ length: assetsCount }, (_, index) => `A${index + 10}`);
  const symbols = names.flatMap((base, index) =>
    names.slice(index + 1).map((quote) => `${base}/${quote}`),
  );
  const place = { exchange: 'x' };
  for (const symbol of symbols) {
    const market = { type: 'market', ...place, symbol, takerBps: 0, makerBps: 0, isActive: true };
    const unknown = { priceStep: null, sizeStep: null, minSizeInBase: null, maxSizeInBase: null };
    lines.push(JSON.stringify({ ...market, ...unknown, minCostInQuote: null }));
  }
  for (const symbol of symbols) {
    const prices = { bid: '1', bidSize: '1', ask: '1.01', askSize: '1' };
    const times = { exchangeTimeMs: null, receivedAtMs: 1_700_000_000_000 };
    lines.push(JSON.stringify({ type: 'quote', ...place, symbol, ...prices, ...times }));
  }
  return `${lines.join('\n')}\n`;
}
