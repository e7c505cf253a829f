/** `spreadscope replay FILE`: detection over a recording, in the recording's own time. */

import type { Command } from 'commander';
import { toAccountOptions } from '../../app.ts';
import { type Config, parseConfig } from '../../config.ts';
import type { DetectionSettings } from '../../detect/settings.ts';
import { systemClock } from '../../domain/clock.ts';
import type { OpportunityEvent } from '../../domain/opportunity.ts';
import { loadCycleKernelFactory, loadKernelFactory } from '../../entry/drivers.ts';
import { withTerms } from '../../entry/load-terms.ts';
import { openRecordingFile } from '../../feed/drivers/replay/open-file.ts';
import { createReplayFeed, type ReplayFeed } from '../../feed/drivers/replay/replay-feed.ts';
import { MAX_LEGS } from '../../kernel/cycles/cycle-kernel.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { createTelemetry } from '../../telemetry/create-telemetry.ts';
import { type CommandIo, tellCutOff } from '../io.ts';
import { choiceOption, integerOption, limitOption, numberOption, speedOption } from '../options.ts';
import { createReplayReport, type ReplayReport } from '../replay-report.ts';

interface ReplayCommandOptions {
  readonly json?: true;
  readonly takerBps?: number;
  readonly minEdgeBps: number;
  readonly maxBase: number;
  readonly maxNotional: number;
  readonly fixedCost: number;
  readonly terms?: string;
  readonly transferMode?: string;
  readonly riskAversion?: number;
  readonly transferMs?: number;
  readonly volatilityBps?: number;
  readonly volatilityIntervalMs?: number;
  readonly depegBps: number;
  readonly maxAgeMs: number;
  readonly maxFutureMs: number;
  readonly maxSkewMs: number;
  readonly maxLegs: number;
  readonly multi?: true;
  readonly speed: number | 'max';
  readonly skipBad?: true;
}

/** The whole depth of a recording is used, however deep. */
const MIN_BOOK_LEVELS_COUNT = 1;

export function addReplayCommand(program: Command, io: CommandIo): void {
  const unlimited = Number.POSITIVE_INFINITY;
  program
    .command('replay')
    .description('Detect over a recording; the same recording gives the same bytes.')
    .argument('<file>', 'recording, newline-delimited JSON, gzipped or not')
    .option('--json', 'print one JSON object a line for each opportunity, then the summary')
    .option(
      '--taker-bps <n>',
      'taker fee of every market, bps (default: as recorded)',
      numberOption(-100, 1000),
    )
    .option(
      '--min-edge-bps <n>',
      'least edge after costs, bps; 0: any profit',
      numberOption(0, 10_000),
      0,
    )
    .option(
      '--max-base <n>',
      'most base units of one opportunity (or off)',
      limitOption(0),
      unlimited,
    )
    .option(
      '--max-notional <n>',
      'most to spend on the bought leg, quote units (or off)',
      limitOption(0),
      unlimited,
    )
    .option(
      '--fixed-cost <n>',
      'costs of one opportunity whatever its size, quote units',
      numberOption(0, 1e12),
      0,
    )
    .option('--terms <file>', 'own fees, networks and balances, a JSON file (default: TERMS)')
    .option(
      '--transfer-mode <rule>',
      'what a pair must survive: inventory, transfer or either (default: TRANSFER_MODE)',
      choiceOption(['inventory', 'transfer', 'either']),
    )
    .option(
      '--risk-aversion <n>',
      'relative risk aversion for the price risk of transfers; 0: none (default: RISK_AVERSION)',
      numberOption(0, 100),
    )
    .option(
      '--transfer-ms <n>',
      'time of a transfer of which nobody says it, ms (default: TRANSFER_MS)',
      integerOption(0, 604_800_000),
    )
    .option(
      '--volatility-bps <n>',
      'volatility of every symbol, bps/√min (default: VOLATILITY_BPS, or as measured)',
      numberOption(0, 10_000),
    )
    .option(
      '--volatility-interval-ms <n>',
      'time between two prices it is measured on, ms (default: VOLATILITY_INTERVAL_MS)',
      integerOption(10, 3_600_000),
    )
    .option(
      '--depeg-bps <n>',
      'distance from a peg of PEGS that raises an alarm, bps (or off)',
      limitOption(0),
      100,
    )
    .option('--max-age-ms <n>', 'oldest data used, ms (or off)', limitOption(0), 5_000)
    .option(
      '--max-future-ms <n>',
      'furthest an exchange time may be ahead, ms (or off)',
      limitOption(0),
      1_000,
    )
    .option(
      '--max-skew-ms <n>',
      'furthest the data of two legs may lie apart in time, ms (or off)',
      limitOption(0),
      unlimited,
    )
    .option(
      '--max-legs <n>',
      'longest opportunity, orders; 2: pairs only, 3 to 5: cycles too',
      integerOption(2, MAX_LEGS),
      2,
    )
    .option('--multi', 'a symbol on more than two exchanges at once is an opportunity of its own')
    .option('--speed <n>', 'max, or a factor of the recorded speed such as 1x', speedOption, 'max')
    .option('--skip-bad', 'count bad lines instead of stopping at the first')
    .action((file: string, options: ReplayCommandOptions) => replay(file, options, io));
}

async function replay(file: string, options: ReplayCommandOptions, io: CommandIo): Promise<void> {
  const config = await readConfig(options, io);
  const feed = createReplayFeed({
    open: await openRecordingFile(file),
    speed: options.speed,
    clock: systemClock,
    skipBad: options.skipBad === true,
    takerBpsOverride: options.takerBps ?? null,
  });
  const telemetry = createTelemetry({ env: io.env, serviceName: 'spreadscope' });
  const report = createReplayReport(options.json === true, io);
  const startedMs = systemClock.monotonicMs();
  const pipeline = createPipeline({
    feed,
    createKernel: await loadKernelFactory(),
    ...(options.maxLegs > 2
      ? { cycles: { createKernel: await loadCycleKernelFactory(), maxLegs: options.maxLegs } }
      : {}),
    hasMulti: options.multi === true,
    maxSymbolsCount: 1,
    maxExchangesCount: 2,
    bookLevelsCount: MIN_BOOK_LEVELS_COUNT,
    settings: toSettings(options, config),
    ...toAccountOptions(config),
    roundIntervalMs: 0,
    clock: systemClock,
    telemetry,
    pegs: { pegs: config.pegs, depegBps: options.depegBps },
    onPeg: (state) => report.addPeg(state),
    onEvents: (events: readonly OpportunityEvent[]) => report.add(events),
  });
  await pipeline.run(io.interrupted);
  const cutOff = feed.facts()?.cutOff ?? null;
  const isComplete = !io.interrupted.aborted && cutOff === null;
  await finish(report, feed, pipeline.status().roundsCount, isComplete);
  await telemetry.shutdown();
  const tookS = (systemClock.monotonicMs() - startedMs) / 1000;
  io.note(`${io.interrupted.aborted ? 'interrupted' : 'done'} in ${tookS.toFixed(2)} s`);
  if (cutOff !== null) tellCutOff(file, cutOff, io);
}

async function finish(
  report: ReplayReport,
  feed: ReplayFeed,
  roundsCount: number,
  isComplete: boolean,
): Promise<void> {
  const facts = feed.facts();
  await report.finish({
    marketsCount: facts?.markets.length ?? 0,
    quotesCount: facts?.quotesCount ?? 0,
    booksCount: facts?.booksCount ?? 0,
    badLinesCount: facts?.badLinesCount ?? 0,
    roundsCount,
    isComplete,
    fromMs: facts?.fromMs ?? null,
    toMs: facts?.toMs ?? null,
  });
}

/** Of the environment only what no option decides: a recording is judged alike wherever it is replayed. */
async function readConfig(options: ReplayCommandOptions, { env }: CommandIo): Promise<Config> {
  const { terms, transferMode, riskAversion, transferMs, volatilityBps } = options;
  const { volatilityIntervalMs } = options;
  return parseConfig(
    await withTerms({
      PEGS: env.PEGS,
      TERMS: terms ?? env.TERMS,
      TRANSFER_MODE: transferMode ?? env.TRANSFER_MODE,
      RISK_AVERSION: riskAversion?.toString() ?? env.RISK_AVERSION,
      TRANSFER_MS: transferMs?.toString() ?? env.TRANSFER_MS,
      VOLATILITY_BPS: volatilityBps?.toString() ?? env.VOLATILITY_BPS,
      VOLATILITY_INTERVAL_MS: volatilityIntervalMs?.toString() ?? env.VOLATILITY_INTERVAL_MS,
    }),
  );
}

function toSettings(
  options: ReplayCommandOptions,
  { transfer }: Pick<Config, 'transfer'>,
): DetectionSettings {
  return {
    modeRule: transfer.rule,
    riskAversion: transfer.riskAversion,
    assumedTransferMs: transfer.assumedTransferMs,
    openEdgeBps: options.minEdgeBps,
    closeEdgeBps: options.minEdgeBps,
    maxNotionalInQuote: options.maxNotional,
    maxSizeInBase: options.maxBase,
    fixedCostInQuote: options.fixedCost,
    maxAgeMs: options.maxAgeMs,
    maxFutureMs: options.maxFutureMs,
    maxSkewMs: options.maxSkewMs,
    priceBandBps: Number.POSITIVE_INFINITY,
    takerBps: options.takerBps ?? null,
  };
}
