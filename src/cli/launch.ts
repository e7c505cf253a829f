#!/usr/bin/env bun
/**
 * The command `spreadscope` and every script of package.json start here: prepare the clone, then run the command line.
 * `--prepare run|all` prepares only.
 */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.ts';

const args = process.argv.slice(2);

try {
  if (args[0] === '--prepare') {
    prepare(args[1] === 'all' ? 'all' : 'run');
  } else if (prepare('run')) {
    runInNewProcess();
  } else {
    await import('./main.ts');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A process that saw no packages at its start may remember that; a new one finds them. */
function runInNewProcess(): void {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
