/** Times the variants of one row: interleaved, proven equal first, medians of many rounds. */

import { deepStrictEqual } from 'node:assert';
import type { BenchRow, BenchVariant, RowResult, VariantResult } from './bench.ts';
import { orderOfTurn } from './turns.ts';

export interface MeasureOptions {
  /** Samples of each variant; odd, so that the median is one of them. */
  readonly roundsCount: number;
  /** A sample repeats its variant for at least this long. */
  readonly sampleMs: number;
  /** Every variant runs at least this long before the first sample: compilers settle. */
  readonly warmUpMs: number;
  /** Milliseconds with fractions, never going back. */
  readonly monotonicMs: () => number;
}

export const FULL: Omit<MeasureOptions, 'monotonicMs'> = {
  roundsCount: 21,
  sampleMs: 6,
  warmUpMs: 120,
};

/** For a smoke run: the figures say little. */
export const QUICK: Omit<MeasureOptions, 'monotonicMs'> = {
  roundsCount: 7,
  sampleMs: 1,
  warmUpMs: 15,
};

/** What the variants returned last; being exported, it has to be kept. */
export const sink: { last: unknown } = { last: undefined };

/**
 * Measures one row.
 *
 * @throws {Error} when two variants give different answers.
 */
export async function measureRow(row: BenchRow, options: MeasureOptions): Promise<RowResult> {
  await proveEqual(row);
  const time = row.isAsync === true ? timeAsync : timeSync;
  const repeats: number[] = [];
  for (const variant of row.variants) repeats.push(await settle(variant, time, options));
  const samples = row.variants.map((): number[] => []);
  for (let round = 0; round < options.roundsCount; round += 1) {
    for (const [index, variant] of orderOfTurn(row.variants, round)) {
      const runsCount = repeats[index] ?? 1;
      const elapsedMs = await time(variant, runsCount, options);
      samples[index]?.push((elapsedMs * 1e6) / (runsCount * row.operationsCount));
    }
  }
  const { name, question, input, notMeasured } = row;
  const variants = row.variants.map((variant, index) => toResult(variant, samples[index] ?? []));
  return { name, question, input, notMeasured, unit: 'ns', variants };
}

/** Median of the ratios of two variants, round by round: a disturbance hits both, or one round alone. */
export function ratioOf(variant: VariantResult, other: VariantResult): number {
  return median(variant.samples.map((sample, round) => sample / (other.samples[round] ?? 0)));
}

/** The middle value; of an even number of values the lower of the middle two. @throws {RangeError} on none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('median: expected at least one value, got none');
  return middle;
}

async function proveEqual(row: BenchRow): Promise<void> {
  const [first, ...others] = row.variants.filter((variant) => variant.answer !== undefined);
  if (first?.answer === undefined) return;
  const expected = await first.answer();
  for (const other of others) {
    const given = await other.answer?.();
    try {
      deepStrictEqual(given, expected);
    } catch (cause) {
      const message = `${row.name}: "${other.name}" answers differently from "${first.name}"`;
      throw new Error(message, { cause });
    }
  }
}

/** Milliseconds that `runsCount` runs take. */
type Time = (
  variant: BenchVariant,
  runsCount: number,
  options: MeasureOptions,
) => number | Promise<number>;

/** Warms a variant up; returns how many runs make a sample. */
async function settle(variant: BenchVariant, time: Time, options: MeasureOptions): Promise<number> {
  const startMs = options.monotonicMs();
  let runsCount = 1;
  for (;;) {
    const elapsedMs = await time(variant, runsCount, options);
    const isLong = elapsedMs >= options.sampleMs;
    if (isLong && options.monotonicMs() - startMs >= options.warmUpMs) return runsCount;
    if (!isLong) runsCount *= 2;
  }
}

function timeSync(variant: BenchVariant, runsCount: number, options: MeasureOptions): number {
  const startMs = options.monotonicMs();
  for (let run = 0; run < runsCount; run += 1) sink.last = variant.run();
  return options.monotonicMs() - startMs;
}

async function timeAsync(
  variant: BenchVariant,
  runsCount: number,
  options: MeasureOptions,
): Promise<number> {
  const startMs = options.monotonicMs();
  for (let run = 0; run < runsCount; run += 1) sink.last = await variant.run();
  return options.monotonicMs() - startMs;
}

/** A variant with the samples that were taken of it. @throws {RangeError} on none. */
export function toResult(
  { name, role }: Pick<BenchVariant, 'name' | 'role'>,
  samples: readonly number[],
): VariantResult {
  return { name, role, samples, median: median(samples), min: Math.min(...samples) };
}
