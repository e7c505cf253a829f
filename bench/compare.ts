/** `bun run bench:compare REF [--filter TEXT] [--quick]`: the rows of this tree beside those of a git ref, in turns. */

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Unit } from './bench.ts';
import { formatFigure } from './report.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: 'string', default: '' }, quick: { type: 'boolean', default: false } },
});
const [ref] = positionals;

interface Row {
  readonly bench: string;
  readonly name: string;
  readonly unit?: Unit;
  readonly variants: ReadonlyArray<{
    readonly name: string;
    readonly median?: number;
    /** The name of the figure in trees from before sizes were measured. */
    readonly medianNs?: number;
  }>;
}

if (ref === undefined) {
  process.stderr.write('bench:compare REF [--filter TEXT] [--quick]: expected a git ref\n');
  process.exitCode = 2;
} else {
  await compare(ref);
}

async function compare(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spreadscope-bench-'));
  const there = join(folder, 'tree');
  try {
    run('git', ['worktree', 'add', '--detach', there, name], HERE);
    await symlink(join(HERE, 'node_modules'), join(there, 'node_modules'));
    run(process.execPath, ['wasm/build.ts'], there);
    for (const row of listRows(HERE)) compareRow(row, there, name);
  } finally {
    run('git', ['worktree', 'remove', '--force', there], HERE);
    await rm(folder, { recursive: true, force: true });
  }
}

function listRows(tree: string): readonly string[] {
  const text = run(process.execPath, ['bench/run.ts', '--list', '--filter', values.filter], tree);
  return text.split('\n').filter((line) => /^\S+\/\S+$/.test(line));
}

/** Before, now, now, before: a machine that gets slower hits both alike. */
function compareRow(row: string, there: string, name: string): void {
  const passes = [there, HERE, HERE, there].map((tree) => measure(tree, row));
  const [first, second, third, fourth] = passes;
  const medianOf = (rows: readonly Row[] | undefined, like: Row, variant: string) => {
    const same = rows?.find(({ name: other }) => other === like.name);
    const found = same?.variants.find(({ name: other }) => other === variant);
    return found?.median ?? found?.medianNs ?? Number.NaN;
  };
  for (const now of second ?? []) {
    process.stdout.write(`${now.bench}/${now.name}\n`);
    for (const { name: variant } of now.variants) {
      const mean = (a: typeof first, b: typeof first) =>
        (medianOf(a, now, variant) + medianOf(b, now, variant)) / 2;
      const [before, after] = [mean(first, fourth), mean(second, third)];
      const show = (value: number) =>
        Number.isNaN(value) ? 'absent'.padStart(12) : formatFigure(value, now.unit ?? 'ns');
      const ratio = Number.isNaN(before) ? '' : `${(after / before).toFixed(3)}×`;
      process.stdout.write(
        `  ${variant.padEnd(34)} ${name} ${show(before)}  now ${show(after)} ${ratio.padStart(9)}\n`,
      );
    }
  }
}

/** A run exits with 1 when a budget is broken: its results count all the same. */
function measure(tree: string, filter: string): readonly Row[] {
  const quick = values.quick ? ['--quick'] : [];
  const text = run(
    process.execPath,
    ['bench/run.ts', '--json', '--filter', filter, ...quick],
    tree,
  );
  return (JSON.parse(text) as { readonly rows: readonly Row[] }).rows.filter(({ bench, name }) =>
    `${bench}/${name}`.startsWith(filter),
  );
}

function run(command: string, options: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, options, {
      cwd,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    const { status, stdout } = error as { readonly status?: number; readonly stdout?: string };
    if (options[0] === 'bench/run.ts' && status === 1 && stdout?.startsWith('{')) return stdout;
    throw error;
  }
}
