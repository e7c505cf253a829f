/** `spreadscope cycles FILE`: the cycles in the last state of a recording. */

import type { Command } from 'commander';
import { type CycleAuditResult, createCycleAudit } from '../../detect/cycles/cycle-audit.ts';
import { createGuardedCycleMarkets, judgeCycle } from '../../detect/cycles/cycle-detector.ts';
import type { CycleMarkets } from '../../detect/cycles/cycle-markets.ts';
import type { DetectionSettings } from '../../detect/settings.ts';
import { systemClock } from '../../domain/clock.ts';
import { loadCycleKernelFactory } from '../../entry/drivers.ts';
import { printCycles } from '../cycles-report.ts';
import { loadFinalState } from '../final-state.ts';
import type { CommandIo } from '../io.ts';
import { integerOption, numberOption } from '../options.ts';

interface CyclesCommandOptions {
  readonly json?: true;
  readonly all?: true;
  readonly takerBps?: number;
  readonly minEdgeBps: number;
  readonly maxLegs?: number;
  readonly top: number;
  readonly skipBad?: true;
}

/** Rounds of two legs are pairs, but `--all` counts every round. */
const MIN_LEGS = { all: 2, usual: 3 } as const;
const DEFAULT_MAX_LEGS = 4;
/** Steps between two looks at the terminal: some ten milliseconds. */
const PORTION_STEPS = 1_000_000;
/** Time between two lines of progress, milliseconds. */
const TELL_INTERVAL_MS = 1_000;
/** The last state is taken as one moment, whatever its quotes' times. */
const ANY_TIME = {
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFutureMs: Number.POSITIVE_INFINITY,
  maxSkewMs: Number.POSITIVE_INFINITY,
  priceBandBps: Number.POSITIVE_INFINITY,
} as const;

export function addCyclesCommand(program: Command, io: CommandIo): void {
  program
    .command('cycles')
    .description('Count and price the cycles in the last state of a recording.')
    .argument('<file>', 'recording, newline-delimited JSON, gzipped or not')
    .option('--all', 'cycles of any length, those of two legs too; may take very long')
    .option(
      '--max-legs <n>',
      `longest cycle (default: ${DEFAULT_MAX_LEGS}; with --all: any)`,
      integerOption(2, 4096),
    )
    .option('--top <n>', 'cycles to print, best first', integerOption(0, 4096), 20)
    .option(
      '--taker-bps <n>',
      'taker fee of every market, bps (default: as recorded)',
      numberOption(-100, 1000),
    )
    .option(
      '--min-edge-bps <n>',
      'a cycle is profitable above this, bps',
      numberOption(0, 10_000),
      0,
    )
    .option('--json', 'print one JSON object a line for each cycle, then the summary')
    .option('--skip-bad', 'count bad lines instead of stopping at the first')
    .action((file: string, options: CyclesCommandOptions) => cycles(file, options, io));
}

async function cycles(file: string, options: CyclesCommandOptions, io: CommandIo): Promise<void> {
  const startedMs = systemClock.monotonicMs();
  const settings = toSettings(options);
  const given = { file, skipBad: options.skipBad === true, takerBps: settings.takerBps };
  const { state, atMs } = await loadFinalState(given, io);
  const createKernel = await loadCycleKernelFactory();
  const markets = createGuardedCycleMarkets({ state, settings, createKernel });
  markets.refreshAll({ nowMs: atMs, ...ANY_TIME });
  const result = await count(markets, options, io);
  const found = result.top.slice(0, options.top).flatMap(({ assets, edgeRatio }) => {
    const cycle = markets.resolve(assets.map((asset) => markets.assets[asset] ?? ''));
    if (cycle === null) return [];
    const { confirmation } = judgeCycle(cycle, false, atMs, {
      state,
      settings,
      source: 'recording',
    });
    return [{ cycle, topEdgeBps: edgeRatio * 10_000, confirmation }];
  });
  await printCycles(found, toSummary(result, markets), options.json === true, io);
  const tookS = (systemClock.monotonicMs() - startedMs) / 1000;
  io.note(`${result.isComplete ? 'done' : 'interrupted'} in ${tookS.toFixed(2)} s`);
}

/** In portions, so that progress is told and an interrupt is heard. */
async function count(
  markets: CycleMarkets,
  options: CyclesCommandOptions,
  io: CommandIo,
): Promise<CycleAuditResult> {
  const audit = createCycleAudit({
    assetsCount: markets.assets.length,
    conversions: markets.conversions(),
    minLegs: options.all === true ? MIN_LEGS.all : MIN_LEGS.usual,
    maxLegs:
      options.maxLegs ?? (options.all === true ? Number.POSITIVE_INFINITY : DEFAULT_MAX_LEGS),
    minEdgeRatio: options.minEdgeBps / 10_000,
    // The best one is in the summary, whatever is printed.
    topCount: Math.max(1, options.top),
  });
  let toldMs = systemClock.monotonicMs();
  while (!io.interrupted.aborted && !audit.advance(PORTION_STEPS)) {
    await systemClock.sleep(0);
    const nowMs = systemClock.monotonicMs();
    if (nowMs - toldMs < TELL_INTERVAL_MS) continue;
    toldMs = nowMs;
    const { cyclesCount, profitableCount } = audit.result();
    io.note(`  ${cyclesCount} cycles so far, ${profitableCount} profitable; Ctrl-C stops`);
  }
  return audit.result();
}

function toSummary(result: CycleAuditResult, markets: CycleMarkets) {
  const [best] = result.top;
  return {
    assetsCount: markets.assets.length,
    conversionsCount: markets.conversions().length,
    cyclesCount: result.cyclesCount,
    profitableCount: result.profitableCount,
    bestEdgeBps: best === undefined ? null : best.edgeRatio * 10_000,
    bestRoute:
      best === undefined ? null : best.assets.map((asset) => markets.assets[asset]).join('>'),
    anyRoute: markets.findAny()?.join('>') ?? null,
    isComplete: result.isComplete,
  };
}

function toSettings({ takerBps, minEdgeBps }: CyclesCommandOptions): DetectionSettings {
  return {
    ...ANY_TIME,
    openEdgeBps: minEdgeBps,
    closeEdgeBps: minEdgeBps,
    maxNotionalInQuote: Number.POSITIVE_INFINITY,
    maxSizeInBase: Number.POSITIVE_INFINITY,
    takerBps: takerBps ?? null,
  };
}
