/** Importers on small inputs: what they assume, and what they refuse. */

import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { SpreadscopeError } from '../../../../src/domain/errors.ts';
import { parseCsvLine } from '../../../../src/feed/recording/import/csv.ts';
import {
  IMPORT_KINDS,
  type ImportKind,
  importRecording,
} from '../../../../src/feed/recording/import/import-recording.ts';
import type { ImportOptions } from '../../../../src/feed/recording/import/import-source.ts';
import { parseRecordingLine } from '../../../../src/feed/recording/parse-line.ts';
import { openBytes } from '../lines.ts';

const fileOf = (text: string) => ({
  name: 'input',
  open: openBytes(new TextEncoder().encode(text)),
});

async function importText(kind: ImportKind, text: string, options: ImportOptions = {}) {
  const lines = await Array.fromAsync(importRecording(kind, [fileOf(text)], options));
  return lines.map(parseRecordingLine);
}

async function refusal(kind: ImportKind, text: string): Promise<string> {
  const error = await importText(kind, text).catch((reason: unknown) => reason);
  if (error instanceof SpreadscopeError) return `${error.code} ${error.message}`;
  throw error instanceof Error ? error : new Error('accepted');
}

const quotesOf = async (kind: ImportKind, text: string) =>
  (await importText(kind, text)).flatMap((line) => (line.type === 'quote' ? [line.quote] : []));

const booksOf = async (kind: ImportKind, text: string) =>
  (await importText(kind, text)).flatMap((line) => (line.type === 'book' ? [line.book] : []));

describe('books-json on small inputs', () => {
  test('levels are put in order, equal prices added up and empty ones left out', async () => {
    const level = (price: number | string, amount: number) => ({ price, amount });
    const asks = [level(3, 1), level('2.5', 1), level(3, 2), level(4, 0)];
    const [book] = await booksOf(
      'books-json',
      JSON.stringify({ a: { asks, bids: [level(1, 1), level(2, 1)] } }),
    );
    expect(book?.asks).toEqual([
      [2.5, 1],
      [3, 3],
    ]);
    expect(book?.bids).toEqual([
      [2, 1],
      [1, 1],
    ]);
  });

  test('a gzipped source is unpacked', async () => {
    const packed = Bun.gzipSync('{"a":{"asks":[],"bids":[]}}');
    const files = [{ name: 'input', open: openBytes(packed) }];
    expect(await Array.fromAsync(importRecording('books-json', files))).toHaveLength(3);
  });

  test.each([
    ['{', 'file: expected JSON, got something else'],
    ['{}', 'file: expected an object with one book for each exchange, got an object'],
    ['{"a":[]}', 'a: expected an object with asks and bids, got an array'],
    ['{"a":{"asks":[]}}', 'a.bids: expected an array of {price, amount}, got nothing'],
    ['{"a":{"asks":[[1,2]],"bids":[]}}', 'a.asks[0]: expected {price, amount}, got an array'],
    [
      '{"a":{"asks":[],"bids":[{"price":1}]}}',
      'a.bids[0].amount: expected a decimal of at least 0, got nothing',
    ],
    [
      '{"a b":{"asks":[],"bids":[]}}',
      'exchange: expected a name of 1 to 64 characters without spaces, got "a b"',
    ],
  ])('%j is refused', async (text, message) => {
    expect(await refusal('books-json', text)).toBe(
      `recording_invalid input is not books-json: ${message}`,
    );
  });
});

describe('tops-csv on small inputs', () => {
  const HEAD = 'symbol,timestamp,bid_price,bid_volume,ask_price,ask_volume';
  const TIME = '2023-03-12 16:18:31.086';

  test('a side without price or with volume zero becomes empty, and a price without volume has an unknown size', async () => {
    const rows = [
      `A/B,${TIME},,,2,1`,
      `C/D,${TIME},1,0,2,1`,
      `E/F,${TIME},1,1,nan,nan`,
      `G/H,${TIME},1,,2,1`,
    ];
    const quotes = await quotesOf('tops-csv', [HEAD, ...rows, ''].join('\n'));
    expect(quotes.map((quote) => [quote.bid, quote.bidSize, quote.ask, quote.askSize])).toEqual([
      [0, 0, 2, 1],
      [0, 0, 2, 1],
      [1, 1, 0, 0],
      [1, Number.NaN, 2, 1],
    ]);
  });

  test('rows come out in the order of time, a symbol may come again, columns may stand anywhere', async () => {
    const text = [
      'x,ask_volume,ask_price,bid_volume,bid_price,timestamp,symbol',
      '0,1,2,1,1.5,2023-01-01 00:00:02,A/B',
      '1,1,2,1,1,2023-01-01T00:00:01.5Z,"A/B"',
      '2,1,2,1,1.2,2023-01-01 01:00:01.000250+01:00,C/D',
    ].join('\r\n');
    const quotes = await quotesOf('tops-csv', text);
    expect(
      quotes.map((quote) => [quote.symbol, quote.bid, quote.receivedAtMs - Date.UTC(2023, 0, 1)]),
    ).toEqual([
      ['C/D', 1.2, 1_000.25],
      ['A/B', 1, 1_500],
      ['A/B', 1.5, 2_000],
    ]);
  });

  test.each([
    [
      '',
      'line 1: expected the columns symbol, timestamp, bid_price, bid_volume, ask_price, ask_volume, got no symbol',
    ],
    [`${HEAD}\nA/B,${TIME},1,1,2`, 'line 2: ask_volume: expected a field, got nothing'],
    [
      `${HEAD}\n\nAB,${TIME},1,1,2,1`,
      'line 3: symbol: expected BASE/QUOTE such as BTC/USDT, got "AB"',
    ],
    [
      `${HEAD}\nA/B,${TIME},-1,1,2,1`,
      'line 2: bid_price: expected a decimal of at least 0, got "-1"',
    ],
    [
      `${HEAD}\nA/B,yesterday,1,1,2,1`,
      'line 2: timestamp: expected a time such as 2023-03-12 16:18:31.086, got "yesterday"',
    ],
    [
      `${HEAD}\nA/B,2023-13-01 00:00:00,1,1,2,1`,
      'line 2: timestamp: expected a time such as 2023-03-12 16:18:31.086, got "2023-13-01 00:00:00"',
    ],
    [`${HEAD}\n"A/B,${TIME},1,1,2,1`, 'line 2: symbol: expected a field, got nothing'],
  ])('%j is refused', async (text, message) => {
    expect(await refusal('tops-csv', text)).toBe(
      `recording_invalid input is not tops-csv: ${message}`,
    );
  });

  test('quoted fields of a line may hold commas and doubled quotes', () => {
    expect(parseCsvLine('a,"b,c","d ""e""",')).toEqual(['a', 'b,c', 'd "e"', '']);
    expect(parseCsvLine('')).toEqual(['']);
    expect(parseCsvLine('"a"b')).toBeNull();
  });
});

describe('rates-json on small inputs', () => {
  const edge = (market: string, weight: unknown = 0) => ({
    0: { market_name: market, exchange_name: 'x', weight },
  });

  test('a market with one direction only has one side', async () => {
    const [quote] = await quotesOf(
      'rates-json',
      JSON.stringify({ A: { B: edge('A/B', -Math.LN2) } }),
    );
    expect(quote).toMatchObject({ symbol: 'A/B', ask: 0, askSize: 0, bidSize: 1 });
    expect(quote?.bid).toBeCloseTo(2, 12);
  });

  test.each([
    [{}, 'file: expected at least one edge, got nothing'],
    [[], 'file: expected an object of assets, got an array'],
    [{ A: 1 }, 'A: expected an object of assets, got 1'],
    [{ A: { B: { 0: null } } }, 'A.B.0: expected {market_name, exchange_name, weight}, got null'],
    [{ A: { B: edge('A/B', 'x') } }, 'A.B.0.weight: expected a number, got "x"'],
    [{ A: { B: edge('A/C') } }, 'A.B.0.market_name: expected a market of A and B, got "A/C"'],
    [
      { A: { B: { ...edge('A/B'), 1: edge('A/B', 1)[0] } } },
      'A.B.1: expected one edge of A/B on x this way, got 1',
    ],
  ])('%j is refused', async (graph, message) => {
    expect(await refusal('rates-json', JSON.stringify(graph))).toBe(
      `recording_invalid input is not rates-json: ${message}`,
    );
  });
});

describe('capture on small inputs', () => {
  const book = (action: string, lastId: number, id: number, asks: unknown = []) =>
    JSON.stringify({
      channel: 'book_lv2',
      data: [{ symbol: 'A_B', asks, bids: [], lastId, id, ts: 5 }],
      action,
    });

  test('a change of a level that is not there is harmless, and an empty side stays empty', async () => {
    const text = `1.5: ${book('snapshot', 1, 2, [['3', '1']])}\n1.6: ${book('update', 2, 3, [['4', '0']])}`;
    const books = await booksOf('capture', text);
    expect(books.map((each) => [each.receivedAtMs, each.asks, each.bids])).toEqual([
      [1_500, [[3, 1]], []],
      [1_600, [[3, 1]], []],
    ]);
  });

  test('a later snapshot begins the book anew', async () => {
    const text = `1: ${book('snapshot', 1, 2, [['3', '1']])}\n2: ${book('snapshot', 7, 8, [['4', '1']])}`;
    expect((await booksOf('capture', text)).at(-1)?.asks).toEqual([[4, 1]]);
  });

  test('a change that skips a number leaves a gap, until the next snapshot', async () => {
    const messages = [
      book('snapshot', 1, 2, [['3', '1']]),
      book('update', 2, 3),
      book('update', 4, 5, [['4', '1']]),
      book('update', 5, 6),
      book('snapshot', 6, 7, [['5', '1']]),
      book('update', 7, 8),
    ];
    const text = messages.map((message, index) => `${index + 1}: ${message}`).join('\n');
    const books = await booksOf('capture', text);
    expect(books.map(({ hasGap = false, asks }) => [hasGap, asks])).toEqual([
      [false, [[3, 1]]],
      [false, [[3, 1]]],
      [true, []],
      [true, []],
      [false, [[5, 1]]],
      [false, [[5, 1]]],
    ]);
  });

  test.each([
    [
      'hello',
      'input line 1: expected "url -> time: body", "url <- time: body", "url <-> time" or "time: body", got "hello"',
    ],
    ['1.0: {', 'input line 1: body: expected JSON, got "{"'],
    ['1.0: []', 'input line 1: body: expected an object, got an array'],
    [
      '1.0: {"channel":"ticker"}',
      'input line 1: channel: expected book_lv2 or trades, got "ticker"',
    ],
    ['nowhere -> 1.0: []', 'input line 1: url: expected a URL, got "nowhere"'],
    [
      'https://x.y/markets -> 1.0: {}',
      'input line 1: body: expected an array of markets, got an object',
    ],
    [
      'https://x.y/other -> 1.0: {}',
      'expected an answer of /markets or messages of the book_lv2 channel, got neither',
    ],
    [
      `1: ${book('update', 1, 2)}`,
      'input line 1: A/B: expected a snapshot before the first change, got "update"',
    ],
    [`1: ${book('other', 1, 2)}`, 'input line 1: action: expected snapshot or update, got "other"'],
    [
      `2: ${book('snapshot', 1, 2)}\n1: ${book('update', 2, 3)}`,
      'input line 2: time: expected at least that of the message before, got an earlier one',
    ],
    [
      `1: ${book('snapshot', 1, 2, [['x', '1']])}`,
      'input line 1: A/B asks[0] price: expected a decimal of at least 0, got "x"',
    ],
  ])('%j is refused', async (text, message) => {
    expect(await refusal('capture', text)).toBe(
      `recording_invalid input is not capture: ${message}`,
    );
  });
});

describe('options and files', () => {
  test('an option that a shape does not take is refused', async () => {
    const imported = importText('books-json', '{}', { exchange: 'x' });
    await expect(imported).rejects.toThrow('exchange: books-json does not take this option');
  });

  test('an option left undefined is no option', async () => {
    const book = '{"a":{"asks":[],"bids":[]}}';
    expect(await importText('books-json', book, { exchange: undefined })).toHaveLength(3);
  });

  test('one file is expected where a shape is one file', async () => {
    const files = [fileOf('{}'), fileOf('{}')];
    await expect(Array.fromAsync(importRecording('rates-json', files))).rejects.toThrow(
      'rates-json: expected one file, got 2',
    );
  });
});

describe('any input', () => {
  const garbage = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .array(fc.string())
      .map(
        (fields) =>
          `symbol,timestamp,bid_price,bid_volume,ask_price,ask_volume\n${fields.join(',')}`,
      ),
    fc.json().map((json) => `1.5: ${json}`),
    fc.json().map((json) => `https://x.y/markets -> 1.5: ${json}`),
  );

  test.each([...IMPORT_KINDS])('as %s is a recording or refused as none', async (kind) => {
    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        const outcome = await importText(kind, text).catch((error: unknown) => error);
        if (Array.isArray(outcome)) expect(outcome[0]).toMatchObject({ type: 'header' });
        else expect(outcome).toMatchObject({ name: 'SpreadscopeError', code: 'recording_invalid' });
      }),
      { numRuns: 200 },
    );
  });
});
