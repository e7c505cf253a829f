import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../support/command-line.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

interface Answer {
  readonly source: string;
  readonly edges: readonly { readonly kind: string; readonly profitInQuote: string }[];
  readonly misses: readonly { readonly sentence: string }[];
  readonly pairsCount: number;
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-basis-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('spreadscope basis', () => {
  test('says what each kind carries on the synthetic market', async () => {
    const args = ['basis', '--synthetic', '--seconds', '2', '--notional', '1000', '--limit', '500'];
    const { exitCode, stdout } = await runCommand([...args, '--json']);
    expect(exitCode).toBe(0);
    const { source, edges, misses, pairsCount } = JSON.parse(stdout) as Answer;
    expect(source).toBe('synthetic');
    expect([...new Set(edges.map(({ kind }) => kind))].sort()).toEqual([
      'dated_spot',
      'perpetual_perpetual',
      'perpetual_spot',
    ]);
    expect(edges.length + misses.length).toBe(pairsCount);
    for (const { profitInQuote } of edges) expect(Number(profitInQuote)).toBeGreaterThan(0);
    const text = await runCommand(args);
    expect(text.stdout).toContain('directed pairs carry more than they cost');
  });

  test('looks at the end of a recording, the same each time', async () => {
    const file = join(folder, 'contracts.ndjson');
    const env = { CONTRACTS: 'perpetual,dated' };
    const record = ['record', '--synthetic', '--seconds', '1', '--out', file];
    expect((await runCommand(record, env)).exitCode).toBe(0);
    const look = ['basis', file, '--json', '--max-age-ms', 'off'];
    const [first, second] = [await runCommand(look), await runCommand(look)];
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({ source: 'recording' });
    expect((JSON.parse(first.stdout) as Answer).edges.length).toBeGreaterThan(0);
  });
});
