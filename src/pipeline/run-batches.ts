/** One round after the other: the feed is pumped into a mailbox of one batch; a round takes it, and the feed goes on. */

import type { Clock } from '../domain/clock.ts';
import type { Feed, FeedBatch } from '../feed/feed.ts';
import { createGate, type Gate } from './gate.ts';

export interface BatchRun {
  readonly feed: Feed;
  readonly clock: Clock;
  /** Least time between two rounds, milliseconds. */
  readonly roundIntervalMs: number;
  /** Opened by anyone who has a reason for a round. */
  readonly gate: Gate;
  readonly signal: AbortSignal;
  readonly lastRoundAtMs: () => number;
  /** The batch is empty when only time has passed. @returns true when something was left for the next round. */
  readonly runRound: (batch: FeedBatch) => boolean;
}

interface Mailbox {
  batch: FeedBatch | null;
  isEnded: boolean;
  error: unknown;
}

/** Without any update, a round still runs this often, so that stale opportunities close, milliseconds. */
const IDLE_ROUND_INTERVAL_MS = 250;

/** Ends with the feed, or when `signal` aborts. @throws what the feed throws. */
export async function runBatches(run: BatchRun): Promise<void> {
  const { feed, clock, roundIntervalMs, gate, signal } = run;
  const mailbox: Mailbox = { batch: null, isEnded: false, error: null };
  const taken = createGate();
  const idle = new AbortController();
  void pump(run, mailbox, taken);
  if (feed.source !== 'recording') void openWhenIdle(run, idle.signal);
  try {
    for (;;) {
      await gate.wait();
      const { batch } = mailbox;
      if (batch === null && mailbox.isEnded) break;
      mailbox.batch = null;
      if (batch !== null) taken.open();
      if (signal.aborted) continue;
      const isBehind = run.runRound(batch ?? { atMs: clock.nowMs(), quotes: [], books: [] });
      if (mailbox.isEnded) gate.open();
      if (roundIntervalMs > 0) await sleepQuietly(clock, roundIntervalMs, signal);
      if (isBehind) void openSoon(run);
    }
  } finally {
    idle.abort();
  }
  if (mailbox.error !== null) throw mailbox.error;
}

async function pump(
  { feed, gate, signal }: BatchRun,
  mailbox: Mailbox,
  taken: Gate,
): Promise<void> {
  try {
    for await (const batch of feed.batches(signal)) {
      mailbox.batch = batch;
      gate.open();
      await taken.wait();
    }
  } catch (error) {
    mailbox.error = error;
  }
  mailbox.isEnded = true;
  gate.open();
}

async function openWhenIdle(
  { clock, gate, lastRoundAtMs }: BatchRun,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleepQuietly(clock, IDLE_ROUND_INTERVAL_MS, signal);
    if (clock.nowMs() - lastRoundAtMs() >= IDLE_ROUND_INTERVAL_MS) gate.open();
  }
}

/** A turn of the event loop later: what has arrived meanwhile is not kept waiting. */
async function openSoon({ clock, gate, signal }: BatchRun): Promise<void> {
  await sleepQuietly(clock, 0, signal);
  gate.open();
}

async function sleepQuietly(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(durationMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
