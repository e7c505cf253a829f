/** `spreadscope import`: turns published data into a recording. */

import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { systemClock } from '../../domain/clock.ts';
import { openFile } from '../../feed/drivers/replay/open-file.ts';
import {
  IMPORT_KINDS,
  type ImportKind,
  importRecording,
} from '../../feed/recording/import/import-recording.ts';
import { writeLines } from '../../feed/recording/text-sink.ts';
import type { CommandIo } from '../io.ts';
import { numberOption } from '../options.ts';
import { openOutput, requireFreeStandardOutput } from '../output.ts';
import { createProgress } from '../progress.ts';

interface ImportCommandOptions {
  readonly from: ImportKind;
  readonly exchange?: string;
  readonly takerBps?: number;
  readonly out?: string;
  readonly gzip?: true;
  readonly json?: true;
}

export function addImportCommand(program: Command, io: CommandIo): void {
  program
    .command('import')
    .description('Write a recording made of published market data.')
    .argument('<files...>', 'the published file; a capture may have several')
    .addOption(
      new Option('--from <format>', 'format of the file')
        .choices([...IMPORT_KINDS])
        .makeOptionMandatory(),
    )
    .option('--exchange <name>', 'name of the exchange, where the file does not say')
    .option('--taker-bps <n>', 'fee of every market, bps', numberOption(-100, 1000))
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--gzip', 'compress (default when the file ends in .gz)')
    .option('--json', 'with --out: print {"linesCount": …, "out": …}')
    .action((files: string[], options: ImportCommandOptions) => importFiles(files, options, io));
}

async function importFiles(
  paths: readonly string[],
  options: ImportCommandOptions,
  io: CommandIo,
): Promise<void> {
  const { from, exchange, takerBps, out, json = false } = options;
  requireFreeStandardOutput(json, out);
  const files = paths.map((path) => ({ name: basename(path), open: openFile(path) }));
  const lines = importRecording(from, files, {
    ...(exchange === undefined ? {} : { exchange }),
    ...(takerBps === undefined ? {} : { takerBps }),
  });
  const progress = createProgress(io, systemClock);
  const counted = async function* () {
    for await (const line of lines) {
      progress.add(1, 'lines');
      yield line;
    }
  };
  const gzip = options.gzip ?? out?.endsWith('.gz') ?? false;
  const linesCount = await writeLines(counted(), await openOutput(out), { gzip });
  if (json) await io.out(JSON.stringify({ linesCount, out }));
  io.note(`wrote ${linesCount} lines${out === undefined ? '' : ` to ${out}`}`);
}
