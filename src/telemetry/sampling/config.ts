/** What the variables of sampling say. */

import type { ConfigReader } from '../config-reader.ts';
import {
  ADAPTIVE_ROWS,
  type BASE_SAMPLERS,
  BUDGET_ROW,
  SAMPLER_ROWS,
  TAIL_ROWS,
  type TAIL_SAMPLERS,
} from './variable-rows.ts';

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
  const { sampler, argument } = read.all(SAMPLER_ROWS);
  const kind = sampler.replace(/^parentbased_/, '') as SamplerKind;
  const { shares, ...adaptive } = read.all(ADAPTIVE_ROWS);
  return Object.freeze({
    kind,
    isParentBased: sampler !== kind || isTail(kind),
    argument: toArgument(read, kind, argument),
    ...adaptive,
    shares: Object.freeze(shares),
    tail: Object.freeze(read.all(TAIL_ROWS)),
    budgetRatio: read.one(BUDGET_ROW),
  });
}

/** True for the samplers that decide when a trace has ended. */
export function isTail(kind: SamplerKind): boolean {
  return kind === 'tail' || kind === 'adaptive_tail';
}

/** Probabilities go up to 1; rates and targets are above 0. */
function toArgument(read: ConfigReader, kind: SamplerKind, argument: number | null): number | null {
  if (argument === null || kind === 'always_on' || kind === 'always_off') return null;
  const isRate = kind === 'ratelimited' || kind === 'adaptive' || kind === 'adaptive_tail';
  if (isRate ? argument > 0 : argument <= 1) return argument;
  read.warn(
    SAMPLER_ROWS.argument.name,
    `a number ${isRate ? 'above 0' : 'from 0 to 1'} for ${kind}`,
  );
  return null;
}
