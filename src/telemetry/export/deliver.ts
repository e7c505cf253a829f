/** One batch, from the first attempt to its end: attempts, waits between them, one deadline over all. */

import type { Clock } from '../../domain/clock.ts';
import type { DropReason } from './export-batch.ts';
import type { PostResult } from './post.ts';
import { type BackoffOptions, toBackoffMs } from './retry.ts';

export type Delivery =
  | { readonly kind: 'accepted'; readonly rejectedCount: number; readonly message: string | null }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'lost';
      readonly reason: DropReason;
      readonly message: string;
      /** What the backend asked for last, for the batches after this one. */
      readonly retryAfterMs: number | null;
    };

export interface DeliverOptions {
  readonly attempt: (abort: AbortSignal) => Promise<PostResult>;
  /** For all attempts and the waits between them, milliseconds. */
  readonly timeoutMs: number;
  /** No further attempt after this many. */
  readonly maxAttempts: number;
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted when the exporter stops. */
  readonly stop: AbortSignal;
  /** Aborted when nobody has time any more: a wait ends, and the attempt after it is the last. */
  readonly hurry: AbortSignal;
}

/** Never throws. The deadline starts when it is called. */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const deadlineMs = options.clock.monotonicMs() + options.timeoutMs;
  const deadline = startDeadline(options);
  try {
    return await attemptUntil(options, deadlineMs, deadline.signal);
  } finally {
    deadline.cancel();
  }
}

interface Deadline {
  /** Aborted at the deadline or when the exporter stops. */
  readonly signal: AbortSignal;
  readonly cancel: () => void;
}

/** Made once: a reason of the platform's own is an error with a stack, for every export. */
const NO_LONGER_NEEDED = new Error('no longer needed');

function startDeadline({ clock, timeoutMs, stop }: DeliverOptions): Deadline {
  const passed = new AbortController();
  const cancelled = new AbortController();
  clock.sleep(timeoutMs, cancelled.signal).then(
    () => passed.abort(),
    () => undefined,
  );
  return {
    signal: AbortSignal.any([passed.signal, stop]),
    cancel: () => cancelled.abort(NO_LONGER_NEEDED),
  };
}

async function attemptUntil(
  options: DeliverOptions,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Delivery> {
  for (let failedCount = 1; ; failedCount += 1) {
    const result = await raceAbort(options.attempt(signal), signal);
    if (result === null) return toAborted(options);
    if (result.kind === 'accepted' || result.kind === 'refused') return result;
    if (result.kind === 'response_too_large') return toLost(result.kind, result.message, null);
    const waitMs = toWaitMs(options, result, failedCount);
    const isLast = failedCount >= options.maxAttempts || options.hurry.aborted;
    if (isLast || options.clock.monotonicMs() + waitMs >= deadlineMs) return toGivenUp(result);
    await sleepUntil(options.clock, waitMs, AbortSignal.any([signal, options.hurry]));
    if (signal.aborted) return toAborted(options);
  }
}

function toWaitMs(options: DeliverOptions, result: PostResult, failedCount: number): number {
  const askedMs = result.kind === 'unavailable' ? result.retryAfterMs : null;
  return askedMs ?? toBackoffMs(options.backoff, failedCount, options.random());
}

/** Null once `signal` is aborted, even where a `fetch` does not heed its signal. */
async function raceAbort(
  attempt: Promise<PostResult>,
  signal: AbortSignal,
): Promise<PostResult | null> {
  if (signal.aborted) return null;
  let onAbort = () => {};
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  const result = await Promise.race([attempt, aborted]);
  signal.removeEventListener('abort', onAbort);
  return signal.aborted && result?.kind === 'disconnected' ? null : result;
}

/** Ends early, without a throw, when `signal` aborts. */
async function sleepUntil(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(waitMs, signal).catch(() => undefined);
}

function toAborted({ stop, timeoutMs }: DeliverOptions): Delivery {
  return stop.aborted
    ? toLost('shutdown', 'the exporter was shut down', null)
    : toLost('timeout', `no answer within ${timeoutMs} ms`, null);
}

function toGivenUp(result: PostResult & { kind: 'unavailable' | 'disconnected' }): Delivery {
  return result.kind === 'unavailable'
    ? toLost('unavailable', result.message, result.retryAfterMs)
    : toLost('network', result.message, null);
}

function toLost(reason: DropReason, message: string, retryAfterMs: number | null): Delivery {
  return { kind: 'lost', reason, message, retryAfterMs };
}
