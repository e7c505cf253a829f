import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLines, runCommand } from '../support/command-line.ts';

const SYMBOL = 'BTC/USD';
const START_MS = 1_700_000_000_000;
const market = (exchange: string) => ({
  ...{ type: 'market', exchange, symbol: SYMBOL, takerBps: 10, makerBps: 0 },
  ...{ priceStep: null, sizeStep: null, minSizeInBase: null, maxSizeInBase: null },
  ...{ minCostInQuote: null, isActive: true },
});
const book = (exchange: string, bid: number, atMs: number) => ({
  ...{ type: 'book', exchange, symbol: SYMBOL, exchangeTimeMs: null, receivedAtMs: atMs },
  ...{ bids: [[String(bid), '2']], asks: [[String(bid + 1), '2']] },
});
const RECORDING = [
  { type: 'recording', version: 1, origin: 'test', fromMs: null, toMs: null, notes: [] },
  market('cheap'),
  market('dear'),
  book('cheap', 99, START_MS),
  book('dear', 102, START_MS + 1),
];
const TERMS = {
  fees: { dear: { takerBps: 10, makerBps: 0, sell: 'maker' } },
  networks: {
    cheap: { BTC: { Bitcoin: { withdraw: true, deposit: true, fee: '0.001' } } },
    dear: { BTC: { BTC: { withdraw: true, deposit: true, fee: '0.001', transferMs: 600000 } } },
  },
};

let folder: string;
let recording: string;
let terms: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spreadscope-terms-'));
  recording = join(folder, 'recording.ndjson');
  terms = join(folder, 'terms.json');
  await writeFile(recording, RECORDING.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(terms, JSON.stringify(TERMS));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const replay = (...args: readonly string[]) =>
  runCommand(['replay', recording, '--max-age-ms', 'off', ...args]);

describe('replay with own terms', () => {
  test('tells both modes, with the fees, networks and volatility that are given', async () => {
    const args = ['--terms', terms, '--volatility-bps', '4', '--json'];
    const { exitCode, stdout } = await replay(...args);
    expect(exitCode).toBe(0);
    const [line] = parseLines(stdout);
    // 204 · 1 − 200 · 1.001, sold as a maker without a fee.
    expect(line).toMatchObject({ mode: 'inventory', profitInQuote: '3.8', sizeInBase: '2' });
    expect(line?.legs).toMatchObject([
      { feeBps: 10, feeRole: 'taker' },
      { feeBps: 0, feeRole: 'maker' },
    ]);
    expect(line?.modes).toMatchObject({
      inventory: { found: true, profitInQuote: '3.8' },
      transfer: {
        found: true,
        sizeInBase: '1.999',
        transfer: { network: 'BTC', feeInBase: '0.001', transferMs: 600000, volatilityBps: 4 },
      },
    });
    expect((await replay(...args)).stdout).toBe(stdout);
  });

  test('opens by the rule that is asked for', async () => {
    const args = ['--terms', terms, '--volatility-bps', '4', '--json'];
    const [line] = parseLines((await replay(...args, '--transfer-mode', 'transfer')).stdout);
    expect(line).toMatchObject({ mode: 'transfer', sizeInBase: '1.999' });
    const risky = [...args, '--transfer-mode', 'transfer', '--risk-aversion', '100'];
    expect(parseLines((await replay(...risky)).stdout)).toMatchObject([
      { summary: { opportunitiesCount: 0 } },
    ]);
  });

  test('shows both modes in the table', async () => {
    const { stdout } = await replay('--terms', terms, '--volatility-bps', '4');
    expect(stdout).toContain('TRANSFER BPS');
    expect(stdout).toMatch(/inventory +189\.81 +\d+\.\d\d +BTC/);
  });

  test('takes the terms of the environment, too', async () => {
    const { stdout } = await runCommand(['replay', recording, '--max-age-ms', 'off', '--json'], {
      TERMS: terms,
      VOLATILITY_BPS: '4',
    });
    expect(parseLines(stdout)[0]).toMatchObject({ modes: { transfer: { found: true } } });
  });

  test.each([
    [['--terms', '/nowhere.json'], 'TERMS: expected JSON or the path of a JSON file'],
    [['--terms', '{"network":{}}'], 'TERMS: network: expected one of fees, networks, balances'],
    [['--transfer-mode', 'both'], 'Expected inventory, transfer, either.'],
  ])('refuses %p', async (args, message) => {
    const { exitCode, stderr } = await replay(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
