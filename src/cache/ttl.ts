/** Lifetimes of cached values. */

/** @throws {RangeError} when `ttlMs` is not a finite number of milliseconds greater than 0. */
export function checkTtlMs(ttlMs: number): void {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return;
  throw new RangeError(`ttlMs: expected milliseconds greater than 0, got ${ttlMs}`);
}
