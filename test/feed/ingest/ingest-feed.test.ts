import { describe, expect, test } from 'bun:test';
import type { Quote } from '../../../src/domain/quote.ts';
import { createIngestFeed, MAX_LAG_MS } from '../../../src/feed/drivers/ingest/ingest-feed.ts';
import type { IngestBatch } from '../../../src/feed/ingest.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { market } from '../../support/markets.ts';
import { describeFeedContract } from '../feed-contract.ts';

const STALL_MS = 30_000;

function createWorld() {
  const clock = createFakeClock();
  const options = { clock, source: 'live', bookLevelsCount: 2, stallMs: STALL_MS } as const;
  const feed = createIngestFeed(options);
  let sequence = 0;
  const push = (given: Partial<IngestBatch>) =>
    feed.ingest.take({
      feeder: 'feeder-1',
      sequence: ++sequence,
      source: 'live',
      exchanges: [],
      markets: [],
      quotes: [],
      books: [],
      ...given,
    });
  const quote = (exchange: string, given: Partial<Quote> = {}): Quote => ({
    exchange,
    symbol: 'BTC/USDT',
    bid: 100,
    bidSize: 1,
    ask: 101,
    askSize: 2,
    exchangeTimeMs: null,
    receivedAtMs: clock.nowMs(),
    ...given,
  });
  const markets = ['aster', 'borea'].map((exchange) => market(exchange, 'BTC/USDT'));
  return { clock, feed, push, quote, markets };
}

describeFeedContract('what feeders push', {
  createHarness: async () => {
    const { feed, push, quote, markets, clock } = createWorld();
    push({ markets });
    const produce = async () => {
      await clock.advance(10);
      push({ quotes: [quote('aster'), quote('borea')] });
    };
    return { feed, produce, dispose: async () => {} };
  },
});

describe('a batch', () => {
  test('is taken once: what comes again, or late, changes nothing', () => {
    const { push, markets, quote } = createWorld();
    push({ markets });
    const taken = { type: 'taken', updatesCount: 1, unknownCount: 0, lateCount: 0 } as const;
    expect(push({ sequence: 5, quotes: [quote('aster')] })).toEqual(taken);
    expect(push({ sequence: 5, quotes: [quote('aster')] })).toEqual({ type: 'duplicate' });
    expect(push({ sequence: 4, quotes: [quote('aster')] })).toEqual({ type: 'duplicate' });
    expect(push({ sequence: 6, quotes: [quote('aster')] })).toEqual(taken);
    expect(push({ sequence: 1, feeder: 'feeder-2', quotes: [quote('borea')] })).toEqual(taken);
  });

  test('tells of updates whose market is not known, and of those older than what is known', () => {
    const { push, markets, quote, clock } = createWorld();
    push({ markets });
    push({ quotes: [quote('aster')] });
    const late = quote('aster', { receivedAtMs: clock.nowMs() - 1 });
    expect(push({ quotes: [late, quote('nobody'), quote('borea')] })).toEqual({
      type: 'taken',
      updatesCount: 1,
      unknownCount: 1,
      lateCount: 1,
    });
  });

  test('is refused while the one before waits too long, and taken when it does not', async () => {
    const { push, markets, quote, clock, feed } = createWorld();
    push({ markets, quotes: [quote('aster')] });
    await clock.advance(MAX_LAG_MS);
    expect(push({ sequence: 2, quotes: [quote('aster')] }).type).toBe('taken');
    await clock.advance(1);
    const refused = push({ sequence: 3, quotes: [quote('aster')] });
    expect(refused).toEqual({ type: 'behind', retryAfterMs: MAX_LAG_MS });
    const batches = feed.batches(new AbortController().signal)[Symbol.asyncIterator]();
    expect((await batches.next()).value?.quotes).toHaveLength(1);
    expect(push({ sequence: 3, quotes: [quote('aster')] }).type).toBe('taken');
    await batches.return?.();
  });

  test('cannot bring times of the future, nor deeper books than are kept', async () => {
    const { push, markets, quote, clock, feed } = createWorld();
    const nowMs = clock.nowMs();
    const levels = [1, 2, 3].map((step) => [100 + step, 1] as const);
    const book = { exchange: 'borea', symbol: 'BTC/USDT', bids: [], asks: levels };
    const times = { exchangeTimeMs: null, receivedAtMs: nowMs + 60_000 };
    push({ markets, quotes: [quote('aster', times)], books: [{ ...book, ...times }] });
    const batches = feed.batches(new AbortController().signal)[Symbol.asyncIterator]();
    const { value } = await batches.next();
    expect(value?.quotes[0]?.receivedAtMs).toBe(nowMs);
    expect(value?.books[0]).toMatchObject({ receivedAtMs: nowMs, asks: levels.slice(0, 2) });
    await batches.return?.();
  });
});

describe('an exchange', () => {
  const stateOf = (feed: ReturnType<typeof createWorld>['feed'], exchange: string) =>
    feed.exchanges().find((status) => status.exchange === exchange)?.state;

  test('connects, lives, and is down when its feeder is silent', async () => {
    const { push, markets, quote, clock, feed } = createWorld();
    push({ markets });
    expect(stateOf(feed, 'aster')).toBe('connecting');
    push({ quotes: [quote('aster')] });
    expect(stateOf(feed, 'aster')).toBe('live');
    await clock.advance(STALL_MS);
    expect(stateOf(feed, 'aster')).toBe('live');
    await clock.advance(1);
    expect(stateOf(feed, 'aster')).toBe('down');
  });

  test('is what its feeder says; one that went down takes its waiting quotes with it', async () => {
    const { push, markets, quote: quoteOf, feed } = createWorld();
    push({ markets, quotes: [quoteOf('aster'), quoteOf('borea')] });
    const reason = { code: 'exchange_maintenance', message: 'under maintenance' } as const;
    push({ exchanges: [{ exchange: 'aster', state: 'down', reason }] });
    expect(feed.exchanges()[0]).toMatchObject({ exchange: 'aster', state: 'down', reason });
    const batches = feed.batches(new AbortController().signal)[Symbol.asyncIterator]();
    const { value } = await batches.next();
    expect(value?.quotes.map((quote: Quote) => quote.exchange)).toEqual(['borea']);
    await batches.return?.();
  });
});

describe('markets', () => {
  test('are announced as they come, also those that came before anybody listened', async () => {
    const { push, markets, feed } = createWorld();
    expect((await feed.loadMarkets(new AbortController().signal)).markets).toEqual([]);
    push({ markets: markets.slice(0, 1) });
    const announced: number[] = [];
    feed.onMarkets((loaded) => announced.push(loaded.markets.length));
    push({ markets: markets.slice(1) });
    expect(announced).toEqual([1, 2]);
  });
});
