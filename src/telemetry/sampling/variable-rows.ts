/** The variables of sampling, without their prose. */

import { choice, integer, number, type Row, row } from '../variable-row.ts';
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

/** Every variable that sampling reads, in the order of the README's table. */
export const SAMPLING_ROWS = {
  OTEL_TRACES_SAMPLER: choice(
    [...BASE_SAMPLERS, ...BASE_SAMPLERS.map((name) => `parentbased_${name}`), ...TAIL_SAMPLERS],
    'parentbased_always_on',
  ),
  OTEL_TRACES_SAMPLER_ARG: number(null, 0, 1e6),
  TELEMETRY_TARGET_SPANS_PER_SECOND: number(100, 0.001, 1e6),
  TELEMETRY_SAMPLING_SHARES: row('list', DEFAULT_SHARES_TEXT),
  TELEMETRY_SAMPLING_INTERVAL_MS: integer(5_000, 100, 3_600_000),
  TELEMETRY_SAMPLING_MAX_KEYS: integer(100, 1, 100_000),
  TELEMETRY_TAIL_MAX_TRACES: integer(1_000, 1, 1_000_000),
  TELEMETRY_TAIL_MAX_SPANS: integer(10_000, 1, 10_000_000),
  TELEMETRY_TAIL_MAX_SPANS_PER_TRACE: integer(512, 1, 1_000_000),
  TELEMETRY_TAIL_WAIT_MS: integer(30_000, 1, 3_600_000),
  TELEMETRY_TAIL_SLOWEST_COUNT: integer(5, 0, 1_000),
  TELEMETRY_TAIL_ERRORS: choice(['all', 'adaptive'], 'all'),
  TELEMETRY_BUDGET_RATIO: number(0.01, 0, 1),
} as const satisfies Readonly<Record<string, Row>>;
