/** The table that a person reads. */

import type { RowResult, Unit } from './bench.ts';
import type { Verdict } from './budgets.ts';
import { ratioOf } from './measure.ts';

const SLOW_TEXT =
  'the ratios of this row are kept: a slower machine than the budget was written for, rather than slower code';

/** One row as lines: the question, every variant with its ratio to the first peer, and the verdicts. */
export function formatRow(bench: string, row: RowResult, verdicts: readonly Verdict[]): string {
  const peer = row.variants.find((variant) => variant.role === 'peer');
  const lines = row.variants.map((variant) => {
    const ratio = peer === undefined ? '' : `${ratioOf(variant, peer).toFixed(3)}×`;
    return `  ${variant.name.padEnd(34)} ${variant.role.padEnd(6)} ${formatFigure(variant.median, row.unit)} ${ratio.padStart(10)}`;
  });
  return [
    `${bench}/${row.name}: ${row.question}`,
    `  input: ${row.input}`,
    `  not measured: ${row.notMeasured}`,
    `  ${'variant'.padEnd(34)} ${'role'.padEnd(6)} ${'median'.padStart(12)} ${'to peer'.padStart(10)}`,
    ...lines,
    ...verdicts.map(formatVerdict),
    ...(isOnlySlow(verdicts) ? [`  ${SLOW_TEXT}`] : []),
    '',
  ].join('\n');
}

/** A time is too long, and everything that was measured beside it as well. */
function isOnlySlow(verdicts: readonly Verdict[]): boolean {
  const ratios = verdicts.filter(({ unit }) => unit === 'ratio');
  const isTimeBroken = verdicts.some(({ unit, outcome }) => unit === 'ns' && outcome === 'broken');
  return isTimeBroken && ratios.length > 0 && ratios.every(({ outcome }) => outcome === 'kept');
}

/** A figure in the unit that reads best, 12 wide. */
export function formatFigure(value: number, unit: Unit): string {
  return unit === 'ns' ? formatNs(value) : formatBytes(value);
}

/** Bytes, from ten thousand on in kilobytes of 1,000. */
function formatBytes(value: number): string {
  const text = value < 10_000 ? `${value.toFixed(1)} B` : `${(value / 1000).toFixed(1)} kB`;
  return text.padStart(12);
}

/** Nanoseconds in the unit that reads best. */
export function formatNs(valueNs: number): string {
  if (valueNs < 1000) return `${valueNs.toFixed(1)} ns`.padStart(12);
  if (valueNs < 1e6) return `${(valueNs / 1000).toFixed(2)} µs`.padStart(12);
  return `${(valueNs / 1e6).toFixed(2)} ms`.padStart(12);
}

function formatVerdict({ budget, measured, limit, unit, outcome }: Verdict): string {
  const what = unit === 'ratio' ? `${budget.variant} ÷ ${budget.over}` : budget.variant;
  const show = (value: number) =>
    unit === 'ratio' ? `${value.toFixed(3)}×` : formatFigure(value, unit).trim();
  const { missed } = budget;
  const known =
    missed === undefined ? '' : ` (known up to ${show(missed.upTo)}: ${missed.obstacle})`;
  const end = outcome === 'kept' ? 'kept' : `${outcome.toUpperCase()}${known}`;
  return `  budget: ${what} at most ${show(limit)}, measured ${show(measured)}: ${end}`;
}
