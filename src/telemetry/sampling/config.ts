/** What the variables of sampling say. */

import type { ConfigReader } from '../config-reader.ts';
import { type BASE_SAMPLERS, SAMPLING_ROWS, type TAIL_SAMPLERS } from './variable-rows.ts';

/** A sampler without its `parentbased_` prefix. */
export type SamplerKind = (typeof BASE_SAMPLERS)[number] | (typeof TAIL_SAMPLERS)[number];

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

/** Never throws; each bad value is one warning of the reader. */
export function readSamplingConfig(read: ConfigReader): SamplingConfig {
  const sampler =
    read.choice('OTEL_TRACES_SAMPLER', SAMPLING_ROWS.OTEL_TRACES_SAMPLER.choices ?? []) ?? '';
  const kind = sampler.replace(/^parentbased_/, '') as SamplerKind;
  const number = (name: keyof typeof SAMPLING_ROWS) => read.number(name) ?? 0;
  return Object.freeze({
    kind,
    isParentBased: sampler !== kind || isTail(kind),
    argument: readArgument(read, kind),
    targetSpansPerSecond: number('TELEMETRY_TARGET_SPANS_PER_SECOND'),
    shares: Object.freeze(readShares(read)),
    intervalMs: number('TELEMETRY_SAMPLING_INTERVAL_MS'),
    maxKeys: number('TELEMETRY_SAMPLING_MAX_KEYS'),
    tail: Object.freeze({
      maxTraces: number('TELEMETRY_TAIL_MAX_TRACES'),
      maxSpans: number('TELEMETRY_TAIL_MAX_SPANS'),
      maxSpansPerTrace: number('TELEMETRY_TAIL_MAX_SPANS_PER_TRACE'),
      maxWaitMs: number('TELEMETRY_TAIL_WAIT_MS'),
      slowestCount: number('TELEMETRY_TAIL_SLOWEST_COUNT'),
      errors: read.choice('TELEMETRY_TAIL_ERRORS', ['all', 'adaptive']) ?? 'all',
    }),
    budgetRatio: number('TELEMETRY_BUDGET_RATIO'),
  });
}

/** True for the samplers that decide when a trace has ended. */
export function isTail(kind: SamplerKind): boolean {
  return kind === 'tail' || kind === 'adaptive_tail';
}

/** Probabilities go up to 1; rates and targets are above 0. */
function readArgument(read: ConfigReader, kind: SamplerKind): number | null {
  const name = 'OTEL_TRACES_SAMPLER_ARG';
  const argument = read.number(name);
  if (argument === null || kind === 'always_on' || kind === 'always_off') return null;
  const isRate = kind === 'ratelimited' || kind === 'adaptive' || kind === 'adaptive_tail';
  if (isRate ? argument > 0 : argument <= 1) return argument;
  read.warn(name, `a number ${isRate ? 'above 0' : 'from 0 to 1'} for ${kind}`);
  return null;
}

function readShares(read: ConfigReader): Record<string, number> {
  const expected = 'class=ratio, with ratios above 0 and at most 1';
  return read.parsed('TELEMETRY_SAMPLING_SHARES', parseShares, expected) ?? {};
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
