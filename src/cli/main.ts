/** The command line: reads arguments, runs one command, sets the exit code. */

import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { isSpreadscopeError, toErrorMessage } from '../domain/errors.ts';
import { addBasisCommand } from './commands/basis.ts';
import { addCyclesCommand } from './commands/cycles.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addImportCommand } from './commands/import.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addRecordCommand } from './commands/record.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addScanCommand } from './commands/scan.ts';
import { addDemoCommand, addServeCommand } from './commands/serve.ts';
import { type CommandIo, createProcessIo, EXIT } from './io.ts';

const io = createProcessIo();
process.exitCode = await runCommandLine(process.argv.slice(2), io);
// Embedded databases and idle sockets must not keep a finished command alive.
process.exit();

async function runCommandLine(args: readonly string[], commandIo: CommandIo): Promise<number> {
  try {
    await createProgram(commandIo).parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    return reportFailure(error, commandIo);
  }
}

function createProgram(commandIo: CommandIo): Command {
  const program = new Command('spreadscope')
    .description(
      'Finds price spreads between crypto exchanges that survive all costs, and shows how.',
    )
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(run with --help for the options)')
    .addHelpText('after', '\nEnvironment variables and their defaults are listed in the README.');
  for (const add of [
    addServeCommand,
    addDemoCommand,
    addScanCommand,
    addExplainCommand,
    addReplayCommand,
    addCyclesCommand,
    addBasisCommand,
    addImportCommand,
    addRecordCommand,
    addMigrateCommand,
    addDoctorCommand,
  ]) {
    add(program, commandIo);
  }
  return program;
}

function reportFailure(error: unknown, { note }: CommandIo): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  // A reader such as `head` that has seen enough is no failure.
  if (isSystemError(error) && error.code === 'EPIPE') return EXIT.ok;
  note(`spreadscope: ${toErrorMessage(error)}`);
  const isUsage =
    isSpreadscopeError(error, 'config_invalid') || isSpreadscopeError(error, 'usage_invalid');
  if (isUsage) return EXIT.usage;
  const isExpected = isSpreadscopeError(error) || isSystemError(error);
  if (!isExpected && error instanceof Error) note(error.stack ?? '');
  return EXIT.failed;
}

/** A file that is not there, a full disk: the message says all, where in the program it happened says nothing. */
function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
