/** When to try again: which statuses, and after how long. */

/** The statuses that OTLP/HTTP calls retryable; no other is (opentelemetry-proto `docs/specification.md`, "Failures"). */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function isRetryableStatus(status: number): boolean {
  return RETRYABLE_STATUSES.has(status);
}

export interface BackoffOptions {
  /** Wait before the second attempt, milliseconds, before jitter. */
  readonly initialMs: number;
  readonly multiplier: number;
  /** Longest wait, milliseconds, before jitter. */
  readonly maxMs: number;
  /** Jitter as a share of the wait, to both sides. */
  readonly jitterRatio: number;
}

/** The values of OpenTelemetry's own JavaScript exporter (`otlp-exporter-base`, retrying transport). */
export const DEFAULT_BACKOFF: BackoffOptions = {
  initialMs: 1_000,
  multiplier: 1.5,
  maxMs: 5_000,
  jitterRatio: 0.2,
};

/**
 * Wait before the next attempt, milliseconds.
 *
 * @param failedCount - attempts that failed so far, from 1.
 * @param random - uniform in [0, 1).
 */
export function toBackoffMs(options: BackoffOptions, failedCount: number, random: number): number {
  const plainMs = Math.min(
    options.initialMs * options.multiplier ** (failedCount - 1),
    options.maxMs,
  );
  return plainMs * (1 + options.jitterRatio * (2 * random - 1));
}

/**
 * The wait that a `Retry-After` header asks for, milliseconds, never negative; null when there is none that can be read.
 * Both forms of RFC 9110 section 10.2.3 are known: whole seconds and an HTTP date.
 */
export function parseRetryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
