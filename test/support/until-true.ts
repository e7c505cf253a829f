/** Waiting for something outside this process that does not tell when it is done. */

/**
 * Asks again and again until `isTrue` says so.
 *
 * @throws {Error} naming `what` when it does not within `timeoutMs`.
 */
export async function untilTrue(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await Bun.sleep(10);
  }
}
