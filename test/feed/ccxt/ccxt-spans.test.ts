import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { TEST_TIMEOUT_MS } from '../../support/patience.ts';
import { BTC, ETH, type Harness, startHarness, until } from './harness.ts';

// Waits end when what they wait for happens; this bounds them on a busy machine.
setDefaultTimeout(TEST_TIMEOUT_MS);

let harness: Harness | null = null;

async function startReading(): Promise<Harness> {
  // No call is to fail because the machine is busy: spans are counted.
  const started = startHarness({ feed: { stallTimeoutMs: 10_000, callTimeoutMs: 10_000 } });
  harness = started;
  for (const server of Object.values(started.servers)) {
    server.setBook(BTC, [[100, 1]], [[101, 1]]);
    server.setBook(ETH, [[10, 1]], [[11, 1]]);
  }
  await started.read();
  await until('six books', () => started.books.size === 6);
  return started;
}

afterEach(async () => {
  await harness?.close();
  harness = null;
});

function spansOf(source: Harness, exchange: string, operation: string): readonly ReadableSpan[] {
  return source.spans().filter(({ attributes }) => {
    const { 'exchange.name': name, 'exchange.operation': of } = attributes;
    return name === exchange && of === operation;
  });
}

const signal = () => new AbortController().signal;

describe('spans of exchange calls', () => {
  test('one CLIENT span per call says where it went, how long it took and how it ended', async () => {
    const reading = await startReading();
    const { feed, servers } = reading;
    await feed.fetchBook('binance', BTC, 5, signal());
    const [span] = spansOf(reading, 'binance', 'fetchOrderBook');
    expect(span).toMatchObject({
      name: 'exchange.call',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'crypto.symbol': BTC,
        'exchange.rate_limited': false,
        'exchange.requests_count': 1,
        'url.full': `${servers.binance.url}/api/v3/depth?symbol=BTCUSDT&limit=5`,
        'server.address': '127.0.0.1',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
      },
    });
    expect(span?.attributes['exchange.response_time_ms']).toBeGreaterThan(0);
    expect(span?.attributes).not.toHaveProperty('error.type');
  });

  test('loading markets is one call of several requests', async () => {
    const reading = await startReading();
    const [span] = spansOf(reading, 'poloniex', 'loadMarkets');
    expect(span?.attributes).toMatchObject({ 'exchange.requests_count': 3 });
    expect(spansOf(reading, 'poloniex', 'loadMarkets')).toHaveLength(1);
  });

  test('a stream has one span for connecting and subscribing, and none for its messages', async () => {
    const reading = await startReading();
    const { servers, status } = reading;
    await until('many messages', () => status('bybit').updatesCount > 20);
    const spans = spansOf(reading, 'bybit', 'watchOrderBookForSymbols');
    expect(spans).toHaveLength(1);
    expect(spans[0]?.attributes).toMatchObject({
      'arbitrage.symbols_count': 2,
      'url.full': `${servers.bybit.urls.ws}/v5/public/spot`,
    });
    expect(spansOf(reading, 'poloniex', 'watchOrderBook')).toHaveLength(2);
  });

  test('a failure has its code, its status and its exception, and the same words whatever the exchange wrote', async () => {
    const reading = await startReading();
    await reading.servers.binance.fault('rate-limit');
    const failure = reading.feed.fetchBook('binance', BTC, 5, signal());
    await expect(failure).rejects.toMatchObject({ code: 'exchange_rate_limited' });
    const span = spansOf(reading, 'binance', 'fetchOrderBook').find(
      ({ attributes }) => attributes['http.response.status_code'] === 429,
    );
    const message = 'binance refuses requests because its rate limit is exceeded (HTTP 429)';
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message },
      attributes: {
        'error.type': 'exchange_rate_limited',
        'exchange.rate_limited': true,
        'exchange.retry_after_ms': 1_000,
        'http.response.status_code': 429,
      },
    });
    expect(span?.events.map(({ attributes }) => attributes?.['exception.message'])).toEqual([
      message,
    ]);
  });

  test('an exchange never sees trace context', async () => {
    const { feed, servers } = await startReading();
    for (const [id, server] of Object.entries(servers)) {
      await feed.fetchBook(id, BTC, 5, signal());
      const names = server.requests.flatMap(({ headers }) => [...headers.keys()]);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names)
        expect(name).not.toMatch(/^(traceparent|tracestate|baggage|b3|x-b3.*)$/);
    }
  });
});
