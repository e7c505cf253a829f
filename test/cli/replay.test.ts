import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLines, runCommand } from '../support/command-line.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { sharedDataPath } from '../support/shared-data.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const books = sharedDataPath('two-venue-books-2013/books.json');
let folder: string;
let recording: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-cli-'));
  recording = join(folder, 'recording.ndjson');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!requirement('recorded books', books !== null))('import and replay', () => {
  beforeAll(async () => {
    const imported = await runCommand(['import', '--from', 'books-json', books ?? '']);
    expect(imported.exitCode).toBe(0);
    await writeFile(recording, imported.stdout);
  });

  const replay = (...args: readonly string[]) =>
    runCommand(['replay', recording, '--min-edge-bps', '0', '--json', ...args]);

  test.each([
    [['--taker-bps', '0'], 14_962.605060099, 3_585.97175077],
    [['--taker-bps', '25'], 13_041.269119542, 3_230.74582455],
    [['--taker-bps', '0', '--max-base', '10'], 94.559058494, 10],
  ])(
    'gives the published profit with %p, and nothing in the other direction',
    async (args, profit, size) => {
      const { exitCode, stdout } = await replay(...args);
      const lines = parseLines(stdout);
      expect(exitCode).toBe(0);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatchObject({
        kind: 'pair',
        symbol: 'BTC/USD',
        buyExchange: 'BitstampUSD',
        sellExchange: 'KrakenEUR',
      });
      expect(Math.abs(Number(lines[0]?.profitInQuote) / profit - 1)).toBeLessThan(1e-9);
      expect(Math.abs(Number(lines[0]?.sizeInBase) / size - 1)).toBeLessThan(1e-9);
      expect(lines[0]?.legs).toHaveLength(2);
      expect(lines[1]).toMatchObject({ summary: { opportunitiesCount: 1, booksCount: 2 } });
    },
  );

  test('gives the same bytes twice', async () => {
    const [first, second] = [await replay('--taker-bps', '5'), await replay('--taker-bps', '5')];
    expect(first.stdout).toBe(second.stdout);
  });
});

const tops = sharedDataPath('binance-us-tops-2023/saved.csv');

describe.skipIf(!requirement('recorded tops', tops !== null))('cycles', () => {
  test('are told once each, in a canonical rotation, the same bytes twice', async () => {
    const file = join(folder, 'tops.ndjson');
    const imported = await runCommand(['import', '--from', 'tops-csv', tops ?? '']);
    await writeFile(file, imported.stdout);
    const free = ['--taker-bps', '0', '--min-edge-bps', '0', '--max-age-ms', 'off', '--json'];
    const replay = (...args: readonly string[]) => runCommand(['replay', file, ...free, ...args]);
    const first = await replay('--max-legs', '4', '--max-skew-ms', 'off');
    const lines = parseLines(first.stdout).slice(0, -1);
    expect(lines).toHaveLength(54);
    expect(lines.map(({ kind }) => kind)).toEqual(Array.from({ length: 54 }, () => 'cycle'));
    const best = lines.toSorted((a, b) => Number(b.edgeBps) - Number(a.edgeBps))[0];
    expect(best).toMatchObject({ symbol: 'ADA>BTC>USDC>USDT', quote: 'ADA' });
    expect(best?.legs).toHaveLength(4);
    expect((await replay('--max-legs', '4', '--max-skew-ms', 'off')).stdout).toBe(first.stdout);
    expect(parseLines((await replay()).stdout)).toHaveLength(1);
    // The rows of the snapshot were taken seconds apart.
    expect(parseLines((await replay('--max-legs', '4', '--max-skew-ms', '0')).stdout)).toHaveLength(
      1,
    );
    expect((await replay('--max-legs', '6')).exitCode).toBe(2);
  });
});

describe('the command line', () => {
  test('records the synthetic market and replays it', async () => {
    const file = join(folder, 'synthetic.ndjson.gz');
    const recorded = await runCommand(['record', '--synthetic', '--seconds', '1', '--out', file]);
    expect(recorded.exitCode).toBe(0);
    const replayed = await runCommand([
      'replay',
      file,
      '--json',
      '--taker-bps',
      '0',
      '--min-edge-bps',
      '0',
    ]);
    const summary = parseLines(replayed.stdout).at(-1)?.summary as Record<string, number>;
    expect(replayed.exitCode).toBe(0);
    expect((summary.quotesCount ?? 0) + (summary.booksCount ?? 0)).toBeGreaterThan(100);
  });

  test('scans the synthetic market and says what is nearest', async () => {
    const { exitCode, stdout } = await runCommand([
      'scan',
      '--synthetic',
      '--seconds',
      '2',
      '--json',
    ]);
    const scan = JSON.parse(stdout) as { source: string; nearest: unknown[]; exchanges: unknown[] };
    expect(exitCode).toBe(0);
    expect(scan.source).toBe('synthetic');
    expect(scan.nearest.length).toBeGreaterThan(5);
    expect(scan.exchanges).toHaveLength(8);
  });

  test('examines what the service needs', async () => {
    const { exitCode, stdout } = await runCommand(['doctor', '--json'], { FEED: 'synthetic' });
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { name: string }[] };
    expect(exitCode).toBe(0);
    expect(ok).toBe(true);
    expect(findings.map(({ name }) => name).slice(0, 5)).toEqual([
      'configuration',
      'kernel',
      'database',
      'cache',
      'exporter',
    ]);
  });

  test('applies migrations once', async () => {
    const dataDir = join(folder, 'database');
    const applied = async () => {
      const { stdout } = await runCommand(['migrate', '--json'], { DATA_DIR: dataDir });
      return (JSON.parse(stdout) as { applied: string[] }).applied.length;
    };
    expect(await applied()).toBeGreaterThan(0);
    expect(await applied()).toBe(0);
  });

  test('explains itself, and exits with 2 when it is called wrongly', async () => {
    const help = await runCommand(['--help']);
    expect(help.exitCode).toBe(0);
    for (const name of [
      'serve',
      'demo',
      'scan',
      'replay',
      'cycles',
      'import',
      'record',
      'migrate',
      'doctor',
    ]) {
      expect(help.stdout).toContain(name);
      expect((await runCommand([name, '--help'])).exitCode).toBe(0);
    }
    const wrong = [
      ['replay'],
      ['replay', 'x', '--taker-bps', 'many'],
      ['frobnicate'],
      ['import', '--from', 'nothing', 'x'],
    ];
    for (const args of wrong) {
      const { exitCode, stdout, stderr } = await runCommand(args);
      expect([args, exitCode]).toEqual([args, 2]);
      expect(stdout).toBe('');
      expect(stderr.length).toBeGreaterThan(10);
    }
    const variable = await runCommand(['doctor'], { PORT: 'x' });
    expect(variable.exitCode).toBe(1);
    expect(variable.stdout).toContain('PORT: expected a whole number');
  });

  test('names file, line and what was expected of a bad recording, or counts it', async () => {
    const bad = join(folder, 'bad.ndjson');
    const header = '{"type":"recording","version":1,"origin":"test"}';
    await writeFile(bad, `${header}\nnot json\n`);
    const refused = await runCommand(['replay', bad]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('line 2');
    const skipped = await runCommand(['replay', bad, '--skip-bad', '--json']);
    expect(skipped.exitCode).toBe(0);
    expect(parseLines(skipped.stdout).at(-1)).toMatchObject({ summary: { badLinesCount: 1 } });
    const cut = join(folder, 'cut.ndjson.gz');
    const market = '{"type":"market","exchange":"a","symbol":"X/Y","takerBps":0}';
    const packed = Bun.gzipSync(Buffer.from(`${header}\n${market}\n${market.repeat(500)}\n`));
    await writeFile(cut, packed.subarray(0, packed.length - 9));
    expect((await runCommand(['replay', cut])).exitCode).toBe(1);
    const partly = await runCommand(['replay', cut, '--skip-bad', '--json']);
    expect(partly.exitCode).toBe(1);
    expect(partly.stderr).toContain('cut.ndjson.gz is not whole');
    expect(parseLines(partly.stdout).at(-1)).toMatchObject({ summary: { isComplete: false } });
    const missing = await runCommand(['replay', join(folder, 'none.ndjson')]);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('none.ndjson');
  });
});
