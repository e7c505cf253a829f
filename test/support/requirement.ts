/** What a test needs and may not find: data, a server, a browser. */

/**
 * True when the thing is there. Otherwise says so in one line and returns false (for `describe.skipIf(!…)`); in CI,
 * where everything is installed, it is a failure.
 *
 * @throws {Error} when `isThere` is false and `CI` is `true`.
 */
export function requirement(what: string, isThere: boolean): boolean {
  if (isThere) return true;
  if (process.env.CI === 'true') throw new Error(`${what}: missing, and CI must run this test`);
  process.stderr.write(`skipped: ${what} is missing\n`);
  return false;
}
