/** The span bench on the other runtimes: each runs it by itself, and its rows come back under its name. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findNode } from '../../src/cli/find-node.ts';
import type { RowResult, SkippedRow, Study } from '../bench.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DENO = `${ROOT}node_modules/.bin/deno`;

/** What is measured on Node and Deno too. */
const ROWS = [
  'telemetry-modes/operation',
  'telemetry-span/record-and-encode-4',
  'telemetry-span/record-and-encode-10',
  'telemetry-span/encode-4',
  'telemetry-span/sampled-out-root',
  'telemetry-span/sampled-out-child',
  'telemetry-span/active-span',
  'telemetry-span/disabled',
  'telemetry-span/gzip',
];

export function createRuntimeStudies(): readonly (Study | SkippedRow)[] {
  if (process.versions.bun === undefined) {
    return [{ name: 'runtimes', skipped: 'it is started by Bun' }];
  }
  const node = findNode();
  return [
    node === null
      ? { name: 'node', skipped: 'no Node 22.18 or later was found' }
      : toStudy('node', node, []),
    existsSync(DENO)
      ? toStudy('deno', DENO, ['run', '-A'])
      : { name: 'deno', skipped: 'Deno is not among the packages' },
  ];
}

function toStudy(runtime: string, command: string, options: readonly string[]): Study {
  return {
    name: runtime,
    isStudy: true,
    measure: async ({ isQuick }) => {
      const rows = ROWS.flatMap((row) => runRow(command, options, row, isQuick));
      return rows.map((row) => ({ ...row, name: `${runtime}-${row.name}` }));
    },
  };
}

type BenchRowResult = RowResult & { readonly bench: string };

/** Its budgets are judged here: there a broken one, with which it exits with 1, counts for nothing. */
function runRow(
  command: string,
  options: readonly string[],
  row: string,
  isQuick: boolean,
): readonly RowResult[] {
  const values = ['bench/run.ts', '--json', '--filter', row];
  if (isQuick) values.push('--quick');
  const text = execute(command, [...options, ...values]);
  const { rows } = JSON.parse(text) as { readonly rows: readonly BenchRowResult[] };
  const [bench = '', name = ''] = row.split('/');
  return rows.filter((one) => one.bench === bench && one.name.startsWith(name));
}

function execute(command: string, values: readonly string[]): string {
  try {
    return execFileSync(command, values, {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    const { status, stdout } = error as { readonly status?: number; readonly stdout?: string };
    if (status === 1 && stdout?.startsWith('{')) return stdout;
    throw error;
  }
}
