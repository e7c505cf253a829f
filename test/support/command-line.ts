/** Runs one command of the command line as a process of its own. */

import { fileURLToPath } from 'node:url';

const LAUNCH = fileURLToPath(new URL('../../src/cli/launch.ts', import.meta.url));

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = Bun.spawn([process.execPath, LAUNCH, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: 'memory', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

/** Objects of newline-delimited JSON. */
export function parseLines(text: string): readonly Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
