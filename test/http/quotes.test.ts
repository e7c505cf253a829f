import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/domain/clock.ts';
import { createQuoteBoard } from '../../src/feed/quotes/quote-board.ts';
import { createQuoteStream } from '../../src/http/quote-stream.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { createHandFeed, type HandFeed } from '../support/hand-feed.ts';
import {
  MARKET_TOKEN,
  type MarketServiceRig,
  startMarketService,
} from '../support/market-service.ts';
import { market } from '../support/markets.ts';
import { untilTrue } from '../support/until-true.ts';
import { judgeResponse, type OpenApiDocument } from './contract.ts';

const MARKETS = ['kraken', 'okx'].map((exchange) => market(exchange, 'BTC/USD'));
const AUTHORIZED = { headers: { Authorization: `Bearer ${MARKET_TOKEN}` } };

describe('a market-data service', () => {
  let service: MarketServiceRig;
  let feed: HandFeed;

  beforeAll(async () => {
    feed = createHandFeed(MARKETS);
    service = startMarketService(feed);
    feed.quote('kraken', 'BTC/USD', 100, 101);
    await untilTrue('it is ready', async () => (await fetch(`${service.url}/ready`)).ok);
  });
  afterAll(() => service.stop());

  test.each([
    ['without a secret', undefined],
    ['with a wrong one', 'Bearer wrong-secret-of-16'],
    ['with part of it', `Bearer ${MARKET_TOKEN.slice(0, -1)}`],
    ['with another scheme', `Basic ${MARKET_TOKEN}`],
  ])('gives no quotes %s', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    for (const path of ['stream', 'clock', 'book?exchange=okx&symbol=BTC-USD&levels=1']) {
      const response = await fetch(`${service.url}/api/quotes/${path}`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    }
  });

  test('answers as its own OpenAPI document says', async () => {
    const document = (await service.getJson('/openapi.json')) as OpenApiDocument;
    for (const [path, query] of [
      ['/health', ''],
      ['/ready', ''],
      ['/api/exchanges', ''],
      ['/api/quotes/clock', ''],
      ['/api/quotes/book', '?exchange=okx&symbol=BTC-USD&levels=1'],
      ['/api/quotes/book', '?exchange=okx&symbol=ETH-USD&levels=1'],
      ['/api/quotes/book', '?exchange=okx&levels=0'],
      ['/api/quotes/stream', '?shards=x'],
    ] as const) {
      const response = await fetch(service.url + path + query, AUTHORIZED);
      expect(await judgeResponse(document, path, response)).toEqual([]);
    }
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
  });

  test('gives a book on demand, or the code why there is none', async () => {
    const path = '/api/quotes/book?exchange=okx&levels=1&symbol=';
    expect(await service.getJson(`${path}BTC/USD`)).toMatchObject({
      book: { type: 'book', exchange: 'okx', bids: [['99', '1']], asks: [['101', '1']] },
      reason: null,
    });
    expect(await service.getJson(`${path}ETH/USD`)).toMatchObject({
      book: null,
      reason: { code: 'symbol_unknown' },
    });
  });

  test('tells in its readiness what it took in and what readers got', async () => {
    const abort = new AbortController();
    const response = await fetch(`${service.url}/api/quotes/stream`, {
      ...AUTHORIZED,
      signal: abort.signal,
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('event: updates')) {
      text += new TextDecoder().decode((await reader.read()).value);
    }
    expect([...text.matchAll(/^event: (\w+)/gm)].map(([, name]) => name)).toEqual([
      'exchanges',
      'markets',
      'updates',
    ]);
    expect(text).toMatch(/\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]\n/);
    const { components } = (await service.getJson('/ready')) as {
      readonly components: Readonly<Record<string, Readonly<Record<string, number>>>>;
    };
    expect(components.stream).toMatchObject({ readersCount: 1, updatesCount: 1, skippedCount: 0 });
    expect(components.feed).toMatchObject({ state: 'ok', marketsCount: 2, updatesCount: 1 });
    abort.abort();
    await untilTrue('the reader is gone', async () => {
      const answer = JSON.stringify(await service.getJson('/ready'));
      return answer.includes('"readersCount":0');
    });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('quotes_updates_sent');
  });

  test('has no page and no opportunities', async () => {
    for (const path of ['/', '/api/opportunities']) {
      expect((await fetch(service.url + path)).status).toBe(404);
    }
  });
});

describe('the stream of quotes', () => {
  test('holds nothing for a reader that is slow, and counts what it never saw', async () => {
    const board = createQuoteBoard();
    const counts = { readersCount: 0, messagesCount: 0, updatesCount: 0, skippedCount: 0 };
    const abort = new AbortController();
    board.setMarkets({ markets: MARKETS, omitted: [], maxLevelsCount: 1 });
    const reader = createQuoteStream({
      ...{ board, counts, abort, clock: systemClock, runAtMs: 5, afterId: null },
      source: () => 'synthetic',
      networks: () => [],
      accepts: () => true,
      telemetry: createTelemetry({ serviceName: 'test', env: { OTEL_SDK_DISABLED: 'true' } }),
    }).getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toStartWith('event: exchanges');
    expect(await read()).toStartWith('event: markets');
    const publish = (bid: number) => {
      const [{ exchange, symbol } = { exchange: '', symbol: '' }] = MARKETS;
      const quote = { ...{ exchange, symbol, bid, ask: bid + 1, bidSize: 1, askSize: 1 } };
      const times = { exchangeTimeMs: null, receivedAtMs: bid };
      board.publish({ atMs: bid, quotes: [{ ...quote, ...times }], books: [] });
    };
    publish(1);
    expect(await read()).toContain('"after":null');
    for (let bid = 2; bid <= 1_000; bid += 1) {
      publish(bid);
      if (bid % 250 === 0) await Bun.sleep(15);
    }
    // One message was ready before the rest came.
    const early = await read();
    const late = await read();
    expect(early).toContain('"after":"5-1"');
    expect(late).toContain('"bid":"1000"');
    expect(late).toContain('id: 5-1000\n');
    expect(counts.messagesCount).toBe(3);
    expect(counts.updatesCount + counts.skippedCount).toBe(1_000);
    await reader.cancel();
    expect(counts.readersCount).toBe(0);
  });
});
