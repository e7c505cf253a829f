/** Times that exchanges send. */

/** Milliseconds since the epoch; null for anything that is not a positive number. */
export function toTimeMs(timestamp: unknown): number | null {
  return typeof timestamp === 'number' && Number.isFinite(timestamp) && timestamp > 0
    ? timestamp
    : null;
}
