/** What all importers share: files that can be opened again, options, and markets of which only the name is known. */

import type { Level } from '../../../domain/book.ts';
import { SpreadscopeError } from '../../../domain/errors.ts';
import { type Market, parseSymbol } from '../../../domain/market.ts';
import { parseDecimal } from '../decimal-text.ts';
import { invalidField, type JsonRecord, readName, readSymbol } from '../fields.ts';
import type { OpenBytes } from '../format.ts';
import { gunzipIfNeeded } from '../gunzip.ts';
import { readText } from '../read-bytes.ts';

export interface ImportFile {
  /** For messages, such as the file's name. */
  readonly name: string;
  readonly open: OpenBytes;
}

export interface ImportOptions {
  /** Name of the exchange, where the source has none or one only. */
  readonly exchange?: string | undefined;
  /** Symbol, where the source has none. */
  readonly symbol?: string | undefined;
  /** Taker and maker fee of every market, basis points, where the source has none; default 0. */
  readonly takerBps?: number | undefined;
  /** Time of everything, milliseconds since the epoch, where the source has none. */
  readonly atMs?: number | undefined;
}

/** Used where a source has no times: 2001-09-09T01:46:40Z, so round that nobody takes it for real. */
export const ARTIFICIAL_TIME_MS = 1_000_000_000_000;

/** Most that a source may have when it must be read whole (one JSON document, rows to sort): 256 MiB. */
export const MAX_WHOLE_BYTES = 2 ** 28;

export const UNKNOWN_FEES = 'The source has no fees: each market is written with the same one.';

/** The file's text, unpacked when it is gzip. */
export function readWhole(file: ImportFile): Promise<string> {
  return readText(gunzipIfNeeded(file.open()), MAX_WHOLE_BYTES);
}

/** @throws {SpreadscopeError} `recording_invalid` when the file is not JSON. */
export async function readJson(file: ImportFile): Promise<unknown> {
  const text = await readWhole(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpreadscopeError('recording_invalid', 'file: expected JSON, got something else', {
      cause,
    });
  }
}

/** A market of which the source tells no steps and no limits. @throws when a name is not valid in a recording. */
export function createBareMarket(exchange: string, symbol: string, takerBps: number): Market {
  const record: JsonRecord = { exchange, symbol };
  return {
    exchange: readName(record, 'exchange'),
    symbol: readSymbol(record, 'symbol'),
    ...parseSymbol(symbol),
    takerBps,
    makerBps: takerBps,
    priceStep: null,
    sizeStep: null,
    minSizeInBase: null,
    maxSizeInBase: null,
    minCostInQuote: null,
    isActive: true,
  };
}

/** A decimal of at least zero. @throws {SpreadscopeError} `recording_invalid`, naming `field`. */
export function requireDecimal(value: unknown, field: string): number {
  const decimal = parseDecimal(value);
  if (decimal === null) throw invalidField(field, 'a decimal of at least 0', value);
  return decimal;
}

/** Levels in the order of a book, equal prices added up, empty levels left out. */
export function toBookSide(levels: Iterable<Level>, side: 'bids' | 'asks'): readonly Level[] {
  const sizeByPrice = new Map<number, number>();
  for (const [price, size] of levels) {
    if (price > 0 && size > 0) sizeByPrice.set(price, (sizeByPrice.get(price) ?? 0) + size);
  }
  const direction = side === 'asks' ? 1 : -1;
  return [...sizeByPrice].sort(([a], [b]) => direction * (a - b));
}
