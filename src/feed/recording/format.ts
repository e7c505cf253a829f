/** The recording format, version 1: what its lines hold. `README.md` beside this file is the description for people. */

import type { Book } from '../../domain/book.ts';
import type { Funding } from '../../domain/funding.ts';
import type { Market } from '../../domain/market.ts';
import type { Quote } from '../../domain/quote.ts';

/** Written into every header; a reader refuses any other. */
export const RECORDING_VERSION = 1;

/**
 * Longest line, bytes without the line feed: twice what a book of 10,000 levels a side (the most that `BOOK_LEVELS`
 * allows) takes at 50 bytes a level, rounded up to a power of two.
 */
export const MAX_LINE_BYTES = 2 ** 21;

/** The first line. */
export interface RecordingHeader {
  readonly type: 'recording';
  readonly version: typeof RECORDING_VERSION;
  /** What made the recording, such as `live`, `synthetic` or `import books-json`. */
  readonly origin: string;
  /** Times of the first and last update, milliseconds since the epoch; null when they were not known when it began. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** What a reader must know about the data: assumptions, unknown fees, invented sizes. */
  readonly notes: readonly string[];
}

export type RecordingLine =
  | { readonly type: 'header'; readonly header: RecordingHeader }
  | { readonly type: 'market'; readonly market: Market }
  | { readonly type: 'quote'; readonly quote: Quote }
  | { readonly type: 'book'; readonly book: Book }
  | { readonly type: 'funding'; readonly funding: Funding };

/** A source of bytes that can be read from its start as often as needed. */
export type OpenBytes = () => AsyncIterable<Uint8Array>;

/** A header with what most recordings leave open. */
export function createHeader(
  origin: string,
  known: Partial<Pick<RecordingHeader, 'fromMs' | 'toMs' | 'notes'>> = {},
): RecordingHeader {
  return {
    type: 'recording',
    version: RECORDING_VERSION,
    origin,
    fromMs: known.fromMs ?? null,
    toMs: known.toMs ?? null,
    notes: known.notes ?? [],
  };
}
