/** The variables of sampling, without their prose. */

import { choice, integer, list, number, type Row } from '../variable-row.ts';
import { DEFAULT_SHARES } from './operation-class.ts';

export const BASE_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'consistent_probability',
  'ratelimited',
  'adaptive',
] as const;

/** Tail samplers see whole traces, so they follow parents anyway and have no `parentbased_` form. */
export const TAIL_SAMPLERS = ['tail', 'adaptive_tail'] as const;

/** As the variable writes them. */
const DEFAULT_SHARES_TEXT = Object.entries(DEFAULT_SHARES)
  .map(([name, share]) => `${name}=${share}`)
  .join(',');

/** Which sampler; `argument` has bounds of its own for each. */
export const SAMPLER_ROWS = {
  sampler: choice(
    'OTEL_TRACES_SAMPLER',
    [
      ...BASE_SAMPLERS,
      ...BASE_SAMPLERS.map((name) => `parentbased_${name}` as const),
      ...TAIL_SAMPLERS,
    ],
    'parentbased_always_on',
  ),
  argument: number('OTEL_TRACES_SAMPLER_ARG', null, 0, 1e6),
};

/** Of the adaptive samplers. */
export const ADAPTIVE_ROWS = {
  targetSpansPerSecond: number('TELEMETRY_TARGET_SPANS_PER_SECOND', 100, 0.001, 1e6),
  shares: sharesRow('TELEMETRY_SAMPLING_SHARES'),
  intervalMs: integer('TELEMETRY_SAMPLING_INTERVAL_MS', 5_000, 100, 3_600_000),
  maxKeys: integer('TELEMETRY_SAMPLING_MAX_KEYS', 100, 1, 100_000),
};

/** Of the tail samplers. */
export const TAIL_ROWS = {
  maxTraces: integer('TELEMETRY_TAIL_MAX_TRACES', 1_000, 1, 1_000_000),
  maxSpans: integer('TELEMETRY_TAIL_MAX_SPANS', 10_000, 1, 10_000_000),
  maxSpansPerTrace: integer('TELEMETRY_TAIL_MAX_SPANS_PER_TRACE', 512, 1, 1_000_000),
  maxWaitMs: integer('TELEMETRY_TAIL_WAIT_MS', 30_000, 1, 3_600_000),
  slowestCount: integer('TELEMETRY_TAIL_SLOWEST_COUNT', 5, 0, 1_000),
  errors: choice('TELEMETRY_TAIL_ERRORS', ['all', 'adaptive'], 'all'),
};

export const BUDGET_ROW = number('TELEMETRY_BUDGET_RATIO', 0.01, 0, 1);

function sharesRow(name: string): Row<Readonly<Record<string, number>>> {
  const expected = 'class=ratio, with ratios above 0 and at most 1';
  return { ...list(name, DEFAULT_SHARES_TEXT), expected, parse: parseShares };
}

function parseShares(given: string): Record<string, number> | null {
  const shares: Record<string, number> = {};
  for (const part of given.split(',')) {
    const [, name, digits] = /^\s*([a-z][a-z0-9_.-]*)\s*=\s*([0-9.]+)\s*$/.exec(part) ?? [];
    const share = Number(digits);
    if (name === undefined || !(share > 0 && share <= 1)) return null;
    shares[name] = share;
  }
  return shares;
}
