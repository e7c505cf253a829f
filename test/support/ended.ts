/** Waiting for a child process that was told to end. */

import type { Subprocess } from 'bun';

/** A killed process is gone at once; a runner that does not hear of it would wait for its own end. */
const KILLED_MS = 10_000;

/** Sends `signal` and waits until the child has ended; after SIGKILL, which no process outlives, no longer than ten seconds. */
export async function endChild(
  child: Subprocess,
  signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL',
  rest: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  child.kill(signal);
  const ended = Promise.all([child.exited, rest]);
  await (signal === 'SIGKILL' ? Promise.race([ended, Bun.sleep(KILLED_MS)]) : ended);
}
