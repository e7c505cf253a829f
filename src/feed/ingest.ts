/**
 * Market data that feeders elsewhere push: the batch on the wire, and who takes it. Rows are those of a recording,
 * version 1 (`recording/README.md`), without its header.
 */

import type { Book } from '../domain/book.ts';
import { type ErrorCode, isSpreadscopeError, SpreadscopeError } from '../domain/errors.ts';
import type { Market, MarketDataSource } from '../domain/market.ts';
import type { Quote } from '../domain/quote.ts';
import type { JsonRecord } from './recording/fields.ts';
import { parseRecordingRecord } from './recording/parse-line.ts';

/** Rows of one batch. */
export const MAX_INGEST_ROWS_COUNT = 10_000;
/** Bytes of one batch as JSON; a quote takes about 200. */
export const MAX_INGEST_BYTES = 2 ** 20;

/** What a feeder says of an exchange; the next word replaces it. */
export interface PushedExchange {
  readonly exchange: string;
  /** `down`: its quotes are forgotten at once. */
  readonly state: 'connecting' | 'live' | 'degraded' | 'down';
  /** Null when it is `live`. */
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
}

/** One batch, checked. */
export interface IngestBatch {
  /** One run of one feeder: another run takes another name. */
  readonly feeder: string;
  /** Counts up by one with each batch of the feeder, from 1. */
  readonly sequence: number;
  readonly source: MarketDataSource;
  readonly exchanges: readonly PushedExchange[];
  readonly markets: readonly Market[];
  readonly quotes: readonly Quote[];
  readonly books: readonly Book[];
}

/**
 * `taken`: its updates count, those of unknown markets (`unknownCount`: send their markets again) and those older than
 * what is known (`lateCount`) apart. `duplicate`: a batch of this or a later sequence was taken before, nothing
 * changes. `behind`: detection cannot follow; send the same batch again after `retryAfterMs`.
 */
export type IngestOutcome =
  | {
      readonly type: 'taken';
      readonly updatesCount: number;
      readonly unknownCount: number;
      readonly lateCount: number;
    }
  | { readonly type: 'duplicate' }
  | { readonly type: 'behind'; readonly retryAfterMs: number };

/** Takes batches in: all of a batch or nothing. */
export interface IngestSink {
  take(batch: IngestBatch): IngestOutcome;
}

/** The rows of a batch, by type. */
export type IngestRows = Pick<IngestBatch, 'markets' | 'quotes' | 'books'>;

/** @throws {SpreadscopeError} `recording_invalid`, naming the row, the field and what was expected. */
export function parseIngestRows(rows: readonly JsonRecord[]): IngestRows {
  const markets: Market[] = [];
  const quotes: Quote[] = [];
  const books: Book[] = [];
  for (const [index, row] of rows.entries()) {
    const line = parseRow(row, index);
    if (line.type === 'market') markets.push(line.market);
    else if (line.type === 'quote') quotes.push(line.quote);
    else if (line.type === 'book') books.push(line.book);
    else throw refuse(index, 'type: expected market, quote or book, got recording');
  }
  return { markets, quotes, books };
}

function parseRow(row: JsonRecord, index: number): ReturnType<typeof parseRecordingRecord> {
  try {
    return parseRecordingRecord(row);
  } catch (error) {
    if (isSpreadscopeError(error, 'recording_invalid')) throw refuse(index, error.message);
    throw error;
  }
}

function refuse(index: number, message: string): SpreadscopeError {
  return new SpreadscopeError('recording_invalid', `rows.${index}.${message}`);
}
