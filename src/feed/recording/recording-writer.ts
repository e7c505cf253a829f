/** Writes markets and batches as a valid recording, whatever order the updates of one batch come in. */

import type { Market } from '../../domain/market.ts';
import type { FeedBatch } from '../feed.ts';
import type { RecordingHeader, RecordingLine } from './format.ts';
import { formatRecordingLine } from './format-line.ts';
import { createTextSink, type TextSinkOptions } from './text-sink.ts';

export interface RecordingSummary {
  readonly marketsCount: number;
  readonly quotesCount: number;
  readonly booksCount: number;
  readonly fundingCount: number;
  /**
   * Updates that had arrived before one that was written already (a clock set back, a late delivery). They are written
   * with the time of that one, because time never goes back in a recording.
   */
  readonly raisedTimesCount: number;
}

export interface RecordingWriter {
  /** Writes the markets that were not written before. */
  writeMarkets(markets: readonly Market[]): Promise<void>;
  /**
   * Writes the updates of one batch in the order of their arrival.
   *
   * @throws {Error} `BUG:` for an update of a market that was never written.
   */
  writeBatch(batch: FeedBatch): Promise<void>;
  close(): Promise<RecordingSummary>;
  abort(reason: unknown): Promise<void>;
}

type UpdateLine = Extract<RecordingLine, { readonly type: 'quote' | 'book' | 'funding' }>;

/** @param sink - closed by `close()`. */
export async function createRecordingWriter(
  sink: WritableStream<Uint8Array>,
  header: RecordingHeader,
  options: TextSinkOptions = {},
): Promise<RecordingWriter> {
  const text = createTextSink(sink, options);
  const known = new Set<string>();
  const counts = {
    marketsCount: 0,
    quotesCount: 0,
    booksCount: 0,
    fundingCount: 0,
    raisedTimesCount: 0,
  };
  let lastMs = 0;

  const write = (line: RecordingLine): Promise<void> => text.write(formatRecordingLine(line));

  const writeUpdate = async (line: UpdateLine): Promise<void> => {
    const { exchange, symbol, receivedAtMs } = updateOf(line);
    if (!known.has(`${exchange} ${symbol}`)) {
      throw new Error(
        `BUG: an update for ${symbol} on ${exchange}, which the feed did not announce`,
      );
    }
    const isLate = receivedAtMs < lastMs;
    await write(isLate ? withTime(line, lastMs) : line);
    lastMs = Math.max(lastMs, receivedAtMs);
    if (isLate) counts.raisedTimesCount += 1;
    if (line.type === 'quote') counts.quotesCount += 1;
    else if (line.type === 'book') counts.booksCount += 1;
    else counts.fundingCount += 1;
  };

  await write({ type: 'header', header });
  return {
    writeMarkets: async (markets) => {
      for (const market of markets) {
        const key = `${market.exchange} ${market.symbol}`;
        if (known.has(key)) continue;
        known.add(key);
        counts.marketsCount += 1;
        await write({ type: 'market', market });
      }
    },
    writeBatch: async (batch) => {
      for (const line of inOrderOfArrival(batch)) await writeUpdate(line);
    },
    close: async () => {
      await text.close();
      return { ...counts };
    },
    abort: (reason) => text.abort(reason),
  };
}

function updateOf(line: UpdateLine) {
  if (line.type === 'quote') return line.quote;
  return line.type === 'book' ? line.book : line.funding;
}

function withTime(line: UpdateLine, receivedAtMs: number): UpdateLine {
  if (line.type === 'quote') return { type: 'quote', quote: { ...line.quote, receivedAtMs } };
  if (line.type === 'book') return { type: 'book', book: { ...line.book, receivedAtMs } };
  return { type: 'funding', funding: { ...line.funding, receivedAtMs } };
}

/** Stable: updates of the same time keep their order, quotes before books before funding. */
function inOrderOfArrival(batch: FeedBatch): readonly UpdateLine[] {
  const lines: UpdateLine[] = [
    ...batch.quotes.map((quote): UpdateLine => ({ type: 'quote', quote })),
    ...batch.books.map((book): UpdateLine => ({ type: 'book', book })),
    ...(batch.funding ?? []).map((funding): UpdateLine => ({ type: 'funding', funding })),
  ];
  return lines.sort((a, b) => updateOf(a).receivedAtMs - updateOf(b).receivedAtMs);
}
