/** Whole books of several exchanges at one moment: `{exchange: {asks: [{price, amount}], bids: […]}}`. */

import type { Level } from '../../../domain/book.ts';
import { invalidField, isJsonRecord, type JsonRecord } from '../fields.ts';
import { createHeader, type RecordingLine } from '../format.ts';
import {
  ARTIFICIAL_TIME_MS,
  createBareMarket,
  type ImportFile,
  type ImportOptions,
  readJson,
  requireDecimal,
  toBookSide,
  UNKNOWN_FEES,
} from './import-source.ts';

/** The source keeps prices of both exchanges in dollars and names no symbol. */
const DEFAULT_SYMBOL = 'BTC/USD';

/** One market and one book for each exchange, exchanges in the file's order. */
export async function* importBooksJson(
  file: ImportFile,
  options: ImportOptions,
): AsyncGenerator<RecordingLine, void, void> {
  const symbol = options.symbol ?? DEFAULT_SYMBOL;
  const receivedAtMs = options.atMs ?? ARTIFICIAL_TIME_MS;
  const books = parseBooks(await readJson(file));
  const notes = [`The source names no symbol and no time: ${symbol} is assumed.`, UNKNOWN_FEES];
  const times = { fromMs: receivedAtMs, toMs: receivedAtMs };
  yield { type: 'header', header: createHeader('import books-json', { ...times, notes }) };
  for (const { exchange } of books) {
    yield { type: 'market', market: createBareMarket(exchange, symbol, options.takerBps ?? 0) };
  }
  for (const { exchange, bids, asks } of books) {
    const book = { exchange, symbol, bids, asks, exchangeTimeMs: null, receivedAtMs };
    yield { type: 'book', book };
  }
}

interface ExchangeBook {
  readonly exchange: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

function parseBooks(value: unknown): readonly ExchangeBook[] {
  if (!isJsonRecord(value) || Object.keys(value).length === 0) {
    throw invalidField('file', 'an object with one book for each exchange', value);
  }
  return Object.entries(value).map(([exchange, book]) => {
    if (!isJsonRecord(book)) throw invalidField(exchange, 'an object with asks and bids', book);
    return {
      exchange,
      bids: parseSide(exchange, book, 'bids'),
      asks: parseSide(exchange, book, 'asks'),
    };
  });
}

function parseSide(exchange: string, book: JsonRecord, side: 'bids' | 'asks'): readonly Level[] {
  const levels = book[side];
  const field = `${exchange}.${side}`;
  if (!Array.isArray(levels)) throw invalidField(field, 'an array of {price, amount}', levels);
  const parsed = levels.map((level: unknown, index): Level => {
    const at = `${field}[${index}]`;
    if (!isJsonRecord(level)) throw invalidField(at, '{price, amount}', level);
    return [
      requireDecimal(level.price, `${at}.price`),
      requireDecimal(level.amount, `${at}.amount`),
    ];
  });
  return toBookSide(parsed, side);
}
