/** One statement at a time into the embedded database, and none after it has stopped. */

import { SpreadscopeError } from '../../domain/errors.ts';

/** Runs `work` when all that came before is done. */
export type Guard = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Severities after which a server process ends (PostgreSQL documentation, "Message severity levels"). */
const LAST_SEVERITIES = new Set<unknown>(['FATAL', 'PANIC']);

/**
 * After a FATAL or PANIC, when a flush to disk fails for one, PGlite's process is over, and another query would spin for
 * ever and take the event loop with it. So nothing waits inside PGlite, and what comes later is refused.
 */
export function createGuard(): Guard {
  let hasStopped = false;
  let last: Promise<unknown> = Promise.resolve();
  const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (hasStopped) {
      throw new SpreadscopeError(
        'store_unavailable',
        'store: the embedded database has stopped after a fault (is the disk full?); start again',
      );
    }
    try {
      return await work();
    } catch (error) {
      if (isLast(error)) hasStopped = true;
      throw error;
    }
  };
  return (work) => {
    const result = last.then(() => run(work));
    last = result.catch(() => undefined);
    return result;
  };
}

function isLast(error: unknown): boolean {
  return error instanceof Error && LAST_SEVERITIES.has(Reflect.get(error, 'severity'));
}
