import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { runCommand } from '../support/command-line.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const look = (...args: readonly string[]) =>
  runCommand(['explain', '--synthetic', '--seconds', '1', ...args]);

describe('explain', () => {
  test('prints one JSON object whose counts add up', async () => {
    const { exitCode, stdout } = await look('--json', '--limit', '3');
    expect(exitCode).toBe(0);
    const explanation = JSON.parse(stdout);
    expect(explanation).toMatchObject({
      source: 'synthetic',
      symbol: null,
      omittedSymbolsCount: 0,
    });
    expect(explanation.funnel.pairsCount).toBeGreaterThan(100);
    const lost = explanation.funnel.stages.flatMap((stage: { lost: object[] }) => stage.lost);
    const lostCount = lost.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(lostCount + explanation.funnel.openCount).toBe(explanation.funnel.pairsCount);
    expect(explanation.nearMisses.length).toBeLessThanOrEqual(3);
  });

  test('tells people of one symbol, marked as synthetic', async () => {
    const { exitCode, stdout } = await look('--symbol', 'BTC/USDT');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('SYNTHETIC market');
    expect(stdout).toContain('BTC/USDT: 8 markets');
    expect(stdout).toContain('bps short');
  });

  test('refuses what is no symbol, and says when nobody has it', async () => {
    expect(await look('--symbol', 'BTC')).toMatchObject({ exitCode: 2, stdout: '' });
    const nobody = await look('--symbol', 'QQQ/ZZZ');
    expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nobody.stderr).toContain('no exchange that is watched has QQQ/ZZZ');
  });
});
