/** Best prices of many markets of one exchange, a row each: `symbol, timestamp, bid_price, bid_volume, ask_price, ask_volume`. */

import { SpreadscopeError } from '../../../domain/errors.ts';
import type { Quote } from '../../../domain/quote.ts';
import { invalidField, readSymbol } from '../fields.ts';
import { createHeader, type RecordingLine } from '../format.ts';
import { parseCsvLine } from './csv.ts';
import {
  createBareMarket,
  type ImportFile,
  type ImportOptions,
  readWhole,
  requireDecimal,
  UNKNOWN_FEES,
} from './import-source.ts';

const DEFAULT_EXCHANGE = 'binanceus';

/** Columns that are read, in any order; others are ignored. */
const COLUMNS = [
  'symbol',
  'timestamp',
  'bid_price',
  'bid_volume',
  'ask_price',
  'ask_volume',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** One market for each symbol in the file's order, then one quote for each row in the order of time. */
export async function* importTopsCsv(
  file: ImportFile,
  options: ImportOptions,
): AsyncGenerator<RecordingLine, void, void> {
  const exchange = options.exchange ?? DEFAULT_EXCHANGE;
  const quotes = parseQuotes(await readWhole(file), exchange);
  const symbols = new Set(quotes.map((quote) => quote.symbol));
  const inOrder = quotes.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs);
  const times = {
    fromMs: inOrder[0]?.receivedAtMs ?? null,
    toMs: inOrder.at(-1)?.receivedAtMs ?? null,
  };
  const notes = ['The source gives no time zone: UTC is assumed.', UNKNOWN_FEES];
  yield { type: 'header', header: createHeader('import tops-csv', { ...times, notes }) };
  for (const symbol of symbols) {
    yield { type: 'market', market: createBareMarket(exchange, symbol, options.takerBps ?? 0) };
  }
  for (const quote of inOrder) yield { type: 'quote', quote };
}

function parseQuotes(text: string, exchange: string): readonly Quote[] {
  const [head = '', ...lines] = text.split(/\r?\n/);
  const columns = findColumns(head);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [parseAt(index + 2, () => toQuote(parseRow(line, columns), exchange))];
  });
}

type Columns = Readonly<Record<keyof Row, number>>;

function findColumns(head: string): Columns {
  const names = parseCsvLine(head.replace(/^\uFEFF/, '')) ?? [];
  const indexOf = (column: keyof Row): number => {
    const index = names.indexOf(column);
    if (index !== -1) return index;
    throw new SpreadscopeError(
      'recording_invalid',
      `line 1: expected the columns ${COLUMNS.join(', ')}, got no ${column}`,
    );
  };
  return {
    symbol: indexOf('symbol'),
    timestamp: indexOf('timestamp'),
    bid_price: indexOf('bid_price'),
    bid_volume: indexOf('bid_volume'),
    ask_price: indexOf('ask_price'),
    ask_volume: indexOf('ask_volume'),
  };
}

function parseRow(line: string, columns: Columns): Row {
  const fields = parseCsvLine(line);
  const read = (column: keyof Row): string => {
    const field = fields?.[columns[column]];
    if (field === undefined) throw invalidField(column, 'a field', undefined);
    return field.trim();
  };
  return {
    symbol: read('symbol'),
    timestamp: read('timestamp'),
    bid_price: read('bid_price'),
    bid_volume: read('bid_volume'),
    ask_price: read('ask_price'),
    ask_volume: read('ask_volume'),
  };
}

function toQuote(row: Row, exchange: string): Quote {
  const bid = parseSide(row, 'bid_price', 'bid_volume');
  const ask = parseSide(row, 'ask_price', 'ask_volume');
  return {
    exchange,
    symbol: readSymbol(row, 'symbol'),
    bid: bid.price,
    bidSize: bid.size,
    ask: ask.price,
    askSize: ask.size,
    exchangeTimeMs: null,
    receivedAtMs: parseTimestamp(row.timestamp),
  };
}

/** No price or a volume of zero: nobody is there. A price without a volume: the size is unknown. */
function parseSide(
  row: Row,
  price: 'bid_price' | 'ask_price',
  volume: 'bid_volume' | 'ask_volume',
) {
  const value = isMissing(row[price]) ? 0 : requireDecimal(row[price], price);
  const size = isMissing(row[volume]) ? Number.NaN : requireDecimal(row[volume], volume);
  return value === 0 || size === 0 ? { price: 0, size: 0 } : { price: value, size };
}

function isMissing(field: string): boolean {
  return field === '' || field.toLowerCase() === 'nan';
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;

/** Milliseconds since the epoch, UTC where no zone is given. */
function parseTimestamp(text: string): number {
  const [, day = '', time = '', fraction = '', zone = 'Z'] = TIMESTAMP.exec(text) ?? [];
  const secondMs = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(secondMs)) {
    throw invalidField('timestamp', 'a time such as 2023-03-12 16:18:31.086', text);
  }
  const digits = fraction.padEnd(3, '0');
  return secondMs + Number(`${digits.slice(0, 3)}.${digits.slice(3)}`);
}

function parseAt<Result>(lineNumber: number, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof SpreadscopeError)) throw cause;
    throw new SpreadscopeError(cause.code, `line ${lineNumber}: ${cause.message}`, { cause });
  }
}
