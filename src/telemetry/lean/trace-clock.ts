/**
 * Times of spans out of one monotonic reading each: the wall clock is read now and then, and only to find where the
 * monotonic one stands in it.
 */

import type { HrTime, TimeInput } from '@opentelemetry/api';
import type { Clock } from '../../domain/clock.ts';

/** The epoch time of monotonic 0. A span keeps the one it began with, so that a step of the clock cannot bend it. */
export interface ClockAnchor {
  readonly seconds: number;
  readonly nanos: number;
}

/** Starts of spans between two looks at the wall clock. */
const READINGS_BETWEEN_LOOKS = 256;
/** A wall clock that is further from the anchor than this has been set, or the machine has slept, milliseconds. */
const MAX_DRIFT_MS = 50;
const NANOS_PER_MS = 1e6;
const NANOS_PER_SECOND = 1e9;

export class TraceClock {
  readonly #clock: Clock;
  #anchor: ClockAnchor = { seconds: 0, nanos: 0 };
  #readingsLeft = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Monotonic milliseconds. */
  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** The anchor for a span that begins at `monotonicMs`. */
  anchorAt(monotonicMs: number): ClockAnchor {
    if (this.#readingsLeft === 0) this.#look(monotonicMs);
    else this.#readingsLeft -= 1;
    return this.#anchor;
  }

  #look(monotonicMs: number): void {
    const epochMs = this.#clock.nowMs();
    const originMs = epochMs - monotonicMs;
    const anchoredMs = this.#anchor.seconds * 1_000 + this.#anchor.nanos / NANOS_PER_MS;
    if (Math.abs(originMs - anchoredMs) > MAX_DRIFT_MS) this.#anchor = toAnchor(originMs);
    // A Worker's clock stands at 0 until the first request: look again at the next span.
    this.#readingsLeft = epochMs === 0 ? 0 : READINGS_BETWEEN_LOOKS;
  }

  /** What the API takes for a time, as seconds and nanoseconds since the epoch. */
  toHrTime(time: TimeInput): HrTime {
    if (Array.isArray(time)) return time;
    if (time instanceof Date) return msToHrTime(time.getTime());
    const nowMs = this.nowMs();
    // A number not above the monotonic clock is a reading of it (`performance.now()`), as in the official tracer.
    return time <= nowMs ? toHrTime(this.anchorAt(nowMs), time) : msToHrTime(time);
  }

  /** The wall time of a monotonic reading taken just now. */
  toHrTimeNow(monotonicMs: number): HrTime {
    return toHrTime(this.anchorAt(monotonicMs), monotonicMs);
  }
}

/** The time of a monotonic reading. */
export function toHrTime(anchor: ClockAnchor, monotonicMs: number): HrTime {
  const nanos = Math.round(anchor.nanos + monotonicMs * NANOS_PER_MS);
  const carry = Math.floor(nanos / NANOS_PER_SECOND);
  return [anchor.seconds + carry, nanos - carry * NANOS_PER_SECOND];
}

function msToHrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - seconds * 1_000) * NANOS_PER_MS)];
}

function toAnchor(originMs: number): ClockAnchor {
  const [seconds, nanos] = msToHrTime(originMs);
  return { seconds, nanos };
}
