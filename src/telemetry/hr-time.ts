/** The API's times: seconds and nanoseconds. */

import type { HrTime, TimeInput } from '@opentelemetry/api';

const NANOS_PER_SECOND = 1e9;

/** Negative seconds when the end lies before the start. */
export function hrTimeDuration(start: HrTime, end: HrTime): HrTime {
  const seconds = end[0] - start[0];
  const nanos = end[1] - start[1];
  return nanos < 0 ? [seconds - 1, nanos + NANOS_PER_SECOND] : [seconds, nanos];
}

/** Milliseconds, with fractions. */
export function hrTimeToMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

/** True for a number, a date, and a pair of numbers. */
export function isTimeInput(value: unknown): value is TimeInput {
  if (typeof value === 'number' || value instanceof Date) return true;
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number')
  );
}
