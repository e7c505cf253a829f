/** Budgets: what a measured row must keep. Ratios wherever possible; times only where a time is promised. */

import type { RowResult, Unit } from './bench.ts';
import { ratioOf } from './measure.ts';

/** One line of `budgets.json`. */
export interface Budget {
  readonly bench: string;
  readonly row: string;
  readonly variant: string;
  /** The variant that `maxRatio` is relative to. */
  readonly over?: string;
  readonly maxRatio?: number;
  /** Most nanoseconds per operation, of a row that measures time. */
  readonly maxNs?: number;
  /** Most bytes, of a row that measures sizes. */
  readonly maxBytes?: number;
  /** A target that is not reached yet. It stays the target; what is written here only says how far off it may be. */
  readonly missed?: Missed;
  /** Runtimes it holds for; all when left out. */
  readonly runtimes?: readonly string[];
}

/** Told with every run as missed; broken only when it gets worse than this. */
export interface Missed {
  /** What stands in the way. */
  readonly obstacle: string;
  /** In the unit of the budget; beyond it the run fails. */
  readonly upTo: number;
}

/** `missed`: beyond the target, within what is known of it. */
export type Outcome = 'kept' | 'missed' | 'broken';

export interface Verdict {
  readonly budget: Budget;
  /** What was measured: a ratio, or nanoseconds. */
  readonly measured: number;
  readonly limit: number;
  readonly unit: 'ratio' | Unit;
  readonly outcome: Outcome;
}

/** The verdicts on one row. @throws {Error} when a budget names a variant that the row does not have. */
export function judgeRow(
  bench: string,
  row: RowResult,
  budgets: readonly Budget[],
  runtime: string,
): readonly Verdict[] {
  return budgets
    .filter((budget) => budget.bench === bench && budget.row === row.name)
    .filter((budget) => budget.runtimes === undefined || budget.runtimes.includes(runtime))
    .flatMap((budget) => judge(row, budget));
}

function judge(row: RowResult, budget: Budget): readonly Verdict[] {
  const variant = variantOf(row, budget.variant);
  const verdicts: Verdict[] = [];
  const { unit } = row;
  const limit = unit === 'ns' ? budget.maxNs : budget.maxBytes;
  if (limit !== undefined) verdicts.push(toVerdict(budget, variant.median, limit, unit));
  if (budget.maxRatio !== undefined) {
    const measured = ratioOf(variant, variantOf(row, budget.over ?? ''));
    verdicts.push(toVerdict(budget, measured, budget.maxRatio, 'ratio'));
  }
  return verdicts;
}

function toVerdict(
  budget: Budget,
  measured: number,
  limit: number,
  unit: Verdict['unit'],
): Verdict {
  return { budget, measured, limit, unit, outcome: toOutcome(budget, measured, limit) };
}

function toOutcome({ missed }: Budget, measured: number, limit: number): Outcome {
  if (measured <= limit) return 'kept';
  return missed !== undefined && measured <= missed.upTo ? 'missed' : 'broken';
}

function variantOf(row: RowResult, name: string) {
  const found = row.variants.find((variant) => variant.name === name);
  if (found !== undefined) return found;
  throw new Error(`budgets.json: row ${row.name} has no variant ${JSON.stringify(name)}`);
}
