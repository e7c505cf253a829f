/**
 * How long tests wait for what others do. Much longer than it takes: a machine that is shared may be several times
 * slower than the one before, and a wait ends as soon as it can.
 */

/** For one thing to happen, milliseconds. */
export const WAIT_MS = 60_000;

/** For a whole test, milliseconds; `bun test` has 5,000 where it is not told. */
export const TEST_TIMEOUT_MS = 180_000;
