/** Waiting for something outside this process that does not tell when it is done. */

import { WAIT_MS } from './patience.ts';

/**
 * Asks again and again until `isTrue` says so.
 *
 * @throws {Error} naming `what` when it does not within `timeoutMs`.
 */
export async function untilTrue(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs = WAIT_MS,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await Bun.sleep(10);
  }
}
