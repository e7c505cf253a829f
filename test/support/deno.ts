/** Deno, as the package manager installed it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import config from '../../deno.json' with { type: 'json' };

const DENO = fileURLToPath(new URL('../../node_modules/.bin/deno', import.meta.url));

/** Null when Deno is not installed. */
export const denoPath: string | null = existsSync(DENO) ? DENO : null;

/**
 * The words of a task of deno.json with Deno's own program in place of `deno`: the installed command is a wrapper, and
 * a signal to a wrapper does not reach the service. Variables that the task sets are set by `env`.
 */
export function toDenoTask(task: keyof typeof config.tasks, deno: string): readonly string[] {
  const found = Bun.spawnSync([deno, 'eval', '--no-lock', 'console.log(Deno.execPath())']);
  const program = found.stdout.toString().trim();
  const words = config.tasks[task].split(' ').map((word) => (word === 'deno' ? program : word));
  return ['env', ...words];
}
