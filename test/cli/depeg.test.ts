import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLines, runCommand } from '../support/command-line.ts';
import { requirement } from '../support/requirement.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const hasTops = sharedDataPath('binance-us-tops-2023/20230312_161833.csv') !== null;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-depeg-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function replayWeek(name: string) {
  const file = join(folder, name);
  const source = sharedDataPath(`binance-us-tops-2023/${name}.csv`) ?? '';
  const imported = await runCommand(['import', '--from', 'tops-csv', source]);
  await writeFile(file, imported.stdout);
  const free = ['--taker-bps', '0', '--min-edge-bps', '0', '--max-age-ms', 'off', '--json'];
  const any = ['--max-legs', '4', '--max-skew-ms', 'off'];
  const { exitCode, stdout } = await runCommand(['replay', file, ...free, ...any]);
  expect(exitCode).toBe(0);
  const lines = parseLines(stdout);
  return { opportunities: lines.slice(0, -1), summary: lines.at(-1)?.summary };
}

/** The markets that lead from each asset of a round to the next, as `A/B` in either order. */
function hopsOf(round: string): readonly string[] {
  const assets = round.split('>');
  return assets.map((asset, index) =>
    [asset, assets[(index + 1) % assets.length]].sort().join('/'),
  );
}

describe.skipIf(!requirement('recorded tops', hasTops))(
  'the week in which USDC left its peg',
  () => {
    test.each([
      ['20230312_161833', 13],
      ['20230313_152602', 37],
    ])('%s: each of %d rounds trades every step, USDC against USD too', async (name, count) => {
      const { opportunities } = await replayWeek(name);
      expect(opportunities).toHaveLength(count);
      for (const { symbol, legs } of opportunities) {
        const traded = (legs as readonly { symbol: string }[]).map((leg) =>
          leg.symbol.split('/').sort().join('/'),
        );
        expect(traded).toEqual([...hopsOf(String(symbol))]);
      }
    });

    test('the alarm goes on for USDC, by its own books, and not for BUSD', async () => {
      const { summary } = await replayWeek('20230312_161833');
      const depegs = (summary as { depegs: readonly { asset: string; rate: number }[] }).depegs;
      const usdc = depegs.find(({ asset }) => asset === 'USDC');
      // Of the rows known when the alarm went on; at the end of the file it is 0.9595.
      expect(usdc?.rate).toBeWithin(0.94, 0.97);
      expect(depegs.some(({ asset }) => asset === 'BUSD')).toBe(false);
    });
  },
);
