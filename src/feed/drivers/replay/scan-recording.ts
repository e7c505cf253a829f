/** The first pass over a recording: validates every line and collects what a feed must know before it begins. */

import type { SpreadscopeError } from '../../../domain/errors.ts';
import type { Market } from '../../../domain/market.ts';
import { createHeader, type RecordingHeader, type RecordingLine } from '../../recording/format.ts';
import { readRecording } from '../../recording/read-recording.ts';

/** What a recording holds. */
export interface RecordingFacts {
  readonly header: RecordingHeader;
  readonly markets: readonly Market[];
  /** Deepest book side, levels; 1 when there are quotes only, 0 when there is nothing. */
  readonly maxLevelsCount: number;
  readonly quotesCount: number;
  readonly booksCount: number;
  /** Times of the first and last update, milliseconds since the epoch; null without updates. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Lines that were left out; always 0 unless bad lines are skipped. */
  readonly badLinesCount: number;
  readonly firstBadLine: string | null;
  /** Why the recording ends before its end, when bad lines are skipped; null when it is whole. */
  readonly cutOff: string | null;
}

/**
 * Reads the recording once, line by line.
 *
 * @param skipBad - counts bad lines instead of throwing at the first.
 * @throws {SpreadscopeError} `recording_invalid`; the signal's reason when it aborts.
 */
export async function scanRecording(
  bytes: AsyncIterable<Uint8Array>,
  skipBad: boolean,
  signal: AbortSignal,
): Promise<RecordingFacts> {
  const bad = createBadLines();
  const tally = createTally();
  const options = skipBad ? { onBadLine: bad.add, onCutOff: bad.cut } : {};
  for await (const lines of readRecording(bytes, options)) {
    signal.throwIfAborted();
    for (const line of lines) tally.add(line);
  }
  return { ...tally.facts(), ...bad.facts() };
}

function createBadLines() {
  let badLinesCount = 0;
  let firstBadLine: string | null = null;
  let cutOff: string | null = null;
  return {
    add: (error: SpreadscopeError): void => {
      badLinesCount += 1;
      firstBadLine ??= error.message;
    },
    cut: (error: SpreadscopeError): void => {
      cutOff = error.message;
    },
    facts: () => ({ badLinesCount, firstBadLine, cutOff }),
  };
}

function createTally() {
  let header: RecordingHeader = createHeader('');
  const markets: Market[] = [];
  let quotesCount = 0;
  let booksCount = 0;
  let maxLevelsCount = 0;
  let fromMs: number | null = null;
  let toMs: number | null = null;

  const addUpdate = (receivedAtMs: number, levelsCount: number): void => {
    fromMs ??= receivedAtMs;
    toMs = receivedAtMs;
    maxLevelsCount = Math.max(maxLevelsCount, levelsCount);
  };

  const add = (line: RecordingLine): void => {
    switch (line.type) {
      case 'header':
        header = line.header;
        break;
      case 'market':
        markets.push(line.market);
        break;
      case 'quote':
        quotesCount += 1;
        addUpdate(line.quote.receivedAtMs, 1);
        break;
      case 'book':
        booksCount += 1;
        addUpdate(line.book.receivedAtMs, Math.max(line.book.bids.length, line.book.asks.length));
        break;
      case 'funding':
        addUpdate(line.funding.receivedAtMs, 0);
    }
  };

  const facts = () => {
    return { header, markets, maxLevelsCount, quotesCount, booksCount, fromMs, toMs };
  };
  return { add, facts };
}
