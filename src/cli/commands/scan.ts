/** `spreadscope scan`: one look at the market, as a table. */

import type { Command } from 'commander';
import { toDetectionSettings } from '../../app.ts';
import { parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { loadKernelFactory, openFeed } from '../../entry/drivers.ts';
import type { Feed } from '../../feed/feed.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { Pipeline } from '../../pipeline/ports.ts';
import { createTelemetry } from '../../telemetry/create-telemetry.ts';
import type { CommandIo } from '../io.ts';
import { numberOption } from '../options.ts';
import { createScanReport } from '../scan-report.ts';

interface ScanCommandOptions {
  readonly json?: true;
  readonly seconds: number;
  readonly synthetic?: true;
  readonly exchanges?: string;
  readonly symbols?: string;
}

/** How often it is checked whether all exchanges have answered, milliseconds. */
const POLL_MS = 100;
/** After the last exchange has answered, depth is waited for this long, milliseconds. */
const SETTLE_MS = 1_000;

export function addScanCommand(program: Command, io: CommandIo): void {
  program
    .command('scan')
    .description('Fetch once, detect, print what is there now, and end.')
    .option('--json', 'print one JSON object')
    .option('--seconds <n>', 'wait at most so long for the exchanges', numberOption(0.1, 3_600), 20)
    .option('--synthetic', 'scan the synthetic market instead of live exchanges')
    .option('--exchanges <ids>', 'ccxt ids, separated by commas (EXCHANGES)')
    .option('--symbols <symbols>', 'BASE/QUOTE, separated by commas, or auto (SYMBOLS)')
    .action((options: ScanCommandOptions) => scan(options, io));
}

async function scan(options: ScanCommandOptions, io: CommandIo): Promise<void> {
  const env = {
    ...io.env,
    ...(options.synthetic === true ? { FEED: 'synthetic' } : {}),
    ...(options.exchanges === undefined ? {} : { EXCHANGES: options.exchanges }),
    ...(options.symbols === undefined ? {} : { SYMBOLS: options.symbols }),
  };
  const config = parseConfig(env);
  const telemetry = createTelemetry({
    env,
    serviceName: 'spreadscope',
    clock: systemClock,
    log: { level: config.logLevel === 'info' ? 'warn' : config.logLevel, write: io.note },
  });
  const { tracer, logger } = telemetry;
  const context = { clock: systemClock, tracer, logger, random: Math.random };
  const feed = await openFeed(config, context);
  const pipeline = createPipeline({
    feed,
    createKernel: await loadKernelFactory(),
    maxSymbolsCount: config.maxSymbolsCount,
    maxExchangesCount: config.maxExchangesCount,
    bookLevelsCount: config.bookLevelsCount,
    settings: toDetectionSettings(config),
    roundIntervalMs: config.roundIntervalMs,
    clock: systemClock,
    telemetry,
    onEvents: () => undefined,
  });
  const stop = new AbortController();
  try {
    const running = pipeline.run(AbortSignal.any([stop.signal, io.interrupted]));
    const waited = waitForExchanges(feed, pipeline, options.seconds * 1000, io);
    await Promise.race([waited, running]);
    await createScanReport(feed, pipeline, io).print(options.json === true);
    stop.abort();
    await running;
  } finally {
    await feed.close();
    await telemetry.shutdown();
  }
}

async function waitForExchanges(
  feed: Feed,
  pipeline: Pipeline,
  timeoutMs: number,
  io: CommandIo,
): Promise<void> {
  const endMs = systemClock.monotonicMs() + timeoutMs;
  let toldCount = -1;
  while (systemClock.monotonicMs() < endMs && !io.interrupted.aborted) {
    const exchanges = feed.exchanges();
    const settled = exchanges.filter(({ state }) => state !== 'connecting');
    if (io.isTerminal && settled.length !== toldCount) {
      toldCount = settled.length;
      io.note(`  ${toldCount} of ${exchanges.length} exchanges have answered`);
    }
    if (pipeline.status().state === 'running' && settled.length === exchanges.length) break;
    await systemClock.sleep(POLL_MS);
  }
  await systemClock.sleep(Math.max(0, Math.min(SETTLE_MS, endMs - systemClock.monotonicMs())));
}
