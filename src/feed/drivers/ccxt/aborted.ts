/** Waiting for an abort, without leaving listeners behind. */

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Settles as `work` does, or resolves as soon as `signal` aborts; what `work` does after that is ignored. */
export function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) resolve();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
