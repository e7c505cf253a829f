#!/usr/bin/env bun
/** Measures what one core carries on V8 (Deno), as on Workers, and tells what a market of a given size needs and costs. */

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EngineLoad } from './engine-load.ts';
import { type ScaleDemand, type ScaleMeasures, type ScaleModel, toScaleModel } from './model.ts';
import { CLOUDFLARE_PRICES } from './prices.ts';

const USAGE = `bun bench/scale/run.ts [--symbols 3000] [--exchanges 30] [--updates 50000] [--opportunities 1] [--load 0.5]
                        [--seconds 3]

--opportunities: a second, over the whole market; --load: share of a core that a shard may use.

Measures for about a minute and a half; nothing else should run on the machine.`;

const LOAD = new URL('./engine-load.ts', import.meta.url).pathname;
const DENO = new URL('../../node_modules/.bin/deno', import.meta.url).pathname;
const COMMAND = [DENO, 'run', '-A', '-q', '--v8-flags=--expose-gc'];

/** What is measured: two rates for the CPU time of an update, two sizes for the memory of a market. */
const PROBE = { symbolsCount: 400, fewSymbolsCount: 100, slow: 2_000, fast: 20_000 } as const;
const ROUNDS_COUNT = 3;

/**
 * Rows that an opportunity writes in an object's SQLite, by the schema; an entry of an index counts as a row (Durable
 * Objects, "Pricing"). Opening 8: the opportunity with three index entries, its outbox row with one and its sequence, the
 * account. Closing 6, one change between them 2, both outbox rows stored 5 and forgotten 2, deletion at last 4.
 */
const ROWS_PER_OPPORTUNITY = 27;

async function load(args: readonly (string | number)[]): Promise<EngineLoad> {
  const child = Bun.spawn([...COMMAND, LOAD, ...args.map(String)], {
    stdout: 'pipe',
    stderr: 'inherit',
    env: { ...process.env, OTEL_DENO: 'false' },
  });
  const output = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${LOAD} ended with ${child.exitCode}`);
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
  readonly memoryBytes: number;
  readonly marketsCount: number;
}

/** The engine's own cost: with it less without it, round by round. */
async function costAt(args: readonly (string | number)[]): Promise<Cost> {
  const rounds: Cost[] = [];
  for (let round = 0; round < ROUNDS_COUNT; round += 1) {
    const bare = await load([...args, '--feed-only']);
    const whole = await load(args);
    rounds.push({
      ...whole,
      cpuMsPerSecond: whole.cpuMsPerSecond - bare.cpuMsPerSecond,
    });
  }
  const of = (key: keyof Cost) => median(rounds.map((each) => each[key]));
  return {
    cpuMsPerSecond: of('cpuMsPerSecond'),
    updatesPerSecond: of('updatesPerSecond'),
    opportunitiesPerSecond: of('opportunitiesPerSecond'),
    memoryBytes: of('memoryBytes'),
    marketsCount: of('marketsCount'),
  };
}

interface Measured {
  readonly measures: ScaleMeasures;
  readonly slow: Cost;
  readonly fast: Cost;
}

async function measure(exchangesCount: number, seconds: number): Promise<Measured> {
  const at = (symbolsCount: number, rate: number) =>
    costAt([symbolsCount, exchangesCount, rate, seconds]);
  const few = await at(PROBE.fewSymbolsCount, PROBE.slow);
  const slow = await at(PROBE.symbolsCount, PROBE.slow);
  const fast = await at(PROBE.symbolsCount, PROBE.fast);
  const msPerUpdate =
    (fast.cpuMsPerSecond - slow.cpuMsPerSecond) / (fast.updatesPerSecond - slow.updatesPerSecond);
  const bytesPerMarket =
    (slow.memoryBytes - few.memoryBytes) / (slow.marketsCount - few.marketsCount);
  return {
    slow,
    fast,
    measures: {
      baseCpuMsPerSecond: Math.max(0, slow.cpuMsPerSecond - msPerUpdate * slow.updatesPerSecond),
      cpuMicrosPerUpdate: msPerUpdate * 1_000,
      bytesPerMarket,
      baseBytes: few.memoryBytes - bytesPerMarket * few.marketsCount,
      rowsPerOpportunity: ROWS_PER_OPPORTUNITY,
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tell({ measures, slow, fast }: Measured): void {
  const round = (value: number, digits = 1) => value.toFixed(digits);
  print(`Deno (V8): ${fast.marketsCount} markets`);
  for (const { updatesPerSecond, cpuMsPerSecond } of [slow, fast]) {
    print(`  ${round(updatesPerSecond, 0)} updates/s: ${round(cpuMsPerSecond)} ms of CPU a second`);
  }
  print(
    `  base ${round(measures.baseCpuMsPerSecond)} ms/s, ${round(measures.cpuMicrosPerUpdate, 2)} µs an update`,
  );
  const MIB = 1024 * 1024;
  print(
    `  ${round(measures.baseBytes / MIB)} MiB, and ${round(measures.bytesPerMarket / 1024)} KiB a market`,
  );
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
      opportunities: { type: 'string', default: '1' },
      load: { type: 'string', default: '0.5' },
      seconds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(USAGE);
  const exchangesCount = Number(values.exchanges);
  if (!existsSync(DENO)) throw new Error('deno is not installed; run `bun install`');
  const measured = await measure(exchangesCount, Number(values.seconds));
  tell(measured);
  for (const updatesPerIngest of [null, 500]) {
    const demand: ScaleDemand = {
      symbolsCount: Number(values.symbols),
      exchangesCount,
      updatesPerSecond: Number(values.updates),
      targetLoadRatio: Number(values.load),
      opportunitiesPerSecond: Number(values.opportunities),
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

await main();
