/** Where a bench ran: without it a figure says nothing. */

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export interface BenchEnvironment {
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly cpu: string;
  readonly cpusCount: number;
  readonly platform: string;
  /** Null outside a checkout. */
  readonly commit: string | null;
}

export function readEnvironment(): BenchEnvironment {
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  const runtime = ['bun', 'deno', 'node'].find((name) => versions[name] !== undefined) ?? 'unknown';
  const processors = cpus();
  return {
    runtime,
    runtimeVersion: versions[runtime] ?? 'unknown',
    cpu: processors[0]?.model ?? 'unknown',
    cpusCount: processors.length,
    platform: `${process.platform} ${process.arch}`,
    commit: readCommit(),
  };
}

function readCommit(): string | null {
  try {
    const git = (...options: string[]) =>
      execFileSync('git', options, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const isDirty = git('status', '--porcelain') !== '';
    return git('rev-parse', '--short', 'HEAD') + (isDirty ? ' with changes' : '');
  } catch {
    return null;
  }
}
