/** Waiting for something that another process does. */

import { WAIT_MS } from './patience.ts';

const INTERVAL_MS = 50;

/**
 * Calls `look` until it gives something other than null.
 *
 * @throws {Error} naming `what`, when that takes longer than `timeoutMs`; what `look` threw last is the cause.
 */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | null> | Value | null,
  timeoutMs = WAIT_MS,
): Promise<Value> {
  const endMs = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < endMs) {
    try {
      const value = await look();
      if (value !== null) return value;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: lastError });
}
