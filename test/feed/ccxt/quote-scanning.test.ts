import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import ccxt from 'ccxt';
import type { CcxtExchange } from '../../../src/feed/drivers/ccxt/ccxt-types.ts';
import { findQuoteShape } from '../../../src/feed/drivers/ccxt/quote-shapes.ts';
import { toTransportPlan } from '../../../src/feed/drivers/ccxt/transport-plan.ts';
import { loadKernelModule } from '../../../src/kernel/load-file.ts';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { type Harness, startHarness, until } from './harness.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

const SYMBOLS = Array.from({ length: 40 }, (_, index) => `C${index}/USDT`);
const kernelModule = await loadKernelModule();

let harness: Harness | null = null;

afterEach(async () => {
  await harness?.close();
  harness = null;
});

/** An exchange of ccxt, and how many of its quote messages ccxt itself was given. */
function createCountingExchange() {
  const exchange = new ccxt.pro.binance({}) as unknown as CcxtExchange;
  const handleMessage = exchange.handleMessage.bind(exchange);
  let quotesCount = 0;
  exchange.handleMessage = (client, message) => {
    if (JSON.stringify(message).includes('"b":')) quotesCount += 1;
    return handleMessage(client, message);
  };
  return { exchange, quotesCount: () => quotesCount };
}

async function readQuotes(options: { readonly isScanned: boolean }) {
  const counting = createCountingExchange();
  const bybit = () => new ccxt.pro.bybit({}) as unknown as CcxtExchange;
  const started = startHarness({
    ids: ['binance', 'bybit'],
    server: { symbols: SYMBOLS, republishIntervalMs: 1_000_000 },
    feed: {
      stallTimeoutMs: 10_000,
      createExchange: (id) => (id === 'binance' ? counting.exchange : bybit()),
      ...(options.isScanned ? { kernelModule } : {}),
    },
  });
  harness = started;
  const { binance } = started.servers;
  for (const server of Object.values(started.servers)) {
    for (const symbol of SYMBOLS) server.setBook(symbol, [[100, 1]], [[101, 2]]);
  }
  await started.read();
  const quoteOf = (symbol: string) => started.quotes.get(`binance ${symbol}`);
  await until('all quotes', () => SYMBOLS.every((symbol) => quoteOf(symbol) !== undefined));
  const firstCount = counting.quotesCount();
  for (const [index, symbol] of SYMBOLS.entries()) {
    binance.setBook(symbol, [[100 + index / 4, 3.25]], [[120.5, 0.0625]]);
  }
  const isNew = (symbol: string) => quoteOf(symbol)?.ask === 120.5;
  await until('new quotes', () => SYMBOLS.every(isNew));
  const quotes = SYMBOLS.map((symbol) => {
    const { receivedAtMs, ...quote } = quoteOf(symbol) ?? { receivedAtMs: 0 };
    expect(receivedAtMs).toBeGreaterThan(0);
    return quote;
  });
  return { quotes, firstCount, laterCount: counting.quotesCount() - firstCount };
}

describe('quotes of a known shape', () => {
  test('are read out of their bytes: ccxt gets the first message of each market, and no other', async () => {
    const { quotes, firstCount, laterCount } = await readQuotes({ isScanned: true });
    expect(firstCount).toBe(SYMBOLS.length);
    expect(laterCount).toBe(0);
    expect(quotes[5]).toEqual({
      exchange: 'binance',
      symbol: 'C5/USDT',
      bid: 101.25,
      bidSize: 3.25,
      ask: 120.5,
      askSize: 0.0625,
      exchangeTimeMs: null,
    });
  });

  test('are the same when ccxt reads them', async () => {
    const byScanner = await readQuotes({ isScanned: true });
    await harness?.close();
    const byCcxt = await readQuotes({ isScanned: false });
    expect(byCcxt.laterCount).toBe(SYMBOLS.length);
    expect(byScanner.quotes).toEqual(byCcxt.quotes);
  });
});

test('only quote channels of exchanges that are known have a shape', () => {
  const has = { watchBidsAsks: true, watchTickers: true };
  const [bidsAsks, tickers] = toTransportPlan(has, 1_000, 32);
  if (bidsAsks === undefined || tickers === undefined) throw new Error('BUG: no plan');
  expect(findQuoteShape('binance', bidsAsks)?.wrapper).toBe('data');
  expect(findQuoteShape('gate', bidsAsks)?.keys.timeMs).toBe('t');
  expect(findQuoteShape('binance', tickers)).toBeNull();
  expect(findQuoteShape('kraken', bidsAsks)).toBeNull();
  expect(findQuoteShape('constructor', bidsAsks)).toBeNull();
});
