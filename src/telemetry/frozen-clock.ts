/**
 * Clocks that stand still while code runs. Deployed Workers move time only at inputs and outputs, so a span of pure
 * computing lasts 0 ms there; such a span says that its duration means nothing, and its work counters must speak.
 */

import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '../domain/clock.ts';
import { LeanSpan } from './lean/lean-span.ts';
import { ATTR } from './names.ts';

/** Readings that take well over a microsecond together; any supported runtime's clock resolves a few of them. */
const READINGS_COUNT = 10_000;

/** True when the clock does not move while the processor works. A clock that runs is known after a few readings. */
export function isClockFrozen(clock: Clock): boolean {
  const startedMs = clock.monotonicMs();
  for (let reading = 0; reading < READINGS_COUNT; reading += 1) {
    if (clock.monotonicMs() !== startedMs) return false;
  }
  return true;
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
