/** `spreadscope record`: writes what a feed delivers as a recording. */

import type { Command } from 'commander';
import { parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { openFeed, toDriverContext } from '../../entry/drivers.ts';
import { withTerms } from '../../entry/load-terms.ts';
import { recordFeed } from '../../feed/recording/record-feed.ts';
import { createTelemetry } from '../../telemetry/create-telemetry.ts';
import type { CommandIo } from '../io.ts';
import { numberOption } from '../options.ts';
import { openOutput, requireFreeStandardOutput } from '../output.ts';
import { createProgress } from '../progress.ts';

interface RecordCommandOptions {
  readonly out?: string;
  readonly seconds: number;
  readonly synthetic?: true;
  readonly gzip?: true;
  readonly json?: true;
}

export function addRecordCommand(program: Command, io: CommandIo): void {
  program
    .command('record')
    .description('Record market data; Ctrl-C ends the recording, which is then whole.')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--seconds <n>', 'length of the recording', numberOption(0.001, 31_536_000), 60)
    .option('--synthetic', 'record the synthetic market instead of live exchanges')
    .option('--gzip', 'compress (default when the file ends in .gz)')
    .option(
      '--json',
      'with --out: print {"marketsCount": …, "quotesCount": …, "booksCount": …, "out": …}',
    )
    .action((options: RecordCommandOptions) => record(options, io));
}

async function record(options: RecordCommandOptions, io: CommandIo): Promise<void> {
  const isJson = options.json === true;
  requireFreeStandardOutput(isJson, options.out);
  const env = options.synthetic === true ? { ...io.env, FEED: 'synthetic' } : io.env;
  const config = parseConfig(await withTerms(env));
  const telemetry = createTelemetry({
    env,
    serviceName: 'spreadscope',
    clock: systemClock,
    log: { level: config.logLevel, write: io.note },
  });
  const feed = await openFeed(config, toDriverContext(telemetry, systemClock));
  const progress = createProgress(io, systemClock);
  try {
    const summary = await recordFeed(feed, await openOutput(options.out), {
      clock: systemClock,
      durationMs: options.seconds * 1000,
      signal: io.interrupted,
      gzip: options.gzip ?? options.out?.endsWith('.gz') ?? false,
      onBatch: (updatesCount) => progress.add(updatesCount, 'updates'),
    });
    const { marketsCount, quotesCount, booksCount, fundingCount } = summary;
    const counts = { marketsCount, quotesCount, booksCount, fundingCount };
    if (isJson) {
      await io.out(JSON.stringify({ ...counts, out: options.out }));
    }
    io.note(`recorded ${quotesCount} quotes and ${booksCount} books of ${marketsCount} markets`);
  } finally {
    await feed.close();
    await telemetry.shutdown();
  }
}
