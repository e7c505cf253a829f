/** `spreadscope scan`: one look at the market, as a table. */

import type { Command } from 'commander';
import type { CommandIo } from '../io.ts';
import { type LookOptions, lookOnce } from '../live-look.ts';
import { numberOption } from '../options.ts';
import { createScanReport } from '../scan-report.ts';

interface ScanCommandOptions extends LookOptions {
  readonly json?: true;
}

export function addScanCommand(program: Command, io: CommandIo): void {
  program
    .command('scan')
    .description('Fetch once, detect, print what is there now, and end.')
    .option('--json', 'print one JSON object')
    .option('--seconds <n>', 'wait at most so long for the exchanges', numberOption(0.1, 3_600), 20)
    .option('--synthetic', 'scan the synthetic market instead of live exchanges')
    .option('--exchanges <ids>', 'ccxt ids, separated by commas (EXCHANGES)')
    .option('--symbols <symbols>', 'BASE/QUOTE, separated by commas, or auto (SYMBOLS)')
    .action((options: ScanCommandOptions) =>
      lookOnce(options, io, (feed, pipeline) =>
        createScanReport(feed, pipeline, io).print(options.json === true),
      ),
    );
}
