/** Times of metrics and logs as OTLP wants them. */

/** @param timeMs - since the epoch, with fractions. @returns nanoseconds since the epoch; 0 for times before it. */
export function msToNanos(timeMs: number): bigint {
  const wholeMs = Math.floor(timeMs);
  const nanos = BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((timeMs - wholeMs) * 1_000_000));
  return nanos < 0n ? 0n : nanos;
}
