/** What a bench file exports: questions, each answered by variants that give the same answer. */

/**
 * `floor`: what memory, clock or call overhead allow, without doing the work. `peer`: how it is commonly done.
 * `ours`: what the project runs.
 */
export type VariantRole = 'floor' | 'peer' | 'ours';

export interface BenchVariant {
  readonly name: string;
  readonly role: VariantRole;
  /** Does `operationsCount` operations of its row. What it returns is kept, so that the work cannot be optimised away. */
  run(): unknown;
  /** The answer to the row's question, compared between variants before timing; a floor has none. */
  readonly answer?: () => unknown;
}

export interface BenchRow {
  /** Short, kebab-case; budgets name it. */
  readonly name: string;
  readonly question: string;
  /** The input, with its seed or its source. */
  readonly input: string;
  readonly notMeasured: string;
  /** Operations in one `run`; times are quoted per operation. */
  readonly operationsCount: number;
  /** True when `run` and `answer` give promises to be awaited one after the other; false when left out. */
  readonly isAsync?: boolean;
  readonly variants: readonly BenchVariant[];
}

/** Of a figure: nanoseconds, bytes. */
export type Unit = 'ns' | 'B';

/** What was measured of a variant. */
export interface VariantResult {
  readonly name: string;
  readonly role: VariantRole;
  /** In the row's unit, for a time per operation; one of each round, in the order of the rounds. */
  readonly samples: readonly number[];
  readonly median: number;
  readonly min: number;
}

/** What was measured of a row. */
export interface RowResult {
  readonly name: string;
  readonly question: string;
  readonly input: string;
  readonly notMeasured: string;
  readonly unit: Unit;
  readonly variants: readonly VariantResult[];
}

/**
 * A measurement at its own pace, such as of servers under load or of sizes: one pass that gives several rows. Its
 * variants take turns within the pass, too.
 */
export interface Study {
  /** Short, kebab-case. */
  readonly name: string;
  readonly isStudy: true;
  readonly measure: (options: StudyOptions) => Promise<readonly RowResult[]>;
}

export interface StudyOptions {
  /** A smoke run: as short as possible. */
  readonly isQuick: boolean;
}

/** A row that cannot run here, and why. */
export interface SkippedRow {
  readonly name: string;
  readonly skipped: string;
}

export interface Bench {
  /** Name of the file without `.bench.ts`; budgets name it. */
  readonly name: string;
  /** Makes the inputs and the rows: called once, outside all timing. */
  readonly rows: () => Promise<readonly (BenchRow | Study | SkippedRow)[]>;
  /** Gives back what `rows` opened, such as servers; called once, after the last row. */
  readonly close?: () => Promise<void>;
}

/** Gives a bench its type; `export const bench = defineBench({…})` in `bench/<name>.bench.ts`. */
export function defineBench(bench: Bench): Bench {
  return bench;
}

export function isSkipped(row: BenchRow | Study | SkippedRow): row is SkippedRow {
  return 'skipped' in row;
}

export function isStudy(row: BenchRow | Study): row is Study {
  return 'isStudy' in row;
}
