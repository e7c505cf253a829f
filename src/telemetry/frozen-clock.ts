/**
 * Clocks that stand still while code runs. Deployed Workers move time only at inputs and outputs, so a span of pure
 * computing lasts 0 ms there; such a span says that its duration means nothing, and its work counters must speak.
 */

import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import { LeanSpan } from './lean/lean-span.ts';
import { ATTR } from './names.ts';

/** Takes well over a microsecond anywhere, and any supported runtime's clock resolves a few of them. */
const SPIN_COUNT = 50_000;

/** True when the clock does not move while the processor works. Costs about 0.1 ms, once. */
export function isClockFrozen(clock: Clock): boolean {
  const startedMs = clock.monotonicMs();
  let sink = 0;
  for (let turn = 0; turn < SPIN_COUNT; turn += 1) sink = (sink * 31 + turn) | 0;
  return clock.monotonicMs() === startedMs && Number.isInteger(sink);
}

/** Marks spans of no duration with `crypto.clock_frozen`. For runtimes on which `isClockFrozen` is true. */
export function createFrozenClockProcessor(): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: markFrozen,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function markFrozen(span: ReadableSpan): void {
  const [seconds, nanoseconds] = span.duration;
  if (seconds !== 0 || nanoseconds !== 0) return;
  if (span instanceof LeanSpan) span.flatAttributes.push(ATTR.clockFrozen, true);
  else span.attributes[ATTR.clockFrozen] = true;
}
