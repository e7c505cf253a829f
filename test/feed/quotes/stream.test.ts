import { describe, expect, test } from 'bun:test';
import { readServerSentEvents } from '../../../src/feed/quotes/sse-reader.ts';
import {
  formatStreamEvent,
  parsePlaceId,
  toExchangesEvent,
  toMarketsEvent,
  toNetworksEvent,
  toPlaceId,
  toUpdatesEvent,
} from '../../../src/feed/quotes/stream-format.ts';
import { parseStreamMessage } from '../../../src/feed/quotes/stream-parse.ts';
import { market } from '../../support/markets.ts';
import { network } from '../../support/networks.ts';

const QUOTE = {
  ...{ exchange: 'kraken', symbol: 'BTC/USD', bid: 61_250.1, bidSize: 0.1 + 0.2 },
  ...{ ask: 0, askSize: Number.NaN, exchangeTimeMs: null, receivedAtMs: 1_700_000_000_000.25 },
};
const BOOK = {
  ...{ exchange: 'okx', symbol: 'BTC/USD', bids: [[61_250, 1e-8] as const] },
  ...{ asks: [[61_251, 2] as const], exchangeTimeMs: 5, receivedAtMs: 6 },
};

async function readAll(text: string) {
  const stream = new Blob([text]).stream();
  return Array.fromAsync(readServerSentEvents(stream));
}

describe('messages of the stream', () => {
  test('give back quotes and books to the bit', () => {
    const event = toUpdatesEvent(
      [
        { type: 'quote', number: 3, quote: QUOTE },
        { type: 'book', number: 1, book: BOOK },
      ],
      { id: '7-9', after: null },
      8,
    );
    expect(parseStreamMessage('updates', JSON.stringify(event.data))).toEqual({
      type: 'updates',
      atMs: 8,
      after: null,
      updates: [
        { type: 'quote', number: 3, quote: QUOTE },
        { type: 'book', number: 1, book: BOOK },
      ],
    });
  });

  test('give back networks, and refuse what is none by name', () => {
    const networks = [
      network('kraken', 'BTC', 'BTC', { minDepositInAsset: '0.0001', transferMs: null }),
      network('okx', 'BTC', 'BSC', {
        ...{ isWithdrawalEnabled: null, withdrawalFeeInAsset: null, withdrawalFeeBps: 2 },
        ...{ transferDeviationMs: 3, confirmationsCount: 4 },
      }),
    ];
    const { data } = toNetworksEvent(networks, 8);
    const message = parseStreamMessage('networks', JSON.stringify(data));
    expect(message).toEqual({ type: 'networks', atMs: 8, networks });
    const wrong = { atMs: 8, networks: [{ ...networks[0], withdrawalFeeInAsset: 'free' }] };
    expect(() => parseStreamMessage('networks', JSON.stringify(wrong))).toThrow(
      'withdrawalFeeInAsset: expected a decimal of at least 0, or null',
    );
  });

  test('give back markets, what is omitted and the states of exchanges', () => {
    const markets = {
      markets: [market('kraken', 'BTC/USD', { takerBps: 26, makerBps: 16 })],
      omitted: [
        { symbol: 'X/USD', reason: 'fewer_than_two_exchanges' as const, exchanges: ['okx'] },
      ],
      maxLevelsCount: 100,
    };
    const event = toMarketsEvent(markets, 'synthetic', 8);
    expect(parseStreamMessage('markets', JSON.stringify(event.data))).toEqual({
      ...{ type: 'markets', atMs: 8, source: 'synthetic', markets },
    });
    const status = {
      ...{ exchange: 'kraken', state: 'down' as const, transport: 'rest' as const },
      reason: { code: 'exchange_timeout' as const, message: 'no answer' },
      ...{ marketsCount: 1, updatesCount: 2, skippedCount: 3, failuresCount: 4 },
      ...{ lastUpdateAtMs: null, roundTripMs: 5.5, clockOffsetMs: -3, retryAtMs: 9 },
    };
    const told = toExchangesEvent([status], 8);
    expect(parseStreamMessage('exchanges', JSON.stringify(told.data))).toEqual({
      ...{ type: 'exchanges', atMs: 8, exchanges: [status] },
    });
  });

  test.each([
    ['updates', '{', 'expected JSON'],
    ['updates', '{"atMs":1,"after":null,"updates":[{"type":"quote"}]}', 'exchange: expected'],
    [
      'updates',
      '{"atMs":1,"after":null,"updates":[{"type":"recording","version":1,"origin":"x","number":1}]}',
      'type',
    ],
    ['markets', '{"atMs":1,"source":"real","markets":[]}', 'source: expected live'],
    ['exchanges', '{"atMs":1,"exchanges":[{"exchange":"kraken","state":"fine"}]}', 'state'],
    ['heartbeat', '{}', 'atMs: expected milliseconds'],
  ])('that are broken are refused with the field: %s %s', (event, data, detail) => {
    expect(() => parseStreamMessage(event, data)).toThrow(detail);
    expect(() => parseStreamMessage(event, data)).toThrow(`event ${event}`);
  });

  test('of names that are not known are passed over', () => {
    expect(parseStreamMessage('news', 'anything')).toBeNull();
  });

  test('are read as they were written, with their trace, however they are cut', async () => {
    const text =
      formatStreamEvent({ event: 'heartbeat', data: { atMs: 1 } }) +
      formatStreamEvent({ event: 'updates', id: '1-2', data: { é: '💱' } }, 'traceparent: 00-a\n');
    const bytes = new TextEncoder().encode(text);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(bytes.slice(0, cut));
          controller.enqueue(bytes.slice(cut));
          controller.close();
        },
      });
      const events = await Array.fromAsync(readServerSentEvents(stream));
      expect(events).toEqual([
        { event: 'heartbeat', id: null, data: '{"atMs":1}', fields: {} },
        { event: 'updates', id: '1-2', data: '{"é":"💱"}', fields: { traceparent: '00-a' } },
      ]);
    }
  });

  test('without data are none, and an unfinished last one is not read', async () => {
    expect(await readAll(': hello\n\nretry: 5\n\nevent: x\ndata: 1\n\nevent: y\ndata: 2')).toEqual([
      { event: 'x', id: null, data: '1', fields: {} },
    ]);
  });
});

describe('a place in the stream', () => {
  test('is understood by the run that gave it, up to the newest', () => {
    expect(parsePlaceId(toPlaceId(5, 9), 5, 9)).toBe(9);
    expect(parsePlaceId(toPlaceId(5, 10), 5, 9)).toBeNull();
    expect(parsePlaceId(toPlaceId(6, 9), 5, 9)).toBeNull();
    expect(parsePlaceId('anything', 5, 9)).toBeNull();
  });
});
