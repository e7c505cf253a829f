/** Records what any feed delivers. */

import type { Clock } from '../../domain/clock.ts';
import type { Market } from '../../domain/market.ts';
import type { Feed } from '../feed.ts';
import { createHeader } from './format.ts';
import {
  createRecordingWriter,
  type RecordingSummary,
  type RecordingWriter,
} from './recording-writer.ts';

export interface RecordFeedOptions {
  readonly clock: Clock;
  /** Length of the recording, milliseconds; Infinity: until `signal` aborts or the feed ends. */
  readonly durationMs: number;
  /** Ends the recording early; what was written is kept and valid. */
  readonly signal: AbortSignal;
  readonly gzip?: boolean;
  /** Called after each batch with the number of updates in it. */
  readonly onBatch?: (updatesCount: number) => void;
}

/**
 * Loads the feed's markets and writes them, then its batches, into `sink`, which is closed at the end. The feed is not.
 *
 * @throws what the feed or the sink throws; the sink is aborted then.
 */
export async function recordFeed(
  feed: Feed,
  sink: WritableStream<Uint8Array>,
  options: RecordFeedOptions,
): Promise<RecordingSummary> {
  const { markets } = await feed.loadMarkets(options.signal);
  const header = createHeader(feed.source);
  const writer = await createRecordingWriter(sink, header, { gzip: options.gzip ?? false });
  try {
    await writer.writeMarkets(markets);
    await writeBatches(feed, writer, options);
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
  return writer.close();
}

async function writeBatches(
  feed: Feed,
  writer: RecordingWriter,
  options: RecordFeedOptions,
): Promise<void> {
  let announced: readonly Market[] = [];
  const stopListening = feed.onMarkets(({ markets }) => {
    announced = markets;
  });
  const end = startTimer(options);
  try {
    for await (const batch of feed.batches(end.signal)) {
      await writer.writeMarkets(announced);
      await writer.writeBatch(batch);
      options.onBatch?.(batch.quotes.length + batch.books.length);
    }
  } finally {
    end.cancel();
    stopListening();
  }
}

/** A signal that aborts after the duration, or with the caller's. */
function startTimer({ clock, durationMs, signal }: RecordFeedOptions) {
  const isOver = new AbortController();
  const isCancelled = new AbortController();
  if (Number.isFinite(durationMs)) {
    const stop = AbortSignal.any([signal, isCancelled.signal]);
    clock.sleep(durationMs, stop).then(
      () => isOver.abort(),
      // The sleep was given up because the recording has ended; there is nothing left to stop.
      () => undefined,
    );
  }
  return {
    signal: AbortSignal.any([signal, isOver.signal]),
    cancel: () => isCancelled.abort(),
  };
}
