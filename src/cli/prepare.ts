/**
 * Makes a fresh clone runnable: packages from the lock file, then what is built. It runs before any package is there,
 * so it imports nothing but the runtime's own modules. Done work is remembered by hashes; a second run does nothing.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `run`: what the service needs. `all`: also what tests, checks and benches need. */
export type Purpose = 'run' | 'all';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGES_STAMP = 'node_modules/.spreadscope-installed';
const BUILD_STAMP = 'build/.stamp';
/** Everything the built files are made from. */
const BUILD_INPUTS = ['wasm', 'src/web', 'src/cli/build-web.ts', 'bun.lock'];

/**
 * Installs and builds what is missing or out of date; says on standard error what it does.
 *
 * @returns true when packages were installed, so that this process may not see them yet.
 * @throws {Error} when a step fails, with what to do.
 */
export function prepare(purpose: Purpose): boolean {
  const isInstalled = installPackages(purpose);
  buildArtifacts();
  return isInstalled;
}

function installPackages(purpose: Purpose): boolean {
  const wanted = hashOf(['bun.lock', 'package.json']);
  const [installed, scope] = readStamp(PACKAGES_STAMP).split(' ');
  if (installed === wanted && (scope === 'all' || scope === purpose)) return false;
  const flags = purpose === 'run' && scope !== 'all' ? ['--production'] : [];
  runStep('Installing packages from bun.lock', ['install', '--frozen-lockfile', ...flags]);
  writeStamp(PACKAGES_STAMP, `${wanted} ${flags.length > 0 ? 'run' : 'all'}`);
  return true;
}

function buildArtifacts(): void {
  const wanted = hashOf(BUILD_INPUTS);
  if (readStamp(BUILD_STAMP) === wanted) return;
  runStep('Building the WASM kernels', ['wasm/build.ts']);
  runStep('Building the page', ['src/cli/build-web.ts']);
  writeStamp(BUILD_STAMP, wanted);
}

function runStep(title: string, args: readonly string[]): void {
  process.stderr.write(`• ${title} …\n`);
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, BUN_BE_BUN: '1' },
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    throw new Error(`${title} failed (exit ${status}); run: bun ${args.join(' ')}`);
  }
  process.stderr.write(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesUnder)) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
}

function filesUnder(path: string): string[] {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

function readStamp(path: string): string {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}

function writeStamp(path: string, value: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), value);
}
