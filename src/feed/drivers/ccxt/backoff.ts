/** How long to wait before an exchange is tried again. */

/** Ceiling of the first wait, milliseconds; doubles with every failure. */
export const BACKOFF_BASE_MS = 1_000;
/** No ceiling is higher than this, milliseconds. */
export const BACKOFF_CAP_MS = 60_000;
/** Most that an exchange's own demand to wait is followed, milliseconds: a day. */
export const RETRY_AFTER_CAP_MS = 86_400_000;

/**
 * Capped exponential backoff with full jitter: uniform between 0 and the ceiling, so that instances which failed together
 * do not return together. (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 *
 * @param failuresCount - failures since the last success, this one included; at least 1.
 * @param retryAfterMs - what the exchange asked for; never less than this is waited. Null when it asked for nothing.
 * @param random - uniform in [0, 1).
 * @returns whole milliseconds.
 */
export function backoffDelayMs(
  failuresCount: number,
  retryAfterMs: number | null,
  random: () => number,
): number {
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (failuresCount - 1));
  const jitteredMs = Math.floor(random() * ceilingMs);
  return Math.max(jitteredMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_CAP_MS));
}

/**
 * `Retry-After` as milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3). Null when absent or unreadable.
 */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
