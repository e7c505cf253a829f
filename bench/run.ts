/** Runs the benches on this runtime, prints their tables, writes `bench/results/<runtime>.json` and judges the budgets. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Bench,
  type BenchRow,
  isSkipped,
  isStudy,
  type RowResult,
  type Study,
} from './bench.ts';
import { type Budget, judgeRow, type Outcome, type Verdict } from './budgets.ts';
import { type BenchEnvironment, readEnvironment } from './environment.ts';
import { FULL, type MeasureOptions, measureRow, QUICK } from './measure.ts';
import { formatRow } from './report.ts';
import { CORE_BENCHES } from './runtimes.ts';

const HELP = `Runs the benches and judges their budgets.

  bun run bench [options]        on Bun, Node and Deno, as far as they are installed
  bun bench/run.ts [options]     on one; also: deno run -A bench/run.ts, node bench/run.ts (Node 22.18 or later)

  --runtime NAME  bun, node or deno only (of \`bun run bench\`; may be given several times)
  --filter TEXT   only rows whose <bench>/<row> contains TEXT
  --core          only the benches of detection, which run on every runtime
  --json          results as JSON on standard output, instead of tables
  --quick         a smoke run: short samples, budgets shown and not enforced
  --list          names of the rows, without running them
  --help          this text

Exits with 1 when a budget is broken, with 2 when an option is not understood. Results: bench/results/<runtime>.json
`;

interface Options {
  readonly filter: string;
  readonly isCore: boolean;
  readonly isJson: boolean;
  readonly isQuick: boolean;
  readonly isList: boolean;
}

interface MeasuredRow extends RowResult {
  readonly bench: string;
  readonly verdicts: readonly Verdict[];
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(): Promise<number> {
  const values = readOptions();
  if (values === null) return 2;
  if (values.help) {
    print(HELP);
    return 0;
  }
  const { filter, core: isCore, json: isJson, quick: isQuick, list: isList } = values;
  return runAll({ filter, isCore, isJson, isQuick, isList }, readEnvironment());
}

/** The options; null, once it is said what is wrong, when they cannot be understood. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        filter: { type: 'string', default: '' },
        core: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return null;
  }
}

async function runAll(options: Options, environment: BenchEnvironment): Promise<number> {
  const budgets: readonly Budget[] = JSON.parse(
    await readFile(new URL('./budgets.json', import.meta.url), 'utf8'),
  );
  const rows: MeasuredRow[] = [];
  for (const bench of await loadBenches(options)) {
    if (!mayMatch(bench.name, options.filter)) continue;
    rows.push(...(await runBench(bench, options, budgets, environment.runtime)));
    await bench.close?.();
  }
  if (options.isList) return 0;
  const results = { environment, isQuick: options.isQuick, rows };
  await writeResults(environment.runtime, results);
  if (options.isJson) print(JSON.stringify(results));
  if (!options.isJson) print(summarize(environment, rows));
  return countVerdicts(rows, 'broken') > 0 && !options.isQuick ? 1 : 0;
}

/** False when no row of a bench can match: its inputs are then not made. */
function mayMatch(bench: string, filter: string): boolean {
  const slash = filter.indexOf('/');
  return slash < 0 || bench.endsWith(filter.slice(0, slash));
}

async function loadBenches({ isCore }: Options): Promise<readonly Bench[]> {
  const files = await readdir(new URL('.', import.meta.url));
  const isWanted = (file: string) => !isCore || CORE_BENCHES.includes(basename(file, '.bench.ts'));
  const names = files.filter((file) => file.endsWith('.bench.ts') && isWanted(file)).sort();
  const modules = names.map(async (name): Promise<Bench> => {
    const module: { readonly bench?: Bench } = await import(new URL(name, import.meta.url).href);
    if (module.bench === undefined) throw new Error(`bench/${name}: expected an export "bench"`);
    return module.bench;
  });
  return Promise.all(modules);
}

async function runBench(
  bench: Bench,
  options: Options,
  budgets: readonly Budget[],
  runtime: string,
): Promise<readonly MeasuredRow[]> {
  const measured: MeasuredRow[] = [];
  const measureOptions: MeasureOptions = {
    ...(options.isQuick ? QUICK : FULL),
    monotonicMs: () => performance.now(),
  };
  for (const row of await bench.rows()) {
    const name = `${bench.name}/${row.name}`;
    if (!name.includes(options.filter)) continue;
    if (options.isList || isSkipped(row)) {
      if (!options.isJson) print(isSkipped(row) ? `${name}: skipped, ${row.skipped}\n` : name);
      continue;
    }
    for (const result of await measure(row, measureOptions, options)) {
      const verdicts = judgeRow(bench.name, result, budgets, runtime);
      if (!options.isJson) print(formatRow(bench.name, result, verdicts));
      measured.push({ bench: bench.name, ...result, verdicts });
    }
  }
  return measured;
}

async function measure(
  row: BenchRow | Study,
  measureOptions: MeasureOptions,
  { isQuick }: Options,
): Promise<readonly RowResult[]> {
  return isStudy(row) ? row.measure({ isQuick }) : [await measureRow(row, measureOptions)];
}

async function writeResults(runtime: string, results: object): Promise<void> {
  const folder = new URL('./results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${runtime}.json`, folder), `${JSON.stringify(results, null, 2)}\n`);
}

function summarize(environment: BenchEnvironment, rows: readonly MeasuredRow[]): string {
  const { runtime, runtimeVersion, cpu, cpusCount, platform, commit } = environment;
  const [kept, missed, broken] = (['kept', 'missed', 'broken'] as const).map((outcome) =>
    countVerdicts(rows, outcome),
  );
  return (
    `${runtime} ${runtimeVersion}, ${cpu} × ${cpusCount}, ${platform}, commit ${commit ?? 'unknown'}\n` +
    `${rows.length} rows; budgets: ${kept} kept, ${missed} missed as known, ${broken} broken`
  );
}

function countVerdicts(rows: readonly MeasuredRow[], outcome: Outcome): number {
  return rows.flatMap((row) => row.verdicts).filter((verdict) => verdict.outcome === outcome)
    .length;
}

process.exitCode = await main();
