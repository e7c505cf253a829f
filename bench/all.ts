/** Runs the benches on every runtime, one after the other, each in a process of its own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findRuntime, RUNTIMES, type Runtime } from './runtimes.ts';

const OPTION = '--runtime';

/** `--runtime NAME`, any number of times, limits it to those; all other options are the runner's. */
function readOptions(given: readonly string[]): {
  readonly runtimes: readonly Runtime[];
  readonly others: readonly string[];
} {
  const isName = (place: number) => given[place - 1] === OPTION;
  const runtimes = given.filter((_, place) => isName(place)).map(toRuntime);
  const others = given.filter((option, place) => option !== OPTION && !isName(place));
  if (given.at(-1) === OPTION) throw wrongRuntime('nothing');
  return { runtimes: runtimes.length === 0 ? RUNTIMES : runtimes, others };
}

function toRuntime(name: string): Runtime {
  const runtime = RUNTIMES.find((known) => known === name);
  if (runtime === undefined) throw wrongRuntime(name);
  return runtime;
}

function wrongRuntime(name: string): RangeError {
  return new RangeError(`${OPTION}: expected one of ${RUNTIMES.join(', ')}, got ${name}`);
}

async function runOn(runtime: Runtime, options: readonly string[]): Promise<number> {
  const command = findRuntime(runtime);
  if (command === null) {
    process.stderr.write(`${runtime} is not installed here: its benches are skipped\n`);
    return 0;
  }
  const [program, ...before] = command;
  const core = runtime === 'bun' ? [] : ['--core'];
  const child = spawn(program, [...before, ...core, ...options], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function main(): Promise<number> {
  const { runtimes, others } = readOptions(process.argv.slice(2));
  const isQuestion = others.some((option) => option === '--help' || option === '--list');
  const asked = isQuestion ? runtimes.slice(0, 1) : runtimes;
  let worst = 0;
  for (const runtime of asked) {
    const code = await runOn(runtime, others);
    if (code === 2) return code;
    worst = Math.max(worst, code);
  }
  return worst;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
