/** Every importer over the real files it is made for, with facts that were counted from those files by other means. */

import { describe, expect, test } from 'bun:test';
import type { Book } from '../../../../src/domain/book.ts';
import type { Quote } from '../../../../src/domain/quote.ts';
import { openFile, openFiles } from '../../../../src/feed/drivers/replay/open-file.ts';
import { createReplayFeed } from '../../../../src/feed/drivers/replay/replay-feed.ts';
import type { RecordingLine } from '../../../../src/feed/recording/format.ts';
import {
  type ImportKind,
  importRecording,
} from '../../../../src/feed/recording/import/import-recording.ts';
import type { ImportOptions } from '../../../../src/feed/recording/import/import-source.ts';
import { parseRecordingLine } from '../../../../src/feed/recording/parse-line.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { requirement } from '../../../support/requirement.ts';
import { sharedDataPath } from '../../../support/shared-data.ts';
import { openLines } from '../lines.ts';

const FILES = [
  ['books-json', 'two-venue-books-2013/books.json'],
  ['tops-csv', 'binance-us-tops-2023/saved.csv'],
  ['tops-csv', 'binance-us-tops-2023/20230312_161833.csv'],
  ['tops-csv', 'binance-us-tops-2023/20230313_152602.csv'],
  ['tops-csv', 'binance-us-tops-2023/20230416_214743.csv'],
  ['rates-json', 'kraken-gemini-rates-2018/multigraph.json'],
  ['capture', 'poloniex-capture-2022'],
] as const;

const hasData = requirement('recorded market data', sharedDataPath('README.md') !== null);

async function importText(kind: ImportKind, path: string, options: ImportOptions = {}) {
  const found = sharedDataPath(path);
  if (found === null) throw new Error(`${path} is missing`);
  return Array.fromAsync(importRecording(kind, await openFiles(found), options));
}

async function importFile(kind: ImportKind, path: string, options: ImportOptions = {}) {
  const lines = (await importText(kind, path, options)).map(parseRecordingLine);
  return {
    lines,
    markets: lines.flatMap((line) => (line.type === 'market' ? [line.market] : [])),
    quotes: lines.flatMap((line) => (line.type === 'quote' ? [line.quote] : [])),
    books: lines.flatMap((line) => (line.type === 'book' ? [line.book] : [])),
  };
}

function headerOf(lines: readonly RecordingLine[]) {
  const [first] = lines;
  if (first?.type !== 'header') throw new Error('no header');
  return first.header;
}

function find<Update extends Quote | Book>(
  updates: readonly Update[],
  symbol: string,
  exchange?: string,
): Update {
  const found = updates.find(
    (update) => update.symbol === symbol && (exchange ?? update.exchange) === update.exchange,
  );
  if (found === undefined) throw new Error(`no ${symbol}`);
  return found;
}

describe.skipIf(!hasData)('every importer on real data', () => {
  test.each(FILES)(
    '%s %s makes a valid recording, and the same bytes twice',
    async (kind, path) => {
      const lines = await importText(kind, path);
      expect(await importText(kind, path)).toEqual(lines);
      const open = openLines(lines.map((line) => line.trimEnd()));
      const feed = createReplayFeed({ open, speed: 'max', clock: createFakeClock() });
      const { markets } = await feed.loadMarkets(new AbortController().signal);
      expect(markets.length).toBeGreaterThan(1);
      const header = headerOf(lines.slice(0, 1).map(parseRecordingLine));
      expect(feed.facts()).toMatchObject({ fromMs: header.fromMs, toMs: header.toMs });
    },
  );
});

describe.skipIf(!hasData)('books-json', () => {
  const PATH = 'two-venue-books-2013/books.json';

  test('both books come whole, with the names and prices of the file', async () => {
    const { markets, books } = await importFile('books-json', PATH);
    expect(markets.map((market) => [market.exchange, market.symbol, market.takerBps])).toEqual([
      ['BitstampUSD', 'BTC/USD', 0],
      ['KrakenEUR', 'BTC/USD', 0],
    ]);
    expect(books.map((book) => [book.exchange, book.asks.length, book.bids.length])).toEqual([
      ['BitstampUSD', 2227, 1622],
      ['KrakenEUR', 683, 1124],
    ]);
    const [bitstamp, kraken] = books;
    expect([bitstamp?.asks[0], bitstamp?.asks.at(-1)?.[0]]).toEqual([[107.49, 3.49981395], 99999]);
    expect([bitstamp?.bids[0]?.[0], bitstamp?.bids.at(-1)?.[0]]).toEqual([107.21, 0.01]);
    expect([kraken?.asks[0]?.[0], kraken?.asks.at(-1)?.[0]]).toEqual([
      116.9524195107333, 128.64706315727463,
    ]);
    expect([kraken?.bids[0]?.[0], kraken?.bids.at(-1)?.[0]]).toEqual([
      116.952406035406, 105.26925684304886,
    ]);
  });

  test('symbol, fee and time can be given', async () => {
    const options = { symbol: 'XBT/USD', takerBps: 25, atMs: 1_380_000_000_000 };
    const { lines, markets, books } = await importFile('books-json', PATH, options);
    expect(markets[0]).toMatchObject({ symbol: 'XBT/USD', takerBps: 25, makerBps: 25 });
    expect(books[1]).toMatchObject({ symbol: 'XBT/USD', receivedAtMs: 1_380_000_000_000 });
    expect(headerOf(lines)).toMatchObject({ fromMs: 1_380_000_000_000 });
  });

  test('the greatest profit of the two books follows from what was imported', async () => {
    const { books } = await importFile('books-json', PATH);
    const asks = books[0]?.asks ?? [];
    const bids = books[1]?.bids ?? [];
    expect(greatestProfit(asks, bids)).toBeCloseTo(14_962.605060099, 6);
  });
});

/** Buys the cheapest and sells to the highest for as long as that gains; without fees. */
function greatestProfit(asks: Book['asks'], bids: Book['bids']): number {
  let profit = 0;
  let [ask, bid] = [0, 0];
  let [askLeft, bidLeft] = [asks[0]?.[1] ?? 0, bids[0]?.[1] ?? 0];
  while ((asks[ask]?.[0] ?? Infinity) < (bids[bid]?.[0] ?? 0)) {
    const size = Math.min(askLeft, bidLeft);
    profit += size * ((bids[bid]?.[0] ?? 0) - (asks[ask]?.[0] ?? 0));
    askLeft -= size;
    bidLeft -= size;
    if (askLeft === 0) askLeft = asks[++ask]?.[1] ?? 0;
    if (bidLeft === 0) bidLeft = bids[++bid]?.[1] ?? 0;
  }
  return profit;
}

describe.skipIf(!hasData)('tops-csv', () => {
  test.each([
    ['saved.csv', 45, '2023-03-02T15:36:06.529Z', '2023-03-02T15:36:09.270Z'],
    ['20230312_161833.csv', 45, '2023-03-12T16:18:31.086Z', '2023-03-12T16:18:33.808Z'],
    ['20230313_152602.csv', 45, '2023-03-13T15:25:59.652Z', '2023-03-13T15:26:02.232Z'],
    ['20230416_214743.csv', 319, '2023-04-16T21:47:23.270Z', '2023-04-16T21:47:42.129Z'],
  ])('%s has %d markets from %s to %s', async (file, count, from, to) => {
    const { lines, markets, quotes } = await importFile('tops-csv', `binance-us-tops-2023/${file}`);
    expect([markets.length, quotes.length]).toEqual([count, count]);
    expect(markets.every((market) => market.exchange === 'binanceus')).toBe(true);
    expect(headerOf(lines)).toMatchObject({ fromMs: Date.parse(from), toMs: Date.parse(to) });
    expect(quotes[0]).toMatchObject({ symbol: 'ETH/BTC', receivedAtMs: Date.parse(from) });
  });

  test('prices and volumes are those of the row', async () => {
    const { quotes } = await importFile('tops-csv', 'binance-us-tops-2023/20230312_161833.csv');
    expect(find(quotes, 'ETH/BTC')).toMatchObject({
      bid: 0.071558,
      bidSize: 0.0135,
      ask: 0.071595,
      askSize: 0.0135,
      exchangeTimeMs: null,
    });
    expect(quotes.at(-1)).toMatchObject({ symbol: 'TRX/USD', bid: 0.0596, askSize: 6284.9 });
  });

  test('the exchange can be named', async () => {
    const options = { exchange: 'elsewhere' };
    const { markets } = await importFile('tops-csv', 'binance-us-tops-2023/saved.csv', options);
    expect(new Set(markets.map((market) => market.exchange))).toEqual(new Set(['elsewhere']));
  });
});

describe.skipIf(!hasData)('rates-json', () => {
  const PATH = 'kraken-gemini-rates-2018/multigraph.json';

  test('120 edges between 22 assets become 60 two-sided markets', async () => {
    const { markets, quotes } = await importFile('rates-json', PATH);
    expect(new Set(markets.flatMap((market) => [market.base, market.quote])).size).toBe(22);
    const exchanges = Object.groupBy(markets, (market) => market.exchange);
    expect([exchanges.kraken?.length, exchanges.gemini?.length]).toEqual([57, 3]);
    expect(quotes).toHaveLength(60);
    expect(quotes.every((quote) => quote.bid > 0 && quote.ask > quote.bid)).toBe(true);
    expect(quotes.every((quote) => quote.bidSize === 1 && quote.askSize === 1)).toBe(true);
  });

  test('prices are the exponentials of the weights, fee included', async () => {
    const { quotes } = await importFile('rates-json', PATH);
    const gemini = find(quotes, 'BTC/USD', 'gemini');
    expect(gemini.bid).toBeCloseTo(Math.exp(9.21632244365373), 8);
    expect(gemini.ask).toBeCloseTo(Math.exp(9.216323437689022), 8);
  });

  test('BTC/USD between the two exchanges gains 20.32 basis points', async () => {
    const { quotes } = await importFile('rates-json', PATH);
    const kraken = find(quotes, 'BTC/USD', 'kraken');
    const gemini = find(quotes, 'BTC/USD', 'gemini');
    const gains = [gemini.bid / kraken.ask - 1, kraken.bid / gemini.ask - 1];
    expect(Math.max(...gains) * 10_000).toBeCloseTo(20.32, 2);
  });
});

describe.skipIf(!hasData)('capture', () => {
  const FOLDER = 'poloniex-capture-2022';

  test('524 markets with steps and limits come from the HTTP answer', async () => {
    const { markets } = await importFile('capture', FOLDER);
    expect(markets).toHaveLength(524);
    expect(markets.filter((market) => !market.isActive)).toHaveLength(11);
    expect(markets[0]).toEqual({
      exchange: 'poloniex',
      symbol: 'BTS/BTC',
      base: 'BTS',
      quote: 'BTC',
      takerBps: 0,
      makerBps: 0,
      priceStep: '0.0000000001',
      sizeStep: '1',
      minSizeInBase: '100',
      maxSizeInBase: null,
      minCostInQuote: '0.00001',
      isActive: true,
    });
  });

  test('11 snapshots and 283 changes become 294 whole books in the order of their arrival', async () => {
    const { lines, books } = await importFile('capture', FOLDER);
    expect(books).toHaveLength(294);
    expect(new Set(books.map((book) => book.symbol)).size).toBe(11);
    expect(headerOf(lines)).toMatchObject({ fromMs: 1661123517853.324, toMs: 1661123547589.96 });
    expect(books[0]).toMatchObject({ symbol: 'USDJ/USDT', receivedAtMs: 1661123517853.324 });
    expect(books[0]?.asks[0]).toEqual([0.9998, 264.0257]);
    const depths = books.flatMap((book) => [book.asks.length, book.bids.length]);
    expect(Math.max(...depths)).toBe(20);
  });

  test('changes are applied: levels come, change and go', async () => {
    const { books } = await importFile('capture', FOLDER);
    const btc = books.filter((book) => book.symbol === 'BTC/USDT');
    const sizesOf = (price: number) =>
      btc.map((book) => book.asks.find((level) => level[0] === price)?.[1] ?? 0);
    expect(btc.slice(0, 2).map((book) => book.exchangeTimeMs)).toEqual([
      1661123517823, 1661123517837,
    ]);
    expect(sizesOf(21617.15).slice(0, 2)).toEqual([0.68, 0.34]);
    expect(sizesOf(21612.27).filter((size, index, all) => size !== all[index - 1])).toEqual([
      0.34, 0.68, 0.34, 0,
    ]);
    expect(btc).toHaveLength(160);
    const last = btc.at(-1);
    expect([last?.asks[0], last?.asks.at(-1)]).toEqual([
      [21602.02, 0.68],
      [21649.4, 0.05435],
    ]);
    expect([last?.bids[0], last?.bids.at(-1)]).toEqual([
      [21599.85, 0.68],
      [21525.3, 0.441],
    ]);
  });

  test('messages alone give the 11 markets that have books, and the answer alone gives markets only', async () => {
    const messages = await importFile('capture', `${FOLDER}/ws.txt`);
    expect([messages.markets.length, messages.books.length]).toEqual([11, 294]);
    expect(messages.books).toEqual((await importFile('capture', FOLDER)).books);
    const answers = await importFile('capture', `${FOLDER}/http.txt`);
    expect([answers.markets.length, answers.books.length]).toEqual([524, 0]);
    expect(headerOf(answers.lines)).toMatchObject({ fromMs: null, toMs: null });
  });
});

describe.skipIf(!hasData)('a file of another shape', () => {
  test('is refused with its name and what was expected, whatever importer reads it', async () => {
    for (const [kind, path] of FILES) {
      for (const [otherKind, otherPath] of FILES) {
        if (kind === otherKind) continue;
        const found = sharedDataPath(otherPath) ?? '';
        const file = found.endsWith('poloniex-capture-2022') ? `${found}/ws.txt` : found;
        const files = [{ name: 'other', open: openFile(file) }];
        const imported = Array.fromAsync(importRecording(kind, files));
        await expect(imported, `${otherPath} as ${kind} (${path})`).rejects.toThrow(
          /^other is not [a-z-]+: .*expected/,
        );
      }
    }
  });
});
