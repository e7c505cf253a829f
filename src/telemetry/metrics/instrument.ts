/** What all instruments share: how they are described, how they are collected, and when they take an exemplar. */

import type { Context, MetricOptions } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { ExemplarSource } from './exemplar-source.ts';
import type { Exemplar, MetricData } from './metric-data.ts';

export interface InstrumentOptions extends MetricOptions {
  readonly name: string;
  readonly scope: InstrumentationScope;
  readonly exemplarOf: ExemplarSource;
  readonly nowMs: () => number;
}

/** Whatever can be collected. */
export interface Collectable {
  readonly name: string;
  /** Null when nothing was measured. */
  collect(): MetricData | null;
}

/** The part of its data that does not change. */
export function describe({ name, description = '', unit = '', scope }: InstrumentOptions) {
  return { name, description, unit, scope };
}

/** Least time between two exemplars of one series or bucket: making one costs more than the measurement. */
export const EXEMPLAR_INTERVAL_MS = 1_000;

/** The exemplar to keep: a new one when the last is old enough and a trace is there to point at. */
export function nextExemplar(
  before: Exemplar | null,
  { exemplarOf, nowMs }: InstrumentOptions,
  value: number,
  given: Context | undefined,
): Exemplar | null {
  if (before !== null && nowMs() - before.timeMs < EXEMPLAR_INTERVAL_MS) return before;
  return exemplarOf(value, given) ?? before;
}
