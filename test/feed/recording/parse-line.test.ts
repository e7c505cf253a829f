import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Level } from '../../../src/domain/book.ts';
import { isSpreadscopeError } from '../../../src/domain/errors.ts';
import type { RecordingLine } from '../../../src/feed/recording/format.ts';
import { formatRecordingLine } from '../../../src/feed/recording/format-line.ts';
import { parseRecordingLine } from '../../../src/feed/recording/parse-line.ts';
import { bookLine, marketLine, quoteLine } from './lines.ts';

const refusal = (text: string): string => {
  try {
    parseRecordingLine(text);
  } catch (error) {
    if (isSpreadscopeError(error, 'recording_invalid')) return error.message;
    throw error;
  }
  return 'accepted';
};

const changed = (line: string, changes: object): string =>
  JSON.stringify({ ...JSON.parse(line), ...changes });

const quote = quoteLine('a', 'BTC/USDT', 5);
const book = bookLine('a', 'BTC/USDT', 5);
const market = marketLine('a', 'BTC/USDT');

describe('one line of a recording', () => {
  test('a quote takes decimals as text or as numbers', () => {
    const asText = parseRecordingLine(changed(quote, { bid: '100.25', bidSize: '0.5' }));
    const asNumber = parseRecordingLine(changed(quote, { bid: 100.25, bidSize: 0.5 }));
    expect(asText).toEqual(asNumber);
    expect(asText).toMatchObject({ quote: { bid: 100.25, bidSize: 0.5, exchangeTimeMs: null } });
  });

  test('a missing side of a quote is price 0 and a missing size is unknown', () => {
    const line = parseRecordingLine(changed(quote, { ask: null, askSize: null }));
    expect(line).toMatchObject({ quote: { bid: 100, ask: 0, askSize: Number.NaN } });
  });

  test('a market takes base and quote from its symbol and the maker fee from the taker fee', () => {
    expect(parseRecordingLine(market)).toEqual({
      type: 'market',
      market: {
        exchange: 'a',
        symbol: 'BTC/USDT',
        base: 'BTC',
        quote: 'USDT',
        takerBps: 10,
        makerBps: 10,
        priceStep: null,
        sizeStep: null,
        minSizeInBase: null,
        maxSizeInBase: null,
        minCostInQuote: null,
        isActive: true,
      },
    });
  });

  test('a market may say where its fee is taken and the most an order may cost', () => {
    const line = changed(market, { feeSide: 'get', maxCostInQuote: '1000' });
    const parsed = parseRecordingLine(line);
    expect(parsed).toMatchObject({ market: { feeSide: 'get', maxCostInQuote: '1000' } });
    expect(parseRecordingLine(formatRecordingLine(parsed))).toEqual(parsed);
    expect(refusal(changed(market, { feeSide: 'other' }))).toBe(
      'feeSide: expected get, give, base or quote, got "other"',
    );
  });

  test('a market may be a contract, and says of what kind', () => {
    const terms = { kind: 'dated', settlement: 'inverse', contractSize: '100', contractStep: '1' };
    const contract = { ...terms, expiryMs: 1_711_699_200_000 };
    const parsed = parseRecordingLine(changed(market, { contract }));
    expect(parsed).toMatchObject({ market: { contract } });
    expect(parseRecordingLine(formatRecordingLine(parsed))).toEqual(parsed);
    const refusalOf = (change: object) =>
      refusal(changed(market, { contract: { ...contract, ...change } }));
    expect(refusalOf({ kind: 'option' })).toBe(
      'contract.kind: expected perpetual or dated, got "option"',
    );
    expect(refusalOf({ settlement: 'quanto' })).toBe(
      'contract.settlement: expected linear or inverse, got "quanto"',
    );
    expect(refusalOf({ contractSize: null })).toBe(
      'contract.contractSize: expected a decimal above 0, got null',
    );
  });

  test('funding keeps its rate, of any sign, and what is not known stays unknown', () => {
    const line = JSON.stringify({
      ...{ type: 'funding', exchange: 'a', symbol: 'BTC/USDT:USDT', rateRatio: '-0.000125' },
      ...{ intervalMs: 28_800_000, nextFundingAtMs: 30, receivedAtMs: 5 },
    });
    const parsed = parseRecordingLine(line);
    expect(parsed).toEqual({
      type: 'funding',
      funding: {
        ...{ exchange: 'a', symbol: 'BTC/USDT:USDT', rateRatio: -0.000125 },
        ...{ intervalMs: 28_800_000, nextFundingAtMs: 30, exchangeTimeMs: null, receivedAtMs: 5 },
        ...{ markPriceInQuote: null, indexPriceInQuote: null },
      },
    });
    expect(parseRecordingLine(formatRecordingLine(parsed))).toEqual(parsed);
    expect(refusal(changed(line, { rateRatio: '--1' }))).toBe(
      'rateRatio: expected a decimal, got "--1"',
    );
    expect(refusal(changed(line, { rateRatio: null }))).toBe(
      'rateRatio: expected a decimal, got null',
    );
  });

  test('a gap in the updates of a book is kept', () => {
    const parsed = parseRecordingLine(changed(book, { bids: [], asks: [], hasGap: true }));
    expect(parsed).toMatchObject({ book: { hasGap: true } });
    expect(parseRecordingLine(formatRecordingLine(parsed))).toEqual(parsed);
    expect(refusal(changed(book, { hasGap: 1 }))).toBe('hasGap: expected true or false, got 1');
  });

  test('fields that are not known are ignored', () => {
    const line = changed(quote, { future: [1], __proto__: { bid: 1 } });
    expect(parseRecordingLine(line)).toEqual(parseRecordingLine(quote));
  });

  test.each([
    ['', 'expected a JSON object, got no valid JSON'],
    ['[]', 'line: expected a JSON object, got an array'],
    ['null', 'line: expected a JSON object, got null'],
    ['{}', 'type: expected recording, market, quote, book or funding, got nothing'],
    ['{"type":"trade"}', 'type: expected recording, market, quote, book or funding, got "trade"'],
    ['{"type":"recording","version":2,"origin":"x"}', 'version: expected 1, got 2'],
    ['{"type":"recording","version":1}', 'origin: expected text, got nothing'],
    ['{"type":"recording","version":1,"origin":"x","notes":[1]}', 'notes[0]: expected text, got 1'],
    [changed(quote, { bid: '-1' }), 'bid: expected a decimal of at least 0, got "-1"'],
    [changed(quote, { bid: 'NaN' }), 'bid: expected a decimal of at least 0, got "NaN"'],
    [changed(quote, { bid: '0x10' }), 'bid: expected a decimal of at least 0, got "0x10"'],
    [changed(quote, { ask: [1] }), 'ask: expected a decimal of at least 0, got an array'],
    [
      changed(quote, { askSize: '1e999' }),
      'askSize: expected a decimal of at least 0, got "1e999"',
    ],
    [
      changed(quote, { receivedAtMs: null }),
      'receivedAtMs: expected milliseconds since the epoch, got null',
    ],
    [
      changed(quote, { receivedAtMs: -1 }),
      'receivedAtMs: expected milliseconds since the epoch, got -1',
    ],
    [
      changed(quote, { exchangeTimeMs: '5' }),
      'exchangeTimeMs: expected milliseconds since the epoch, got "5"',
    ],
    [
      changed(quote, { exchange: 'a b' }),
      'exchange: expected a name of 1 to 64 characters without spaces, got "a b"',
    ],
    [
      changed(quote, { symbol: 'BTCUSDT' }),
      'symbol: expected BASE/QUOTE such as BTC/USDT, got "BTCUSDT"',
    ],
    [changed(market, { takerBps: '10' }), 'takerBps: expected a number, got "10"'],
    [changed(market, { priceStep: '0' }), 'priceStep: expected a decimal above 0, got "0"'],
    [changed(market, { isActive: 1 }), 'isActive: expected true or false, got 1'],
    [changed(book, { bids: {} }), 'bids: expected an array of [price, size], got an object'],
    [changed(book, { asks: [['1']] }), 'asks[0]: expected [price, size], got an array'],
    [changed(book, { asks: [['0', '1']] }), 'asks[0]: expected a price above 0, got "0"'],
    [changed(book, { bids: [['1', 0]] }), 'bids[0]: expected a size above 0, got 0'],
    [
      changed(book, {
        bids: [
          ['2', '1'],
          ['2', '1'],
        ],
      }),
      'bids[1]: expected a price below that of the level before, got 2',
    ],
    [
      changed(book, {
        asks: [
          ['2', '1'],
          ['1', '1'],
        ],
      }),
      'asks[1]: expected a price above that of the level before, got 1',
    ],
  ])('%s is refused', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('times and names are accepted up to their limits', () => {
    expect(refusal(changed(quote, { receivedAtMs: 8.64e15 }))).toBe('accepted');
    expect(refusal(changed(quote, { receivedAtMs: 8.64e15 + 1 }))).toStartWith('receivedAtMs:');
    expect(refusal(changed(quote, { exchange: 'x'.repeat(64) }))).toBe('accepted');
    expect(refusal(changed(quote, { exchange: 'x'.repeat(65) }))).toStartWith('exchange:');
  });

  test('what came is cut short in a message', () => {
    const message = refusal(changed(quote, { bid: 'x'.repeat(10_000) }));
    expect(message.length).toBeLessThan(100);
  });
});

const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const positive = amount.filter((value) => value > 0);
const timeMs = fc.double({ min: 0, max: 8.64e15, noNaN: true });

function levels(direction: 1 | -1) {
  return fc
    .uniqueArray(fc.tuple(positive, positive), { selector: ([price]) => price, maxLength: 20 })
    .map((pairs): readonly Level[] => pairs.sort((a, b) => direction * (a[0] - b[0])));
}

const update = {
  exchange: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  symbol: fc.constantFrom('BTC/USDT', 'ETH/BTC', 'BTC/USDT:USDT'),
  exchangeTimeMs: fc.option(timeMs),
  receivedAtMs: timeMs,
};

const anyLine: fc.Arbitrary<RecordingLine> = fc.oneof(
  fc
    .record({
      ...update,
      bid: amount,
      ask: amount,
      bidSize: fc.oneof(amount, fc.constant(Number.NaN)),
      askSize: fc.oneof(amount, fc.constant(Number.NaN)),
    })
    .map((value): RecordingLine => ({ type: 'quote', quote: value })),
  fc
    .record({ ...update, bids: levels(-1), asks: levels(1) })
    .map((value): RecordingLine => ({ type: 'book', book: value })),
);

describe('properties of lines', () => {
  test('a line that is written reads back as itself, and writes the same text again', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const text = formatRecordingLine(line);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        const parsed = parseRecordingLine(text);
        expect(parsed).toEqual(line);
        expect(formatRecordingLine(parsed)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('any text either parses or is refused as an invalid recording, never otherwise', () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"type":"quote",${json}}`),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        // Any other error comes out of `refusal` and fails this test.
        expect(refusal(text)).toMatch(/^(accepted$|.+: expected |expected a JSON object)/s);
      }),
      { numRuns: 300 },
    );
  });

  test('one field of a valid line replaced by any value parses or is refused by name', () => {
    const lines = fc.constantFrom(quote, book, market);
    fc.assert(
      fc.property(lines, fc.nat(), fc.jsonValue(), (line, pick, value) => {
        const fields = Object.keys(JSON.parse(line));
        const field = fields[pick % fields.length] ?? 'type';
        const message = refusal(changed(line, { [field]: value }));
        expect(message === 'accepted' || message.startsWith(field)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('a line cut off anywhere is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(quote, book, market), fc.nat(), (line, pick) => {
        expect(refusal(line.slice(0, pick % line.length))).not.toBe('accepted');
      }),
    );
  });
});
