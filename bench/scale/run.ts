#!/usr/bin/env bun
/** Measures what one core carries, on Bun and on V8 (Deno), and tells what a market of a given size needs and costs. */

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EngineLoad } from './engine-load.ts';
import { type ScaleDemand, type ScaleMeasures, type ScaleModel, toScaleModel } from './model.ts';
import { CLOUDFLARE_PRICES } from './prices.ts';

const USAGE = `bun bench/scale/run.ts [--symbols 3000] [--exchanges 30] [--updates 50000] [--load 0.5] [--seconds 3]

Measures for about a minute and a half; nothing else should run on the machine.`;

const LOAD = new URL('./engine-load.ts', import.meta.url).pathname;
const DENO = new URL('../../node_modules/.bin/deno', import.meta.url).pathname;
const RUNTIMES = [
  { name: 'Bun', command: [process.execPath] },
  { name: 'Deno (V8, as on Workers)', command: [DENO, 'run', '-A', '-q'] },
] as const;

/** What one shard is measured with: symbols × exchanges, at two rates that give base and slope. */
const PROBE = { symbolsCount: 100, slow: 2_000, fast: 20_000 } as const;
const ROUNDS_COUNT = 3;

/** Rows written in SQLite for an opportunity: opened, closed, its outbox entry and that one's deletion. */
const ROWS_PER_OPPORTUNITY = 4;

async function load(
  command: readonly string[],
  args: readonly (string | number)[],
): Promise<EngineLoad> {
  const child = Bun.spawn([...command, LOAD, ...args.map(String)], {
    stdout: 'pipe',
    stderr: 'inherit',
    env: { ...process.env, OTEL_DENO: 'false' },
  });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]} ended with ${child.exitCode}`);
  return JSON.parse(output);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

interface Cost {
  readonly cpuMsPerSecond: number;
  readonly updatesPerSecond: number;
  readonly opportunitiesPerSecond: number;
  readonly rssBytes: number;
  readonly marketsCount: number;
}

/** The engine's own cost: with it less without it, round by round. */
async function costAt(
  command: readonly string[],
  args: readonly (string | number)[],
): Promise<Cost> {
  const rounds: Cost[] = [];
  for (let round = 0; round < ROUNDS_COUNT; round += 1) {
    const bare = await load(command, [...args, '--feed-only']);
    const whole = await load(command, args);
    rounds.push({
      ...whole,
      cpuMsPerSecond: whole.cpuMsPerSecond - bare.cpuMsPerSecond,
      rssBytes: whole.rssBytes - bare.rssBytes,
    });
  }
  const of = (key: keyof Cost) => median(rounds.map((each) => each[key]));
  return {
    cpuMsPerSecond: of('cpuMsPerSecond'),
    updatesPerSecond: of('updatesPerSecond'),
    opportunitiesPerSecond: of('opportunitiesPerSecond'),
    rssBytes: of('rssBytes'),
    marketsCount: of('marketsCount'),
  };
}

interface Measured {
  readonly measures: ScaleMeasures;
  readonly opportunitiesPerSecond: number;
  readonly slow: Cost;
  readonly fast: Cost;
}

async function measure(
  command: readonly string[],
  exchangesCount: number,
  seconds: number,
): Promise<Measured> {
  const at = (rate: number) => costAt(command, [PROBE.symbolsCount, exchangesCount, rate, seconds]);
  const slow = await at(PROBE.slow);
  const fast = await at(PROBE.fast);
  const msPerUpdate =
    (fast.cpuMsPerSecond - slow.cpuMsPerSecond) / (fast.updatesPerSecond - slow.updatesPerSecond);
  return {
    slow,
    fast,
    opportunitiesPerSecond: fast.opportunitiesPerSecond,
    measures: {
      baseCpuMsPerSecond: slow.cpuMsPerSecond - msPerUpdate * slow.updatesPerSecond,
      cpuMicrosPerUpdate: msPerUpdate * 1_000,
      bytesPerMarket: fast.rssBytes / fast.marketsCount,
      baseBytes: BASE_BYTES,
      rowsPerOpportunity: ROWS_PER_OPPORTUNITY,
    },
  };
}

/** The program in an isolate before it has a market: its modules, the kernel's memory and the page, rounded up. */
const BASE_BYTES = 24 * 1024 * 1024;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell(name: string, { measures, slow, fast }: Measured): void {
  const round = (value: number, digits = 1) => value.toFixed(digits);
  print(`\n${name}: ${fast.marketsCount} markets`);
  for (const { updatesPerSecond, cpuMsPerSecond } of [slow, fast]) {
    print(`  ${round(updatesPerSecond, 0)} updates/s: ${round(cpuMsPerSecond)} ms of CPU a second`);
  }
  print(
    `  base ${round(measures.baseCpuMsPerSecond)} ms/s, ${round(measures.cpuMicrosPerUpdate, 2)} µs an update`,
  );
  print(`  ${round(measures.bytesPerMarket / 1024)} KiB a market`);
}

function tellModel(model: ScaleModel): void {
  print(
    `  shards ${model.shardsCount} (by CPU ${model.shardsBy.cpu}, by memory ${model.shardsBy.memory}, by requests ${model.shardsBy.requests}); ${model.bound} runs out first`,
  );
  print(
    `  a shard: ${model.symbolsPerShard} symbols, ${model.updatesPerSecondPerShard.toFixed(0)} updates/s, ${(model.loadRatio * 100).toFixed(0)} % of a core`,
  );
  for (const [part, dollars] of Object.entries(model.costs))
    print(`  ${part}: $${dollars.toFixed(2)}`);
  print(`  a month: $${model.monthlyCost.toFixed(2)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      symbols: { type: 'string', default: '3000' },
      exchanges: { type: 'string', default: '30' },
      updates: { type: 'string', default: '50000' },
      load: { type: 'string', default: '0.5' },
      seconds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(USAGE);
  const exchangesCount = Number(values.exchanges);
  for (const { name, command } of RUNTIMES) {
    if (command[0] !== process.execPath && !existsSync(command[0])) {
      print(`\n${name}: not installed`);
      continue;
    }
    const measured = await measure(command, exchangesCount, Number(values.seconds));
    tell(name, measured);
    for (const updatesPerIngest of [null, 500]) {
      const demand: ScaleDemand = {
        symbolsCount: Number(values.symbols),
        exchangesCount,
        updatesPerSecond: Number(values.updates),
        targetLoadRatio: Number(values.load),
        // As in the probe, in proportion to its symbols.
        opportunitiesPerSecond:
          (measured.opportunitiesPerSecond * Number(values.symbols)) / PROBE.symbolsCount,
        updatesPerIngest,
        alarmIntervalMs: 5_000,
        opportunitiesPerMessage: 10,
      };
      const how =
        updatesPerIngest === null
          ? 'objects read the exchanges'
          : `feeders push ${updatesPerIngest} at a time`;
      print(
        `\n${values.symbols} symbols × ${values.exchanges} exchanges, ${values.updates} updates/s, ${how}:`,
      );
      tellModel(toScaleModel(demand, measured.measures, CLOUDFLARE_PRICES));
    }
  }
}

await main();
