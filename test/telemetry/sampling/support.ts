/** What the sampling tests share: a clock that is set by hand, seeded ids, and finished spans. */

import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base';
import { createConfigReader } from '../../../src/telemetry/config-reader.ts';
import { readSamplingConfig, type SamplingConfig } from '../../../src/telemetry/sampling/config.ts';

/** What the environment asks for. */
export function parseSamplingConfig(env: Readonly<Record<string, unknown>>): SamplingConfig {
  return readSamplingConfig(createConfigReader(env));
}

export interface ManualClock {
  nowMs: number;
  monotonicMs(): number;
}

export function createManualClock(startMs = 0): ManualClock {
  const clock = { nowMs: startMs, monotonicMs: () => clock.nowMs };
  return clock;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Trace ids of 32 hexadecimal digits. */
export function createIds(random: () => number): () => string {
  const part = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return () => part() + part() + part() + part();
}

/** Asks a sampler about a trace that begins. */
export function askRoot(
  sampler: Sampler,
  traceId: string,
  name = 'root',
  kind = SpanKind.INTERNAL,
): SamplingResult {
  return sampler.shouldSample(ROOT_CONTEXT, traceId, name, kind, {}, []);
}

/** A context whose span is `parent`. */
export function contextOf(parent: Partial<typeof INVALID_SPAN_CONTEXT> & object) {
  return trace.setSpanContext(ROOT_CONTEXT, { ...INVALID_SPAN_CONTEXT, ...parent });
}
