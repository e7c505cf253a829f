/** Budgets: what a measured row must keep. Ratios wherever possible; times only where a time is promised. */

import { type RowResult, ratioOf } from './measure.ts';

/** One line of `budgets.json`. */
export interface Budget {
  readonly bench: string;
  readonly row: string;
  readonly variant: string;
  /** The variant that `maxRatio` is relative to. */
  readonly over?: string;
  readonly maxRatio?: number;
  /** Most nanoseconds per operation. */
  readonly maxNs?: number;
  /** Runtimes it holds for; all when left out. */
  readonly runtimes?: readonly string[];
}

export interface Verdict {
  readonly budget: Budget;
  /** What was measured: a ratio, or nanoseconds. */
  readonly measured: number;
  readonly limit: number;
  readonly unit: 'ratio' | 'ns';
  readonly isKept: boolean;
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
  if (budget.maxNs !== undefined) {
    verdicts.push(toVerdict(budget, variant.medianNs, budget.maxNs, 'ns'));
  }
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
  return { budget, measured, limit, unit, isKept: measured <= limit };
}

function variantOf(row: RowResult, name: string) {
  const found = row.variants.find((variant) => variant.name === name);
  if (found !== undefined) return found;
  throw new Error(`budgets.json: row ${row.name} has no variant ${JSON.stringify(name)}`);
}
