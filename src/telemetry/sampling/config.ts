/**
 * The variables of sampling. By the specification's rules for `OTEL_*` a value that is unknown or cannot be read is
 * reported with its name and ignored; empty is unset.
 */

import { DEFAULT_SHARES } from './operation-class.ts';

/** One row of the table. */
export interface SamplingVariable {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'choice' | 'list';
  readonly unit: string;
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly meaning: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

const BASE_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'consistent_probability',
  'ratelimited',
  'adaptive',
] as const;

/** Tail samplers see whole traces, so they follow parents anyway and have no `parentbased_` form. */
const TAIL_SAMPLERS = ['tail', 'adaptive_tail'] as const;

/** A sampler without its `parentbased_` prefix. */
export type SamplerKind = (typeof BASE_SAMPLERS)[number] | (typeof TAIL_SAMPLERS)[number];

/** Every variable that sampling reads, in the order of the README's table. */
export const SAMPLING_VARIABLES = [
  {
    name: 'OTEL_TRACES_SAMPLER',
    kind: 'choice',
    unit: '',
    default: 'parentbased_always_on',
    choices: [
      ...BASE_SAMPLERS,
      ...BASE_SAMPLERS.map((name) => `parentbased_${name}` as const),
      ...TAIL_SAMPLERS,
    ],
    meaning:
      'Which traces are kept; `traceidratio` is the consistent probability sampler, and only the tail samplers keep every error.',
  },
  {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    kind: 'number',
    unit: '',
    default: '',
    min: 0,
    max: 1e6,
    meaning:
      'Probability (ratio samplers, default 1; `tail`, default 0.1), traces per second (`ratelimited`, default 100) or target (adaptive ones).',
  },
  {
    name: 'TELEMETRY_TARGET_SPANS_PER_SECOND',
    kind: 'number',
    unit: 'spans/s',
    default: '100',
    min: 0.001,
    max: 1e6,
    meaning: 'What the adaptive samplers aim at, over all kinds of operation.',
  },
  {
    name: 'TELEMETRY_SAMPLING_SHARES',
    kind: 'list',
    unit: 'class=ratio',
    default: Object.entries(DEFAULT_SHARES)
      .map(([name, share]) => `${name}=${share}`)
      .join(','),
    meaning: 'Part of the target for each kind of operation.',
  },
  {
    name: 'TELEMETRY_SAMPLING_INTERVAL_MS',
    kind: 'integer',
    unit: 'ms',
    default: '5000',
    min: 100,
    max: 3_600_000,
    meaning: 'How often the adaptive samplers correct themselves.',
  },
  {
    name: 'TELEMETRY_SAMPLING_MAX_KEYS',
    kind: 'integer',
    unit: 'keys',
    default: '100',
    min: 1,
    max: 100_000,
    meaning: 'Most kinds of operation that are counted apart.',
  },
  {
    name: 'TELEMETRY_TAIL_MAX_TRACES',
    kind: 'integer',
    unit: 'traces',
    default: '1000',
    min: 1,
    max: 1_000_000,
    meaning: 'Unfinished traces that a tail sampler holds; the oldest is decided early.',
  },
  {
    name: 'TELEMETRY_TAIL_MAX_SPANS',
    kind: 'integer',
    unit: 'spans',
    default: '10000',
    min: 1,
    max: 10_000_000,
    meaning: 'Spans that a tail sampler holds.',
  },
  {
    name: 'TELEMETRY_TAIL_MAX_SPANS_PER_TRACE',
    kind: 'integer',
    unit: 'spans',
    default: '512',
    min: 1,
    max: 1_000_000,
    meaning: 'Spans after which a trace is decided although it goes on.',
  },
  {
    name: 'TELEMETRY_TAIL_WAIT_MS',
    kind: 'integer',
    unit: 'ms',
    default: '30000',
    min: 1,
    max: 3_600_000,
    meaning: 'Age at which a trace is decided although it goes on.',
  },
  {
    name: 'TELEMETRY_TAIL_SLOWEST_COUNT',
    kind: 'integer',
    unit: 'traces/min',
    default: '5',
    min: 0,
    max: 1000,
    meaning: 'Slowest traces of each kind of operation and minute that are kept.',
  },
  {
    name: 'TELEMETRY_TAIL_ERRORS',
    kind: 'choice',
    unit: '',
    default: 'all',
    choices: ['all', 'adaptive'],
    meaning: 'Keep all traces with errors, or (`adaptive_tail`) as many as the target allows.',
  },
  {
    name: 'TELEMETRY_BUDGET_RATIO',
    kind: 'number',
    unit: 'of CPU time',
    default: '0.01',
    min: 0,
    max: 1,
    meaning: 'What telemetry may cost; sampling is lowered to stay below. 0 or 1: no limit.',
  },
] as const satisfies readonly SamplingVariable[];

type VariableName = (typeof SAMPLING_VARIABLES)[number]['name'];

/** What the variables say, within their bounds. */
export interface SamplingConfig {
  readonly kind: SamplerKind;
  readonly isParentBased: boolean;
  /** `OTEL_TRACES_SAMPLER_ARG`; null when unset. */
  readonly argument: number | null;
  readonly targetSpansPerSecond: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly intervalMs: number;
  readonly maxKeys: number;
  readonly tail: {
    readonly maxTraces: number;
    readonly maxSpans: number;
    readonly maxSpansPerTrace: number;
    readonly maxWaitMs: number;
    readonly slowestCount: number;
    readonly errors: 'all' | 'adaptive';
  };
  /** 0 or 1: no limit. */
  readonly budgetRatio: number;
}

/** Gets the name of a variable that was ignored and what was expected, never the value. */
export type OnWarning = (name: string, message: string) => void;

/** Reads the environment (process.env, Worker bindings). Never throws; each bad value is one warning. */
export function parseSamplingConfig(
  env: Readonly<Record<string, unknown>>,
  onWarning: OnWarning = () => {},
): SamplingConfig {
  const read = createReader(env, onWarning);
  const sampler = read.choice('OTEL_TRACES_SAMPLER');
  const kind = sampler.replace(/^parentbased_/, '') as SamplerKind;
  return Object.freeze({
    kind,
    isParentBased: sampler.startsWith('parentbased_') || isTail(kind),
    argument: readArgument(read, kind, onWarning),
    targetSpansPerSecond: read.number('TELEMETRY_TARGET_SPANS_PER_SECOND'),
    shares: Object.freeze(read.shares('TELEMETRY_SAMPLING_SHARES')),
    intervalMs: read.number('TELEMETRY_SAMPLING_INTERVAL_MS'),
    maxKeys: read.number('TELEMETRY_SAMPLING_MAX_KEYS'),
    tail: Object.freeze({
      maxTraces: read.number('TELEMETRY_TAIL_MAX_TRACES'),
      maxSpans: read.number('TELEMETRY_TAIL_MAX_SPANS'),
      maxSpansPerTrace: read.number('TELEMETRY_TAIL_MAX_SPANS_PER_TRACE'),
      maxWaitMs: read.number('TELEMETRY_TAIL_WAIT_MS'),
      slowestCount: read.number('TELEMETRY_TAIL_SLOWEST_COUNT'),
      errors: read.choice('TELEMETRY_TAIL_ERRORS') === 'adaptive' ? 'adaptive' : 'all',
    }),
    budgetRatio: read.number('TELEMETRY_BUDGET_RATIO'),
  });
}

/** True for the samplers that decide when a trace has ended. */
export function isTail(kind: SamplerKind): boolean {
  return kind === 'tail' || kind === 'adaptive_tail';
}

/** Probabilities go up to 1; rates and targets are above 0. */
function readArgument(
  read: ReturnType<typeof createReader>,
  kind: SamplerKind,
  onWarning: OnWarning,
): number | null {
  const argument = read.number('OTEL_TRACES_SAMPLER_ARG');
  if (Number.isNaN(argument) || kind === 'always_on' || kind === 'always_off') return null;
  const isRate = kind === 'ratelimited' || kind === 'adaptive' || kind === 'adaptive_tail';
  if (isRate ? argument > 0 : argument <= 1) return argument;
  const expected = isRate ? 'a number above 0' : 'a number from 0 to 1';
  onWarning('OTEL_TRACES_SAMPLER_ARG', `expected ${expected} for ${kind}; ignored`);
  return null;
}

function createReader(env: Readonly<Record<string, unknown>>, onWarning: OnWarning) {
  const variable = (name: VariableName): SamplingVariable => {
    const found = SAMPLING_VARIABLES.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`BUG: variable ${name} is not in the table`);
    return found;
  };
  const text = (name: VariableName): string => {
    const value = env[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const number = (name: VariableName): number => {
    const { kind, default: fallback, min = -Infinity, max = Infinity } = variable(name);
    const fallbackValue = fallback === '' ? Number.NaN : Number(fallback);
    const given = text(name);
    if (given === '') return fallbackValue;
    const value = Number(given);
    const isWhole = kind !== 'integer' || Number.isInteger(value);
    if (value >= min && value <= max && isWhole) return value;
    const noun = kind === 'integer' ? 'a whole number' : 'a number';
    onWarning(name, `expected ${noun} from ${min} to ${max}; ignored`);
    return fallbackValue;
  };
  return {
    number,
    choice: (name: VariableName): string => {
      const { choices = [], default: fallback } = variable(name);
      const given = text(name).toLowerCase();
      if (given === '' || choices.includes(given)) return given || fallback;
      onWarning(name, `expected one of ${choices.join(', ')}; ignored`);
      return fallback;
    },
    shares: (name: VariableName): Record<string, number> => {
      const parsed = parseShares(text(name) || variable(name).default);
      if (parsed !== null) return parsed;
      onWarning(name, 'expected class=ratio, with ratios above 0 and at most 1; ignored');
      return parseShares(variable(name).default) ?? {};
    },
  };
}

function parseShares(text: string): Record<string, number> | null {
  const shares: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [, name, digits] = /^\s*([a-z][a-z0-9_.-]*)\s*=\s*([0-9.]+)\s*$/.exec(part) ?? [];
    const share = Number(digits);
    if (name === undefined || !(share > 0 && share <= 1)) return null;
    shares[name] = share;
  }
  return shares;
}
