import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../support/command-line.ts';

const BOOKS = {
  A: { asks: [{ price: 10, amount: 1 }], bids: [{ price: 9, amount: 1 }] },
  B: { asks: [{ price: 10, amount: 1 }], bids: [{ price: 9, amount: 1 }] },
};

let folder: string;
let books: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-json-'));
  books = join(folder, 'books.json');
  await writeFile(books, JSON.stringify(BOOKS));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const importBooks = (...args: readonly string[]) =>
  runCommand(['import', '--from', 'books-json', books, ...args]);

describe('the option --json', () => {
  test('lets import print its summary, and nothing else, on standard output', async () => {
    const out = join(folder, 'imported.ndjson');
    const { exitCode, stdout } = await importBooks('--json', '--out', out);
    expect(exitCode).toBe(0);
    const linesCount = (await Bun.file(out).text()).trimEnd().split('\n').length;
    expect(JSON.parse(stdout)).toEqual({ linesCount, out });
  });

  test('lets record print its summary, and nothing else, on standard output', async () => {
    const out = join(folder, 'recorded.ndjson');
    const args = ['record', '--synthetic', '--seconds', '0.3', '--json', '--out', out];
    const { exitCode, stdout } = await runCommand(args);
    const lines = (await Bun.file(out).text()).split('\n');
    const marketsCount = lines.filter((line) => line.startsWith('{"type":"market"')).length;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ marketsCount, out });
    expect(marketsCount).toBeGreaterThan(0);
  });

  test('is refused where the recording is on standard output', async () => {
    const results = [await importBooks('--json'), await runCommand(['record', '--json'])];
    for (const { exitCode, stderr } of results) {
      expect(exitCode).toBe(2);
      expect(stderr).toContain('--json: expected --out <file>');
    }
  });

  test.each([
    'serve',
    'demo',
    'scan',
    'explain',
    'replay',
    'cycles',
    'import',
    'record',
    'migrate',
    'doctor',
  ])('is one of %s', async (command) => {
    const { exitCode, stdout } = await runCommand([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--json');
  });
});
